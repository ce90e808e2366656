"""Y-net and plain network with the same wires and passes, and how errors fall with more data."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Any

import torch

from ...ynet.baselines import mean_picture, nearest_picture
from ...ynet.learning import train_plain, train_ynet
from ...ynet.network import YNet, with_chances
from ...ynet.recipes import ReaderRecipe
from ...ynet.wires import Samples
from ..runner import Run
from . import sizes
from .scores import floors, scores, whole_hundredths
from .wire_sets import WireSets

_ALL = slice(None)
_RATES = (0.5, 1.0, 2.0)  # of the plain network, over that of the Y-net


def rivals_row(run: Run, sets: WireSets) -> dict[str, Any]:
    """Return the scores of both networks over seeds, and those of less data.

    The plain network takes the best of three learning rates, chosen on validation wires.
    """
    training, validation, held = sets.split("one")
    some = training.at(slice(run.sizes.compare))
    contest = _Contest(run, some, held.at(slice(run.sizes.scored)), mean_picture(some))
    recipe = sizes.COMPARED
    rates = {str(rate): contest.rate_row(rate, validation) for rate in _RATES}
    best = max(rates, key=lambda rate: rates[rate]["skill"])
    fair = replace(recipe, rate=recipe.rate * float(best))
    seeds = [run.seed + number for number in range(run.sizes.seeds)]
    networks = {
        "y-net": [contest.ynet_row(seed, shown=seed == seeds[0]) for seed in seeds],
        "plain": [contest.plain_row(fair, seed, shown=seed == seeds[0]) for seed in seeds],
    }
    whole = {key: value for key, value in networks["y-net"][0].items() if key != "pictures"}
    curve = [{"wires": count, **contest.curve_row(count)} for count in run.sizes.curve]
    fields = [{"fields": count, **contest.fields_row(count)} for count in run.sizes.fields]
    return {
        "training_wires": len(some),
        "passes": recipe.passes,
        "plain_rates": rates,
        "plain_rate": best,
        "networks": networks,
        "floors": floors(some, contest.held),
        "shown": contest.shown(),
        "curve": [*curve, {"wires": len(some), **whole}],
        "fields": [*fields, {"fields": some.trace.shape[1], **whole}],
    }


@dataclass(frozen=True)
class _Contest:
    """What both networks learn from and are scored on.

    mean : (x, y), mean picture of the training wires over SCALE
    """

    run: Run
    training: Samples
    held: Samples
    mean: torch.Tensor

    def rate_row(self, rate: float, validation: Samples) -> dict[str, Any]:
        """Scores of the plain network at a multiple of the learning rate, on validation wires."""
        recipe = replace(sizes.COMPARED, rate=sizes.COMPARED.rate * rate)
        work = partial(self._plain_scores, recipe, self.run.seed, replace(self, held=validation))
        return self.run.row(f"plain-rate-{rate}", work, [asdict(recipe), len(self.training)])

    def ynet_row(self, seed: int, shown: bool = False) -> dict[str, Any]:
        """Scores of a Y-net on all wires, with its pictures where they are shown."""
        work = partial(self._ynet_scores, self.training, seed, shown=shown)
        return self.run.row(f"y-{seed}", work, [asdict(sizes.COMPARED), len(self.training)])

    def plain_row(self, recipe: ReaderRecipe, seed: int, shown: bool = False) -> dict[str, Any]:
        """Scores of a plain network on all wires, with its pictures where they are shown."""
        work = partial(self._plain_scores, recipe, seed, self, shown=shown)
        return self.run.row(f"plain-{seed}", work, [asdict(recipe), len(self.training)])

    def curve_row(self, count: int) -> dict[str, Any]:
        """Scores of a Y-net on fewer wires."""
        work = partial(self._ynet_scores, self.training.at(slice(count)), self.run.seed)
        return self.run.row(f"curve-{count}", work, [asdict(sizes.COMPARED), count])

    def fields_row(self, count: int) -> dict[str, Any]:
        """Scores of a Y-net that knows g at fewer fields."""
        known = slice(0, None, self.training.trace.shape[1] // count)
        work = partial(self._ynet_scores, self.training, self.run.seed, known)
        given = [asdict(sizes.COMPARED), len(self.training), count]
        return self.run.row(f"fields-{count}", work, given)

    def shown(self) -> dict[str, Any]:
        """What the pictures of the networks stand beside."""
        few = self.held.at(slice(sizes.SHOWN))
        return {
            "truth": whole_hundredths(few.picture),
            "nearest": whole_hundredths(nearest_picture(self.training, few.trace)[0]),
            "mean": whole_hundredths(self.training.picture.float().mean(0)[None]),
            "antidots": few.antidots.tolist(),
        }

    def _ynet_scores(
        self, samples: Samples, seed: int, known: slice = _ALL, shown: bool = False
    ) -> dict[str, Any]:
        given = replace(samples, trace=samples.trace[:, known]).to(self.run.device)
        net, _ = train_ynet(given, sizes.COMPARED, seed, quiet=True)
        return self._scores(net.cpu(), known, shown)

    def _plain_scores(
        self, recipe: ReaderRecipe, seed: int, judge: _Contest, shown: bool = False
    ) -> dict[str, Any]:
        net, _ = train_plain(self.training.to(self.run.device), recipe, seed, quiet=True)
        return judge._scores(net.cpu(), _ALL, shown)

    def _scores(self, net: YNet, known: slice, shown: bool) -> dict[str, Any]:
        with torch.no_grad():
            drawn = with_chances(net(self.held.trace[:, known]))
        found = scores(drawn, self.held, self.mean)
        if shown:
            found["pictures"] = whole_hundredths(drawn[: sizes.SHOWN])
        return found

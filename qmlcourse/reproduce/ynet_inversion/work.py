"""Full-scale results of chapter 4: readers, their rivals, the sheet, and what a laboratory adds."""

import json
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
import torch

from .. import resumable
from ...storage.dataset import generate, load
from ...ynet import experiment
from ...ynet.baselines import mean_picture, nearest_picture, random_picture
from ...ynet.flow import flowing
from ...ynet.latent import intrinsic_dimension, latent_map, thickness
from ...ynet.learning import (
    latent_points,
    new_network,
    recipe_of,
    redrawing,
    train_plain,
    train_ynet,
    tuning,
)
from ...ynet.measures import calibration, centres, correlation, position_error, skill, ssim
from ...ynet.network import with_chances
from ...ynet.reader import Reader, new_reader
from ...ynet.wires import fingerprints, joined, mirror_images, samples_of, wires

NAME = "ynet_inversion_laptop"
SHIPPED = ("one", "two", "symmetric", "rough")


@dataclass(frozen=True)
class Tier:
    """Sizes of a full-scale run: numbers of wires, seeds and tries."""

    one: int = 60_000
    two: int = 200_000
    three: int = 60_000
    symmetric: int = 30_000
    rough: int = 30_000
    compare: int = 20_000
    seeds: int = 3
    curve: tuple = (2_500, 5_000, 10_000)
    fields: tuple = (8, 16, 32)
    thick: int = 8_000
    thick_seeds: int = 5
    scored: int = 1_000
    polish_one: int = 200
    polish_two: int = 40
    mapped: int = 1_500


TIERS = {
    "laptop": Tier(),
    "gpu": Tier(one=1_000_000, two=1_000_000, three=1_000_000, symmetric=200_000, rough=200_000,
                compare=100_000, seeds=5, thick=20_000, polish_one=500, polish_two=200),
}
# how the rivals of the table are trained, on fewer wires and with fewer passes than the readers
COMPARED = replace(recipe_of("one"), redraw=12, read=8, tune=16)


def run(tier, out=None, seed=0):
    """Compute, store and print the chapter's results (laptop: about two hours on one core).

    Parameters
    ----------
    tier : 'laptop' or 'gpu' (a million wires, on a GPU where torch sees one)
    out : folder for wires, rows and weights; default ./reproduce/ynet_inversion-TIER
    seed : int, from which all wires and networks follow
    """
    place = _Place(tier, out or f"reproduce/ynet_inversion-{tier}", seed)
    result = {"tier": tier, "seed": seed, "settings": asdict(place.settings)}
    for name, work in SECTIONS.items():
        result[name] = place.kept(name, asdict(place.settings), partial(work, place))
    path = place.out / f"ynet_inversion_{tier}.json"
    resumable.write(path, json.dumps(result).encode())
    print(report(result))
    print(f"stored in {path}")


def train(name, tier, out=None, seed=0):
    """Make the wires of one reader, train it and store it as safetensors.

    name : 'one', 'two', 'three', 'symmetric' or 'rough'
    out : folder for wires, checkpoints and weights; default ./train/ynet-NAME-TIER
    """
    if name not in (*SHIPPED, "three"):
        raise ValueError(f"there is no Y-net {name!r}; take one of {', '.join(SHIPPED)}, three.")
    place = _Place(tier, out or f"train/ynet-{name}-{tier}", seed)
    row = place.kept(f"reader-{name}", asdict(place.settings), partial(_reader_row, name, place))
    print(_line(name, row))
    print(f"stored in {place.out / f'ynet_{name}.safetensors'}")


class _Place:
    """The folder, sizes and device of a run; wires and readers are made once."""

    def __init__(self, tier, out, seed):
        if tier not in TIERS:
            raise ValueError(f"there is no tier {tier!r}; take one of {', '.join(TIERS)}.")
        torch.set_num_threads(1)
        self.tier, self.settings, self.seed, self.out = tier, TIERS[tier], seed, Path(out)
        self.out.mkdir(parents=True, exist_ok=True)
        self.device = resumable.gpu() if tier == "gpu" else "cpu"
        self._known = {}

    def kept(self, name, stamp, work):
        return resumable.kept(self.out, name, [stamp, self.seed], work)

    def samples(self, kind):
        """(training, validation, held-out) Samples of a kind of wires."""
        if kind not in self._known:
            self._known = {}  # one set at a time in memory
            recipe = wires(kind, "gpu" if self.device == "cuda" else "laptop")
            folder = self.out / f"wires-{kind}"
            count = getattr(self.settings, kind)
            data = load(generate(recipe, count, folder, seed=self.seed, workers=1))
            made = samples_of(wires(kind), data.conductance.values, data.density.values,
                              data.antidots.values)
            self._known[kind] = made.split()
        return self._known[kind]

    def reader(self, kind):
        """The finished Reader of a kind."""
        self.kept(f"reader-{kind}", asdict(self.settings), partial(_reader_row, kind, self))
        return Reader.from_bytes((self.out / f"ynet_{kind}.safetensors").read_bytes())


# -- the sections of the result ---------------------------------------------------------------


def scores(pictures, held, mean):
    """Skill, correlation, SSIM, errors of the place and exact sets of removed sites.

    pictures : (sample, 2, x, y), density over SCALE and chance of removal; held : Samples
    mean : (x, y), the mean picture of the training set
    """
    true = held.picture.float()
    error = position_error(centres(pictures[:, 1], held.antidots.shape[1]), held.antidots)
    exact = ((pictures[:, 1] > 0.5) == (true[:, 1] > 0.5)).flatten(1).all(1).float()
    return {
        "skill": skill(pictures[:, 0], true[:, 0], mean),
        "correlation": float(correlation(pictures[:, 0], true[:, 0]).mean()),
        "ssim": float(ssim(pictures[:, 0], true[:, 0]).mean()),
        "position": [float(q) for q in np.quantile(error, (0.25, 0.5, 0.75, 0.9))],
        "position_mean": float(error.mean()),
        "exact": float(exact.mean()),
        "scored": len(true),
    }


def floors(training, held):
    """Scores of what a network must beat: mean picture, random other wire, nearest fingerprint."""
    mean = mean_picture(training)
    average = training.picture.float().mean(0).expand(len(held), -1, -1, -1)
    return {
        "mean picture": scores(average, held, mean),
        "random wire": scores(random_picture(training, len(held))[0], held, mean),
        "nearest fingerprint": scores(nearest_picture(training, held.trace)[0], held, mean),
    }


def _reader_row(name, place):
    """Train a reader, store it, and score it on wires that it never saw."""
    if name == "rough":
        return _rough_row(place)
    training, validation, held = place.samples(name)
    command = f"qmlcourse train ynet-{name} --tier {place.tier} --seed {place.seed}"
    stamp = f"{place.tier} {len(training)} {place.seed}"
    net, logs = train_ynet(
        training.to(place.device), name, place.seed, folder=place.out / f"fits-{name}", stamp=stamp,
        tell=f"ynet-{name}",
    )
    flow, flow_log = None, []
    net = net.cpu()
    if name in ("one", "symmetric"):
        points, traces = latent_points(net, training), training.trace
        fit = flowing(points.to(place.device), traces.to(place.device), place.seed,
                      checkpoint=place.out / f"fits-{name}" / "flow.npz", stamp=stamp)
        flow_log = fit.run(f"flow {name}")
        flow = fit.model.module.cpu().eval()
    reader = new_reader(net, name, training, validation, {"command": command}, flow)
    resumable.write(place.out / f"ynet_{name}.safetensors", reader.to_bytes())
    reader = Reader.from_bytes(reader.to_bytes())
    some = held.at(slice(place.settings.scored))
    mean = mean_picture(training)
    with torch.no_grad():
        again = with_chances(reader.net.redraw(some.picture.float()))
    error = position_error(centres(reader.pictures(some.trace)[:, 1], some.antidots.shape[1]),
                           some.antidots)
    return {
        "training_wires": len(training),
        "scores": scores(reader.pictures(some.trace), some, mean),
        "ceiling": scores(again, some, mean),
        "floors": floors(training, some),
        "calibration": calibration(reader.doubt(some.trace), np.sqrt((error**2).mean(1))),
        "losses": {phase: [row["loss"] for row in log] for phase, log in logs.items()},
        "flow_loss": [row["loss"] for row in flow_log],
    }


def _rough_row(place):
    """The reader of one antidot, trained further on noise, backgrounds and five energies."""
    recipe, reader = wires("one"), place.reader("one")
    sets = [
        fingerprints(place.settings.rough // 5, [place.seed, 77, n],
                     recipe=replace(recipe, energy=energy))
        for n, energy in enumerate(recipe.energy + np.array(ENERGIES))
    ]
    parts = [s.split() for s in sets]
    training, validation = (joined([p[n] for p in parts]) for n in (0, 1))
    mixed = replace(recipe_of("one"), tune=16)
    fit_options = {
        "checkpoint": place.out / "fits-rough" / "tuning.npz",
        "stamp": f"{place.tier} rough",
    }
    net = reader.net.to(place.device)

    def augment(generator, trace, picture):
        noise = torch.randn(len(trace), net.settings["latent"], generator=generator)
        return *experiment.rough_batch(generator, trace, picture), noise.to(trace)

    fit = tuning(net, training.to(place.device), mixed, place.seed, augment=augment, **fit_options)
    log = fit.run("ynet-rough")
    net = net.cpu()
    generator = torch.Generator().manual_seed(place.seed)
    (trace,) = experiment.rough_batch(generator, validation.trace)
    rough = replace(validation, trace=trace)
    command = f"qmlcourse train ynet-rough --tier {place.tier} --seed {place.seed}"
    made = new_reader(net, "one", training, rough, {"command": command})
    resumable.write(place.out / "ynet_rough.safetensors", made.to_bytes())
    held = parts[2][2].at(slice(place.settings.scored))  # the energy of the clean reader
    return {
        "training_wires": len(training),
        "scores": scores(made.pictures(held.trace), held, mean_picture(training)),
        "losses": {"tuning": [row["loss"] for row in log]},
    }


PATCHES = (8, 12, 20, 30, 50, 80, 120)  # numbers of neighbours
SHEET = 1000  # points of a sheet that are measured and stored
SHOWN = 24  # held-out wires whose pictures are stored
ENERGIES = (-0.02, -0.01, 0.0, 0.01, 0.02)


def _readers(place):
    """Rows of all readers: one, two and three antidots, and the symmetric wire."""
    return {
        name: place.kept(f"reader-{name}", asdict(place.settings),
                         partial(_reader_row, name, place))
        for name in ("one", "symmetric", "rough", "three", "two")
    }


def _rivals(place):
    """Y-net and plain network with the same budget, over seeds; and how errors fall with data."""
    training, validation, held = place.samples("one")
    some, held = training.at(slice(place.settings.compare)), held.at(slice(place.settings.scored))
    mean = mean_picture(some)

    def scored(net, on=held, fields=slice(None), shown=False):
        with torch.no_grad():
            drawn = with_chances(net(on.trace[:, fields]))
        return scores(drawn, on, mean) | ({"pictures": _whole(drawn[:SHOWN])} if shown else {})

    def ours(data, recipe, number, fields=slice(None), shown=False):
        data = _fields(data, fields).to(place.device)
        net, _ = train_ynet(data, recipe, number, quiet=True)
        return scored(net.cpu(), fields=fields, shown=shown)

    def theirs(number, shown=False):
        net, _ = train_plain(some.to(place.device), fair, number, quiet=True)
        return scored(net.cpu(), shown=shown)

    def tried(recipe):
        net, _ = train_plain(some.to(place.device), recipe, place.seed, quiet=True)
        return scored(net.cpu(), validation)

    rates = {}
    for rate in (0.5, 1.0, 2.0):
        recipe = replace(COMPARED, rate=COMPARED.rate * rate)
        rates[str(rate)] = place.kept(
            f"plain-rate-{rate}", [asdict(recipe), len(some)],
            partial(tried, recipe),
        )
    best = max(rates, key=lambda rate: rates[rate]["skill"])
    fair = replace(COMPARED, rate=COMPARED.rate * float(best))
    seeds = [place.seed + n for n in range(place.settings.seeds)]
    rows = {"y-net": [], "plain": []}
    for number in seeds:
        rows["y-net"].append(place.kept(f"y-{number}", [asdict(COMPARED), len(some)],
                                        partial(ours, some, COMPARED, number,
                                                shown=number == seeds[0])))
        rows["plain"].append(place.kept(
            f"plain-{number}", [asdict(fair), len(some)],
            partial(theirs, number, number == seeds[0])))
    curve = [
        {"wires": count, **place.kept(f"curve-{count}", [asdict(COMPARED), count],
                                      partial(ours, some.at(slice(count)), COMPARED, place.seed))}
        for count in place.settings.curve
    ]
    fields = []
    for count in place.settings.fields:
        step = slice(0, None, some.trace.shape[1] // count)
        fields.append({"fields": count, **place.kept(
            f"fields-{count}", [asdict(COMPARED), len(some), count],
            partial(ours, some, COMPARED, place.seed, step))})
    whole = {key: value for key, value in rows["y-net"][0].items() if key != "pictures"}
    return {
        "training_wires": len(some), "passes": COMPARED.passes, "plain_rates": rates,
        "plain_rate": best, "networks": rows, "floors": floors(some, held),
        "shown": {
            "truth": _whole(held.picture[:SHOWN]),
            "nearest": _whole(nearest_picture(some, held.trace[:SHOWN])[0]),
            "mean": _whole(some.picture.float().mean(0)[None]),
            "antidots": held.antidots[:SHOWN].tolist(),
        },
        "curve": [*curve, {"wires": len(some), **whole}],
        "fields": [*fields, {"fields": some.trace.shape[1], **whole}],
    }


def _whole(pictures):
    """Pictures (sample, 2, x, y) as lists of whole hundredths."""
    return torch.round(100 * pictures.float()).int().tolist()


def _thickness(place):
    """Thickness and dimension of the latent sheet with and without wave functions, over seeds."""
    training, _, _ = place.samples("one")
    rows = {"with": [], "without": []}
    for number in range(place.settings.thick_seeds):
        start = number * place.settings.thick % max(1, len(training) - place.settings.thick)
        some = training.at(slice(start, start + place.settings.thick))
        for name, channels in (("with", 2), ("without", 1)):
            recipe = replace(COMPARED, channels=channels, redraw=20)
            rows[name].append(place.kept(
                f"sheet-{name}-{number}", [asdict(recipe), len(some), start, SHEET, PATCHES],
                partial(_sheet, some.to(place.device), recipe, number)))
    return rows


def _sheet(samples, recipe, seed):
    """Measures of one sheet.

    `thickness` is that of 30 nearest neighbours among SHEET wires, patches of some sites, the
    scale of half a Fermi wavelength; `fine` that of 30 among all, patches below one site, where the
    jumps from one set of removed sites to the next are seen instead.
    """
    net = new_network(samples, recipe, seed)
    redrawing(net, samples, recipe, seed).run(quiet=True)
    samples = samples.to("cpu")
    points = latent_points(net.cpu().eval(), samples).numpy()
    share = np.linalg.svd(points - points.mean(0), compute_uv=False) ** 2
    shown = {}
    if seed == 0:
        shown = {"points": np.round(points[:SHEET], 3).tolist(),
                 "antidots": np.round(samples.antidots[:SHEET, 0, :2], 2).tolist(),
                 "interference": np.round(_interference(samples)[:SHEET], 3).tolist(),
                 "map": np.round(latent_map(points[:SHEET], dimensions=3), 2).tolist()}
    few = points[:SHEET]
    return shown | {
        "thickness": float(np.median(thickness(few))),
        "patches": {str(n): float(np.median(thickness(few, n))) for n in PATCHES if n < len(few)},
        "fine": float(np.median(thickness(points))),
        "dimension": float(intrinsic_dimension(few)),
        "directions": float(share.sum() ** 2 / (share**2).sum()),
    }


def _maps(place):
    """Coordinates of training wires on maps of the latent space, with what colours them."""
    reader = place.reader("one")
    training, _, _ = place.samples("one")
    some = training.at(slice(place.settings.mapped))
    points = latent_points(reader.net, some).numpy()
    return {
        "antidots": np.round(some.antidots[:, 0, :2], 2).tolist(),
        "interference": np.round(_interference(some), 3).tolist(),
        "points": np.round(points, 3).tolist(),
        "maps": {kind: np.round(latent_map(points, kind), 2).tolist()
                 for kind in ("tsne", "neighbours", "pca")},
    }


def _interference(samples):
    """(sample,) density at one site in the clear, over its mean: it oscillates within half a Fermi
    wavelength of the antidot's way."""
    site = samples.picture[:, 0, 30, 12].float().numpy()
    return site / site.mean()


def _polished(place):
    """How many held-out wires the physics puts exactly right, from the network's guess."""
    rows = {}
    for kind, count in (("one", place.settings.polish_one), ("two", place.settings.polish_two)):
        reader = place.reader(kind)
        _, _, held = place.samples(kind)
        found = []
        for number in range(count):
            found.append(place.kept(
                f"polish-{kind}-{number}", [asdict(place.settings)],
                partial(_polish_one, reader, held, number)))
        rows[kind] = {
            "wires": count,
            "exact": float(np.mean([f["exact"] for f in found])),
            "fits": float(np.mean([f["misfit"] < 2e-4 for f in found])),
            "before": float(np.median([e for f in found for e in f["before"]])),
            "after": float(np.median([e for f in found for e in f["after"]])),
            "tried": float(np.mean([f["tried"] for f in found])),
        }
    return rows


def _polish_one(reader, held, number):
    true, trace = held.antidots[number : number + 1], held.trace[number].numpy()
    guess = reader.decode(trace)
    found = reader.polish(trace, guess, starts=8 * true.shape[1])
    removed = [reader.recipe.removed(a) for a in (found.antidots[None], true)]
    return {
        "exact": bool((removed[0] == removed[1]).all()), "misfit": found.misfit,
        "before": position_error(guess.antidots[None], true)[0].tolist(),
        "after": position_error(found.antidots[None], true)[0].tolist(), "tried": found.tried,
    }


def _symmetric(place):
    """The symmetric wire: what the network says, what the best symmetric guess would, and how the
    flow shares its answers among the mirror images."""
    reader = place.reader("symmetric")
    training, _, held = place.samples("symmetric")
    held = held.at(slice(place.settings.scored))
    mean, true = mean_picture(training), held.picture.float()
    drawn = reader.pictures(held.trace)
    best = _mean_of_twins(held)
    some = held.at(slice(100))
    shares, errors = [], []
    for number in range(len(some)):
        pictures = reader.candidates(some.trace[number], 32, [place.seed, number])
        places = centres(pictures[:, 1], 1)[:, 0].numpy()
        around = mirror_images(some.antidots[number])[:, 0, :2]
        away = np.linalg.norm(places[:, None] - around, axis=-1)
        shares.append(np.bincount(away.argmin(1), minlength=4) / len(away))
        errors.append(away.min(1))
    shares = np.array(shares)
    error = position_error(centres(drawn[:, 1], 1), held.antidots)
    twins = np.stack([mirror_images(a)[:, 0, :2] for a in held.antidots])
    centre = centres(drawn[:, 1], 1).numpy()
    return {
        "network": skill(drawn[:, 0], true[:, 0], mean),
        "best_symmetric": skill(best[:, 0], true[:, 0], mean),
        "network_to_symmetric": skill(drawn[:, 0], best[:, 0], mean),
        "position": float(np.median(error)),
        "position_to_nearest_twin": float(np.median(
            np.linalg.norm(twins - centre, axis=-1).min(1))),
        "twin_fingerprints": float(np.abs(
            training.recipe.wire.conductance(
                training.recipe.energy, training.recipe.flux, mirror_images(held.antidots[0])
            )
            - held.trace[0].numpy()).max()),
        "flow_shares": shares.mean(0).tolist(),
        "flow_covers": float((shares > 0.05).all(1).mean()),
        "flow_error": float(np.median(np.concatenate(errors))),
    }


def _mean_of_twins(held):
    """(sample, 2, x, y): the mean picture of each wire and its mirror images, computed from the
    wires themselves; no reader of g(B) alone can do better in the mean square."""
    twins = np.stack([mirror_images(a) for a in held.antidots], 1)
    found = [
        samples_of(held.recipe, held.trace, held.recipe.density(t.astype(np.float32)), t)
        for t in twins
    ]
    return torch.stack([f.picture.float() for f in found]).mean(0)


def _laboratory(place):
    """Skill and place of the clean and the rough reader, under what a laboratory adds."""
    readers = {"clean": place.reader("one"), "rough": place.reader("rough")}
    training, _, held = place.samples("one")
    held, mean = held.at(slice(place.settings.scored)), mean_picture(training)
    generator = torch.Generator().manual_seed(place.seed)
    recipe = training.recipe
    rows = []

    def add(what, level, trace, on=held):
        for name, reader in readers.items():
            with torch.no_grad():
                point = reader.net.trace(trace)
            far = np.mean(np.array(reader.distance(trace, point)) > 1)
            found = scores(reader.pictures(trace), on, mean)
            kept = {k: found[k] for k in ("skill", "position")}
            rows.append(
                {"what": what, "level": level, "reader": name, "warned": float(far), **kept}
            )

    add("nothing", 0.0, held.trace)
    for level in (0.01, 0.03, 0.1):
        add("noise", level, experiment.noisy(held.trace, level, generator))
    for level in (0.1, 0.4):
        add("background", level, experiment.with_background(held.trace, level, generator))
    for level in (1e-4, 0.002, 0.005, 0.01):
        add("temperature", level, experiment.warm_traces(recipe, held.antidots, level))
    for shift in (0.005, 0.015, 0.05):
        moved = replace(recipe, energy=recipe.energy + shift)
        given = held.antidots.astype(np.float32)
        trace = torch.as_tensor(moved.wire.conductance(moved.energy, moved.flux, given))
        other = samples_of(moved, trace, moved.density(given), held.antidots)
        add("energy", shift, trace, other)
    strange = place.settings.scored // 4
    for kind in ("two", "symmetric"):
        trace = fingerprints(strange, [place.seed, 5], kind).trace
        for name, reader in readers.items():
            with torch.no_grad():
                point = reader.net.trace(trace)
            far = float(np.mean(np.array(reader.distance(trace, point)) > 1))
            rows.append({"what": f"wires '{kind}'", "level": 0.0, "reader": name, "warned": far})
    kelvin = experiment.temperature_in_hoppings(0.03, 5.0)
    return {"rows": rows, "thirty_millikelvin": kelvin}


def _fields(samples, fields):
    """Samples of which only some fields are known."""
    return replace(samples, trace=samples.trace[:, fields])


# -- what is printed --------------------------------------------------------------------------


def _line(name, row):
    found = row["scores"]
    low, middle, high, tail = found["position"]
    return (
        f"{name:22s} skill {found['skill']:6.3f}, correlation {found['correlation']:.3f}, "
        f"SSIM {found['ssim']:.3f}, place {middle:.2f} sites (quartiles {low:.2f}, {high:.2f}; "
        f"nine in ten {tail:.2f}), sets exact {100 * found['exact']:.0f} %"
    )


def report(result):
    """The result as text: each number with its floors."""
    lines = [f"tier {result['tier']}; wires that no network saw in training or choices"]
    for name, row in result["readers"].items():
        lines.append(_line(name, row))
        if "floors" in row:
            lines.append(_line("  A and B alone", {"scores": row["ceiling"]}))
            lines += [_line(f"  {k}", {"scores": v}) for k, v in row["floors"].items()]
    rivals = result["rivals"]
    lines.append(f"one antidot, {rivals['training_wires']} wires, {rivals['passes']} passes, seeds")
    for name, rows in rivals["networks"].items():
        skills = [row["skill"] for row in rows]
        places = [row["position"][1] for row in rows]
        lines.append(
            f"  {name:6s} skill {np.mean(skills):.3f} +- {np.std(skills, ddof=1):.3f}, place "
            f"{np.mean(places):.3f} +- {np.std(places, ddof=1):.3f} sites"
        )
    for key, unit in (("curve", "wires"), ("fields", "fields")):
        told = ", ".join(f"{row[unit]}: {row['skill']:.2f}" for row in rivals[key])
        lines.append(f"  skill of the Y-net with {unit} {told}")
    for name, row in result["polish"].items():
        lines.append(
            f"polish {name}: {100 * row['exact']:.0f} % of {row['wires']} sets exact, place "
            f"{row['before']:.3f} -> {row['after']:.3f} sites, {row['tried']:.0f} wires tried"
        )
    found = result["symmetric"]
    lines.append(
        f"symmetric wire: skill {found['network']:.3f}, mean of the four mirror images "
        f"{found['best_symmetric']:.3f}; the flow's shares "
        + ", ".join(f"{100 * s:.0f} %" for s in found["flow_shares"])
    )
    for name, rows in result["thickness"].items():
        values = [row["thickness"] for row in rows]
        lines.append(
            f"sheet {name} wave functions: thickness {np.mean(values):.4f} +- "
            f"{np.std(values, ddof=1):.4f} on patches of some sites, "
            f"{np.mean([row['fine'] for row in rows]):.4f} below one site; dimension "
            f"{np.mean([row['dimension'] for row in rows]):.2f}"
        )
    for row in result["laboratory"]["rows"]:
        told = f"skill {row['skill']:.2f}, " if "skill" in row else ""
        lines.append(f"{row['reader']:5s} {row['what']:18s} {row['level']:<7g} {told}warned "
                     f"{100 * row['warned']:.0f} %")
    return "\n".join(lines)


SECTIONS = {
    "thickness": _thickness,
    "readers": _readers,
    "maps": _maps,
    "symmetric": _symmetric,
    "rivals": _rivals,
    "laboratory": _laboratory,
    "polish": _polished,
}

"""The truths that are measured, the momenta, and the fits that are given a wrong law."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ...self_energy import BCS, Eliashberg, HiddenFermion, Truth, pseudogap

MOMENTA = (0.0, -0.06, -0.15)  # eV, energies of the bare band at the momenta measured

TRUTHS: dict[str, Truth] = {
    "hidden fermion": HiddenFermion(),
    "broad hidden fermion": HiddenFermion(coupling=0.07, energy=-0.02, pairing=0.05, width=0.02),
    "one boson": Eliashberg(),
}


@dataclass(frozen=True)
class Case:
    """A truth, where it is measured, and the laws of the fit.

    Attributes
    ----------
    truth : Truth
        Makes the data.
    bands : tuple of float
        Band energies in eV at the momenta measured.
    laws : dict of str to bool
        Options of the ansatz.
    """

    truth: Truth
    bands: tuple[float, ...] = MOMENTA
    laws: dict[str, bool] = field(default_factory=dict)


CASES = {
    "one momentum": Case(HiddenFermion(), (0.0,)),
    "one momentum, no pairing": Case(HiddenFermion(), (0.0,), {"pairing": False}),
    "one momentum, no bound": Case(HiddenFermion(), (0.0,), {"positive": False}),
    "three momenta": Case(HiddenFermion()),
    "three momenta, no pairing": Case(HiddenFermion(), laws={"pairing": False}),
    "three momenta, no bound": Case(HiddenFermion(), laws={"positive": False}),
    "BCS, three momenta": Case(BCS()),
    "BCS, three momenta, static part": Case(BCS(), laws={"static": True}),
    "pseudogap, three momenta": Case(pseudogap()),
    "pseudogap, three momenta, no pairing": Case(pseudogap(), laws={"pairing": False}),
}


def random_truth(seed: int | np.random.Generator) -> HiddenFermion:
    """Return a hidden fermion drawn from stated ranges.

    Parameters
    ----------
    seed
        An integer or a generator.

    Returns
    -------
    HiddenFermion
        Coupling 60 to 90 meV, energy -20 to 20 meV, pairing 45 to 75 meV, width 9 to 18 meV,
        saturation 0.85 to 1, each uniform.
    """
    rng = np.random.default_rng(seed)
    return HiddenFermion(
        coupling=rng.uniform(0.06, 0.09),
        energy=rng.uniform(-0.02, 0.02),
        pairing=rng.uniform(0.045, 0.075),
        width=rng.uniform(0.009, 0.018),
        saturation=rng.uniform(0.85, 1.0),
    )

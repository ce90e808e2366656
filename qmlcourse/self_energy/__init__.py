"""Normal and anomalous self-energies from photoemission, and what the data can say about them."""

from .ansatz import ANSATZE, MLP, Ansatz, Boltzmann, Grid
from .eliashberg import Eliashberg, matsubara_gap
from .fit import Fit, components_of, errors, fit
from .forward import Forward
from .honesty import Ensemble, Posterior, ensemble, laplace_gap, null_directions, posterior, profile
from .kramers_kronig import kramers_kronig, nodes, transform_matrix
from .measurement import Curves, Instrument, fermi, measure, shirley, window
from .nambu import Components, Properties, gap_budget, properties, spectral_function
from .reading import read_curves
from .truths import BCS, Degenerate, HiddenFermion, Truth, degenerate_family, pseudogap

__all__ = [
    "ANSATZE",
    "BCS",
    "MLP",
    "Ansatz",
    "Boltzmann",
    "Components",
    "Curves",
    "Degenerate",
    "Eliashberg",
    "Ensemble",
    "Fit",
    "Forward",
    "Grid",
    "HiddenFermion",
    "Instrument",
    "Posterior",
    "Properties",
    "Truth",
    "components_of",
    "degenerate_family",
    "ensemble",
    "errors",
    "fermi",
    "fit",
    "gap_budget",
    "kramers_kronig",
    "laplace_gap",
    "matsubara_gap",
    "measure",
    "nodes",
    "null_directions",
    "posterior",
    "profile",
    "properties",
    "pseudogap",
    "read_curves",
    "shirley",
    "spectral_function",
    "transform_matrix",
    "window",
]

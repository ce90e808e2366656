"""Normal and anomalous self-energies from photoemission, and what the data can say about them.

All energies are in eV, all temperatures in kelvin.
"""

from .ansatz import ANSATZE, MLP, Ansatz, Boltzmann, Grid
from .eliashberg import Eliashberg, matsubara_solution
from .ensembles import Ensemble, ensemble, relative_errors
from .fit import SelfEnergyFit, fit
from .forward import ForwardModel, misfit
from .kramers_kronig import kramers_kronig, nodes, transform_matrix
from .measurement import (
    Curves,
    Instrument,
    fermi,
    measured_curves,
    shirley_background,
    window,
)
from .nambu import (
    Components,
    Properties,
    components_of,
    gap_budget,
    properties,
    spectral_function,
)
from .posteriors import Posterior, laplace_gap_parameter, null_directions, posterior, profile
from .reading import read_curves
from .truths import BCS, DegenerateTruth, HiddenFermion, Truth, WrittenPair, pseudogap

__all__ = [
    "ANSATZE",
    "BCS",
    "MLP",
    "Ansatz",
    "Boltzmann",
    "Components",
    "Curves",
    "DegenerateTruth",
    "Eliashberg",
    "Ensemble",
    "ForwardModel",
    "Grid",
    "HiddenFermion",
    "Instrument",
    "Posterior",
    "Properties",
    "SelfEnergyFit",
    "Truth",
    "WrittenPair",
    "components_of",
    "ensemble",
    "fermi",
    "fit",
    "gap_budget",
    "kramers_kronig",
    "laplace_gap_parameter",
    "matsubara_solution",
    "measured_curves",
    "misfit",
    "nodes",
    "null_directions",
    "posterior",
    "profile",
    "properties",
    "pseudogap",
    "read_curves",
    "relative_errors",
    "shirley_background",
    "spectral_function",
    "transform_matrix",
    "window",
]

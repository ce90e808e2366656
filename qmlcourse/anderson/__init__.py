"""Random lattices: models, eigenstates, measures, the 3D classifier, phase diagrams.

Signs: hopping is +1 to each neighbour and disorder adds to the sites, H = sum e_j |j><j| +
sum |i><j|. Energies are in units of the hopping, the flux in flux quanta through a plaquette.
"""

from .classifier import Classifier, DensityNetwork, load_classifier, metal_probability
from .eigenstates import Eigenstates, eigenstates
from .hamiltonian import LayeredHamiltonian
from .inspection import layer_answers, occlusion
from .kicked_rotor import KickedRotor, SeriesNetwork, WavePackets, growth_exponent
from .learning import classifier_fit, labelled_states, nearest_densities, trained_ensemble
from .measures import (
    density_of_states,
    fractal_dimension,
    inverse_participation,
    momentum_density,
    participation_ratio,
    spacing_ratio,
)
from .models import (
    AndersonModel,
    BondPercolation,
    DopedSemiconductor,
    SitePercolation,
    SymplecticPlane,
)
from .percolation import spanning_share, threshold
from .phase_diagrams import Crossing, boundary, crossing, phase_map
from .scaling import ScalingFit, collapse_spread, logistic_step, scaling_fit
from .topological import (
    ChernInsulator,
    LayeredChernInsulator,
    WilsonDirac,
    band_chern,
    bott_index,
    layer_chern,
    strong_index,
)
from .transfer_matrix import TransferMatrixLength, transfer_matrix_length

__all__ = [
    "AndersonModel",
    "BondPercolation",
    "ChernInsulator",
    "Classifier",
    "Crossing",
    "DensityNetwork",
    "DopedSemiconductor",
    "Eigenstates",
    "KickedRotor",
    "LayeredChernInsulator",
    "LayeredHamiltonian",
    "ScalingFit",
    "SeriesNetwork",
    "SitePercolation",
    "SymplecticPlane",
    "TransferMatrixLength",
    "WavePackets",
    "WilsonDirac",
    "band_chern",
    "bott_index",
    "boundary",
    "classifier_fit",
    "collapse_spread",
    "crossing",
    "density_of_states",
    "eigenstates",
    "fractal_dimension",
    "growth_exponent",
    "inverse_participation",
    "labelled_states",
    "layer_answers",
    "layer_chern",
    "load_classifier",
    "logistic_step",
    "metal_probability",
    "momentum_density",
    "nearest_densities",
    "occlusion",
    "participation_ratio",
    "phase_map",
    "scaling_fit",
    "spacing_ratio",
    "spanning_share",
    "strong_index",
    "threshold",
    "trained_ensemble",
    "transfer_matrix_length",
]

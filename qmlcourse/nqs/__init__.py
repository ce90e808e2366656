"""Neural-network quantum states for crystals: integrals, sectors, ground states, bands.

Energies are in hartree and total (nuclear repulsion included) unless a name says otherwise,
lengths in bohr. Conventions of signs and indices: see `crystal`.
"""

from .bands import Bands, exact_bands, koopmans_bands, quasiparticle_bands
from .crystal import CHEMICAL_ACCURACY, Crystal, read_crystal
from .library import CRYSTALS, load_crystal
from .mean_field import MeanField, hartree_fock
from .optimise import GroundState, Settings, Training, ground_state, natural_direction, prepare
from .rings import dimerised_ring, hydrogen_ring
from .samplers import DirectDraws, ExactSum, Metropolis, Selected, sampled_energy
from .sector import Exact, Sector, count_determinants, exact_ground_state
from .states import RBM, Autoregressive, Reachable
from .symmetry import Basis, plain_basis, symmetric_basis
from .unlisted import connected, local_energies

__all__ = [
    "CHEMICAL_ACCURACY",
    "CRYSTALS",
    "RBM",
    "Autoregressive",
    "Bands",
    "Basis",
    "Crystal",
    "DirectDraws",
    "Exact",
    "ExactSum",
    "GroundState",
    "MeanField",
    "Metropolis",
    "Reachable",
    "Sector",
    "Selected",
    "Settings",
    "Training",
    "connected",
    "count_determinants",
    "dimerised_ring",
    "exact_bands",
    "exact_ground_state",
    "ground_state",
    "hartree_fock",
    "hydrogen_ring",
    "koopmans_bands",
    "load_crystal",
    "local_energies",
    "natural_direction",
    "plain_basis",
    "prepare",
    "quasiparticle_bands",
    "read_crystal",
    "sampled_energy",
    "symmetric_basis",
]

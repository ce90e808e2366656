"""Neural-network quantum states for crystals: integrals, sectors, ground states, bands.

Energies are in hartree and total (nuclear repulsion included) unless a name says otherwise,
lengths in bohr. Conventions of signs and indices: see `crystal`.

`rings` and `library` give the integrals of a crystal. `sector` lists its determinants, made of the
`strings` of either spin; `hamiltonian` and `exact` solve them, `symmetry` halves them. The networks
are `rbm` and `autoregressive`; `search` trains them, `training` is that search step by step, with
`samplers`, `metropolis` and `directions`. `bands` takes one electron out or puts one in.
"""

from .autoregressive import Autoregressive
from .bands import Bands, exact_bands, koopmans_bands, quasiparticle_bands
from .crystal import CHEMICAL_ACCURACY, Crystal, read_crystal
from .directions import natural_direction
from .exact import Exact, exact_ground_state
from .ground import GroundState
from .library import CRYSTALS, load_crystal
from .mean_field import MeanField, hartree_fock
from .metropolis import Metropolis
from .rbm import RBM
from .reachable import Reachable
from .rings import dimerised_ring, hydrogen_ring
from .samplers import DirectDraws, ExactSum, Selected, sampled_energy
from .search import ground_state, prepare
from .sector import Sector, count_determinants
from .settings import SearchSettings
from .symmetry import Basis, plain_basis, symmetric_basis
from .training import Training
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
    "SearchSettings",
    "Sector",
    "Selected",
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

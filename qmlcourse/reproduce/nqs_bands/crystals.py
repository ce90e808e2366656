"""Makes the shipped crystals with PySCF (extra `[pbc]`): Hartree-Fock orbitals, then integrals.

One-electron and two-electron integrals come from Gaussian density fitting at all momenta, with no
correction for exchange (`exxdiv=None`); the Madelung constant is stored beside them.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import chdir
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from ...nqs.crystal import Crystal
from ...nqs.library import CRYSTALS
from ...storage import shipped

_ANGSTROM = 1 / 0.529177210903  # bohr


@dataclass(frozen=True)
class CrystalRecipe:
    """How one crystal is made.

    Attributes
    ----------
    atoms : list of (str, tuple)
        Element and (x, y, z) of each atom in the cell, bohr.
    lattice : numpy.ndarray
        Shape (3, 3), lattice vectors in rows, bohr.
    mesh : tuple of int
        Momenta along the three axes.
    basis, pseudo : str
        PySCF's names of the basis set and of the pseudopotential; no pseudopotential where empty.
    twist : tuple of float
        Shift of the mesh along the three axes, in steps of it.
    keep : callable or None
        Function (cell, overlap, orbitals) giving a bool for each band: which orbitals stay active.
        None keeps all.
    axes : int
        How many of the three axes the stored crystal lists.
    unit, units : str, int
        What energies are divided by, and how many of them the mesh has; 0 for one a momentum.
    notes : dict
        What else is stored about the making.
    """

    atoms: list[tuple[str, tuple[float, float, float]]]
    lattice: np.ndarray
    mesh: tuple[int, int, int]
    basis: str
    pseudo: str = ""
    twist: tuple[float, float, float] = (0.0, 0.0, 0.0)
    keep: Callable[..., np.ndarray] | None = None
    axes: int = 1
    unit: str = "cell"
    units: int = 0
    notes: dict[str, Any] = field(default_factory=dict)


def recipe(name: str) -> CrystalRecipe:
    """Return the recipe of a shipped crystal.

    Raises
    ------
    ValueError
        For a name that is not in `CRYSTALS`.
    """
    if name not in CRYSTALS:
        raise ValueError(f"no recipe for {name!r}; there is {', '.join(CRYSTALS)}.")
    kind, _, size = name.partition("-")
    if kind == "chain":
        return _chain(int(size))
    if kind == "polyacetylene":
        return _polyacetylene(int(size))
    if kind == "graphene":
        return _graphene(size)
    return _lithium_hydride(size)


def make(name: str, out: Path, log: Callable[[str], Any] = print) -> Path:
    """Compute one crystal and write it to the folder `out`.

    Parameters
    ----------
    name
        Name of a shipped crystal, such as ``"chain-6"``.
    out
        Folder; it is made where there is none.
    log
        Called with each line of progress.

    Returns
    -------
    pathlib.Path
        The file.

    Raises
    ------
    ValueError
        For an unknown name.
    RuntimeError
        Without PySCF, or where Hartree-Fock does not converge.
    """
    try:
        import pyscf
        from pyscf.pbc import gto, scf
        from pyscf.pbc.tools import madelung
    except ImportError as error:
        raise RuntimeError(
            "crystals are made with PySCF: pip install 'qmlcourse[pbc]' first."
        ) from error
    plan, start = recipe(name), time.time()
    cell = gto.Cell()
    cell.build(
        atom=plan.atoms,
        a=plan.lattice,
        unit="B",
        basis=plan.basis,
        verbose=0,
        pseudo=plan.pseudo or None,
    )
    shift = np.array(plan.twist) / np.array(plan.mesh)
    kpts = cell.make_kpts(plan.mesh, scaled_center=shift)
    mean_field = scf.KRHF(cell, kpts, exxdiv=None).density_fit()
    mean_field.conv_tol = 1e-11
    mean_field.kernel()
    if not mean_field.converged:
        raise RuntimeError(f"Hartree-Fock of {name} did not converge.")
    log(f"{name}: Hartree-Fock {mean_field.e_tot:.6f} hartree a cell")
    orbitals, core, active = _split(cell, mean_field, plan)
    one, energy = _one_body(mean_field, orbitals, core)
    reference = {"hartree_fock": float(mean_field.e_tot)}
    reference |= _coupled_cluster(name, mean_field, active, log)
    cells = int(np.prod(plan.mesh))
    active_pairs = sum((mean_field.mo_occ[k] > 1)[active[k]].sum() for k in range(cells))
    crystal = Crystal(
        name=name,
        mesh=tuple(plan.mesh[: plan.axes]),
        one_body=one,
        two_body=_two_body(mean_field, orbitals, plan.mesh),
        core_energy=float(energy),
        electrons=round(2 * active_pairs),
        madelung=float(madelung(cell, kpts)),
        twist=tuple(plan.twist[: plan.axes]),
        unit=plan.unit,
        units=plan.units or cells,
        provenance={
            "made_by": f"qmlcourse crystals {name}",
            "pyscf": pyscf.__version__,
            "basis": plan.basis,
            "pseudo": plan.pseudo,
            "lattice_bohr": plan.lattice.tolist(),
            "atoms_bohr": [[e, list(map(float, r))] for e, r in plan.atoms],
            "reference_hartree_per_cell": reference,
            **plan.notes,
        },
    )
    path = Path(out) / f"crystal_{name.replace('-', '_')}.npz"
    path.parent.mkdir(parents=True, exist_ok=True)
    crystal.save(path)
    log(f"{name}: {reference}, {path.stat().st_size / 1e3:.0f} kB, {time.time() - start:.0f} s")
    return path


def ship(name: str, path: Path) -> None:
    """List a finished file among the shipped ones."""
    shipped.register(
        Path(path).stem,
        path,
        command=f"qmlcourse crystals {name} --ship",
        tier="laptop",
        what=f"integrals: {CRYSTALS[name]}",
    )


def _coupled_cluster(
    name: str, mean_field: Any, active: list[np.ndarray], log: Callable[[str], Any]
) -> dict[str, float]:
    """CCSD and CCSD(T) of the active orbitals, hartree a cell; empty where they fail."""
    from pyscf.pbc import cc

    found = {}
    try:
        frozen = [np.nonzero(~mask)[0].tolist() for mask in active]
        coupled = cc.KRCCSD(mean_field, frozen=frozen if any(frozen) else None)
        coupled.verbose, coupled.conv_tol = 0, 1e-8
        with TemporaryDirectory() as scratch, chdir(scratch):  # PySCF leaves files where it runs
            coupled.kernel()
            if coupled.converged:
                found["ccsd"] = float(coupled.e_tot)
                found["ccsd_t"] = float(coupled.e_tot + coupled.ccsd_t())
    except Exception as error:  # the crystal is complete without these references
        log(f"{name}: no coupled cluster ({error})")
    return found


def _split(
    cell: Any, mean_field: Any, plan: CrystalRecipe
) -> tuple[list[np.ndarray], np.ndarray, list[np.ndarray]]:
    """Active orbitals, density of the frozen ones, and the mask, at each momentum."""
    overlap = mean_field.get_ovlp()
    orbitals, density, masks = [], [], []
    for k, coefficients in enumerate(mean_field.mo_coeff):
        occupied = mean_field.mo_occ[k] > 1
        mask = (
            plan.keep(cell, overlap[k], coefficients)
            if plan.keep
            else np.ones(coefficients.shape[1], bool)
        )
        frozen = coefficients[:, occupied & ~mask]
        orbitals.append(coefficients[:, mask])
        density.append(2 * frozen @ frozen.conj().T)
        masks.append(np.asarray(mask))
    if len({c.shape[1] for c in orbitals}) > 1:
        raise RuntimeError("the number of active orbitals changes with the momentum.")
    return orbitals, np.array(density), masks


def _one_body(
    mean_field: Any, orbitals: list[np.ndarray], core: np.ndarray
) -> tuple[np.ndarray, float]:
    """One-body integrals in the field of the frozen electrons, and the energy of these."""
    hcore = mean_field.get_hcore()
    mean = np.asarray(mean_field.get_veff(dm_kpts=core))
    nuclei = mean_field.energy_nuc() * len(orbitals)
    energy = nuclei + np.einsum("kpq,kqp->", hcore + 0.5 * mean, core).real
    one = np.array(
        [c.conj().T @ (h + v) @ c for c, h, v in zip(orbitals, hcore, mean, strict=True)]
    )
    return 0.5 * (one + one.conj().swapaxes(1, 2)), energy


def _two_body(
    mean_field: Any, orbitals: list[np.ndarray], mesh: tuple[int, int, int]
) -> np.ndarray:
    kpts, n, b = mean_field.kpts, len(orbitals), orbitals[0].shape[1]
    steps = np.stack(np.unravel_index(np.arange(n), mesh), -1)
    two = np.empty((n, n, n, b, b, b, b), complex)
    for k1, k2, k3 in np.ndindex(n, n, n):
        k4 = np.ravel_multi_index((steps[k1] - steps[k2] + steps[k3]) % mesh, mesh)
        some = (k1, k2, k3, k4)
        part = mean_field.with_df.ao2mo(
            [orbitals[k] for k in some], kpts[list(some)], compact=False
        )
        two[k1, k2, k3] = np.asarray(part).reshape((b,) * 4) / n
    return two


def _pi(cell: Any, overlap: np.ndarray, orbitals: np.ndarray) -> np.ndarray:
    """Orbitals made of p functions that stand upright on the plane z = 0."""
    upright = np.array(["pz" in label for label in cell.ao_labels()])
    weight = np.abs(orbitals.conj() * (overlap @ orbitals))[upright].sum(0)
    return weight > 0.5


def _chain(atoms: int) -> CrystalRecipe:
    return CrystalRecipe(
        [("H", (0, 0, 0))],
        np.diag([1.8, 20, 20]),
        (atoms, 1, 1),
        "sto-3g",
        twist=(0.5 if atoms % 4 == 0 else 0.0, 0, 0),  # half a step closes the shell of 4n
        unit="atom",
        units=atoms,
        notes={"spacing_bohr": 1.8, "vacuum_bohr": 20},
    )


def _polyacetylene(cells: int) -> CrystalRecipe:
    double, single, repeat, bond_h = 1.36, 1.44, 2.455, 1.09  # angstrom
    # the angle at carbon follows from the two bonds and the repeat length
    angle = np.arccos((double**2 + single**2 - repeat**2) / (2 * double * single))
    tilt = np.arcsin(single * np.sin(angle) / repeat)  # of the double bond against the axis
    step = double * np.array([np.cos(tilt), np.sin(tilt), 0])
    first, second = -step / 2, step / 2
    # hydrogen points away from the two neighbours of its carbon
    next_ = first + np.array([repeat, 0, 0])
    away = -((first - second) / double + (next_ - second) / single)
    away /= np.linalg.norm(away)
    places = [
        ("C", first),
        ("C", second),
        ("H", second + bond_h * away),
        ("H", first - bond_h * away),
    ]
    return CrystalRecipe(
        [(element, tuple(_ANGSTROM * place)) for element, place in places],
        np.diag([repeat * _ANGSTROM, 25.0, 20.0]),
        (cells, 1, 1),
        "gth-szv",
        "gth-pade",
        keep=_pi,
        notes={
            "bonds_angstrom": [double, single, bond_h],
            "repeat_angstrom": repeat,
            "active": "pi and pi*; sigma frozen",
        },
    )


def _graphene(size: str) -> CrystalRecipe:
    mesh, _, share = size.partition("-")
    across = tuple(int(n) for n in mesh.split("x"))
    a = 2.46 * _ANGSTROM
    lattice = np.array([[a, 0, 0], [a / 2, a * np.sqrt(3) / 2, 0], [0, 0, 20.0]])
    # K lies at (1/3, 2/3) of the reciprocal lattice; the first momentum walks towards it
    part = int(share) / 100 if share else 0.0
    twist = tuple(part * k * n for k, n in zip((1 / 3, 2 / 3), across, strict=True))
    return CrystalRecipe(
        [("C", (0, 0, 0)), ("C", tuple((lattice[0] + lattice[1]) / 3))],
        lattice,
        (*across, 1),
        "gth-szv",
        "gth-pade",
        twist=(*twist, 0.0),
        keep=_pi,
        axes=2,
        notes={"active": "pi and pi*; sigma frozen", "share_of_K": part, "a_angstrom": 2.46},
    )


def _lithium_hydride(size: str) -> CrystalRecipe:
    half = 4.084 / 2 * _ANGSTROM

    def above_core(cell: Any, overlap: np.ndarray, orbitals: np.ndarray) -> np.ndarray:
        mask = np.ones(orbitals.shape[1], bool)
        mask[0] = False  # lithium 1s
        return mask

    return CrystalRecipe(
        [("Li", (0, 0, 0)), ("H", (half, half, half))],
        half * np.array([[0, 1, 1], [1, 0, 1], [1, 1, 0]]),
        tuple(int(n) for n in size.split("x")),
        "sto-3g",
        keep=above_core,
        axes=3,
        notes={"a_angstrom": 4.084, "active": "all but lithium 1s"},
    )

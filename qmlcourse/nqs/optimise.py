"""Ground states: stochastic reconfiguration, its sample-space form, and a Newton-like form.

With X = psi (O - <O>), the tangent vectors of the normalised state, and r = (H - E) psi, its
residual, one step is

    sr       -eta (X+ X + lambda)^-1 X+ r          (S. Sorella, Phys. Rev. Lett. 80, 4558 (1998))
    minsr    -eta X+ (X X+ + lambda)^-1 r          (A. Chen, M. Heyl, Nat. Phys. 20, 1476 (2024))
    newton   -(X+ D X + lambda)^-1 X+ r            D = diagonal of H, less E, plus a shift
    gradient -eta X+ r

The first two are the same step; the cheaper form is taken. The Newton-like form keeps the fixed
points of the others (X+ r = 0) but weighs each determinant with its own excitation energy, as
Davidson's eigensolver does: high-lying determinants no longer limit the step.
"""

from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from scipy.linalg.blas import zherk

from .mean_field import hartree_fock
from .samplers import ExactSum
from .sector import Sector
from .states import RBM, Autoregressive, Reachable
from .symmetry import plain_basis, symmetric_basis

METHODS = ("newton", "sr", "minsr", "gradient")
_TRIES = 5
_STALLED = 1e8


@dataclass(frozen=True)
class Settings:
    """How a state is trained; the defaults serve rings of 6 to 10 atoms.

    method : one of 'newton', 'sr', 'minsr', 'gradient'
    step : eta of the imaginary-time step, 1/hartree
    warm, begin : 'newton' takes steps of 'sr' until `warm` of them are done and the variance is
        below `begin`, hartree^2; then full steps, each tried again with more damping as long as
        it raises the energy
    regularisation, floor, decay : lambda = max(floor, regularisation * decay^n)
    cap : largest change of the normalised state in one step (Fubini-Study length)
    shift : hartree, added to D
    tol : stop when the variance of the energy is below this, hartree^2
    """

    method: str = "newton"
    step: float = 0.3
    warm: int = 10
    begin: float = 0.3
    regularisation: float = 1e-2
    floor: float = 1e-5
    decay: float = 0.93
    cap: float = 0.3
    shift: float = 0.1
    tol: float = 1e-9

    def __post_init__(self):
        if self.method not in METHODS:
            raise ValueError(f"no method {self.method!r}; there is {', '.join(METHODS)}.")
        for name in ("step", "cap", "shift"):
            if not getattr(self, name) > 0:
                raise ValueError(f"{name} must be positive, not {getattr(self, name)}.")
        if not 0 < self.floor <= self.regularisation:
            raise ValueError("regularisation must be positive and not below its floor.")


@dataclass(frozen=True, eq=False)
class GroundState:
    """A trained state.

    energy : float, hartree, total with nuclear repulsion
    variance : float, hartree^2, of the local energy: zero for an eigenstate, so a certificate
    history : list of dicts, one for each step: energy and variance before it, its length
        (Fubini-Study) and regularisation
    state : RBM or Autoregressive
    basis : the Basis that it gives amplitudes to
    """

    energy: float
    variance: float
    history: list
    state: object
    basis: object

    def amplitudes(self):
        """(determinant,) complex array, normalised, the largest one positive."""
        spins, weight = _tensors(self.basis, self.state.parameters.device)
        psi = self.basis.expand(_amplitudes(self.state, spins, weight).cpu().numpy())
        largest = psi[np.abs(psi).argmax()]
        return psi * (np.abs(largest) / largest / np.linalg.norm(psi))


class Training:
    """A ground-state search that can be advanced, looked at, stored and continued.

    Parameters
    ----------
    basis : Basis
    state : RBM or Autoregressive
    settings : Settings
    sampler : what draws determinants; default the exact sum over the basis
    seed : of the sampler
    device : of the tensors
    """

    def __init__(self, basis, state, settings=None, sampler=None, seed=0, device=None):
        self.basis, self.state = basis, state
        self.settings = settings or Settings()
        self.sampler = sampler or ExactSum()
        self.device = state.parameters.device if device is None else torch.device(device)
        self.generator = torch.Generator(self.device).manual_seed(seed)
        self.spins, self.weight = _tensors(basis, self.device)
        self.matrix = _Operator(basis.matrix, self.device)
        self.diagonal = torch.as_tensor(basis.matrix.diagonal().real.copy(), device=self.device)
        self.history = []
        self._newton, self._trust = False, 1.0
        self._look()

    @property
    def step(self):
        return len(self.history)

    def _look(self):
        self.psi = _amplitudes(self.state, self.spins, self.weight)
        image = self.matrix @ self.psi
        self.energy = float((self.psi.conj() @ image).real)
        self.residual = image - self.energy * self.psi
        self.variance = float((self.residual.abs() ** 2).sum())

    def result(self):
        """The present state as a GroundState."""
        return GroundState(self.energy, self.variance, self.history, self.state, self.basis)

    @property
    def done(self):
        return self.variance < self.settings.tol or self._trust > _STALLED

    def advance(self, steps, until=lambda training: False):
        """Take up to `steps` steps; ends early at the settings' variance or when `until` says so.

        Raises RuntimeError when numbers are no longer finite.
        """
        for _ in range(steps):
            if self.done or until(self):
                break
            self._one()
            if not np.isfinite(self.energy):
                raise RuntimeError(
                    f"step {self.step} of the search left the finite numbers; use a smaller step "
                    "or cap, or a larger regularisation."
                )
        return self

    def _one(self):
        s = self.settings
        damping = max(s.floor, s.regularisation * s.decay**self.step)
        small = self.step >= s.warm and self.variance < s.begin
        self._newton |= s.method == "newton" and self.sampler.exact and small
        spins, psi, residual, diagonal = self.sampler.rows(self)
        weights = psi.abs() ** 2
        slopes = self.state.derivatives(spins)
        tangent = slopes.sub_((weights.to(slopes.dtype) @ slopes) / weights.sum())
        tangent *= psi[:, None]
        excitation = (diagonal - self.energy).clamp(min=0)
        before, energy = self.state, self.energy
        row = {"energy": energy, "variance": self.variance, "regularisation": damping}
        for _ in range(_TRIES if self._newton else 1):
            if self._newton:
                root = torch.sqrt(excitation + s.shift * self._trust)
                change = self._solve(
                    tangent * root[:, None], residual / root, damping * self._trust
                )
            else:
                change = s.step * self._solve(tangent, residual, damping)
            length = float(torch.linalg.vector_norm(tangent @ change.to(tangent.dtype)))
            change = change * min(1.0, s.cap / max(length, 1e-300))
            self.state = before.moved(-change)
            self._look()
            if not self._newton or self.energy < energy:
                self._trust = max(self._trust / 2, 1.0)
                break
            self._trust *= 4
        else:  # no step lowers the energy: the last digits are reached
            self.state = before
            self._look()
        self.history.append(row | {"length": min(length, s.cap)})

    def _solve(self, left, right, damping):
        if self.settings.method == "gradient":
            force = left.conj().T @ right
            return force if self.state.holomorphic else force.real
        return natural_direction(
            left,
            right,
            damping,
            real=not self.state.holomorphic,
            form={"minsr": "sample", "sr": "parameter"}.get(self.settings.method, "cheaper"),
        )

    def overlap_spectrum(self):
        """Eigenvalues of S = X+ X, descending: the directions that the state can move in."""
        slopes = self.state.derivatives(self.spins)
        weights = self.psi.abs() ** 2
        tangent = self.psi[:, None] * (slopes - weights.to(slopes.dtype) @ slopes)
        if not self.state.holomorphic:
            tangent = torch.cat([tangent.real, tangent.imag])
        return (torch.linalg.svdvals(tangent) ** 2).cpu().numpy()

    def save(self, path):
        """Write parameters and history; a search that reads them goes on as if never stopped."""
        path = Path(path)
        part = path.with_suffix(".part")
        with part.open("wb") as file:
            np.savez(
                file,
                parameters=self.state.parameters.cpu().numpy(),
                generator=self.generator.get_state().cpu().numpy(),
                trust=np.array([self._newton, self._trust]),
                settings=np.array(sorted(f"{k}={v}" for k, v in asdict(self.settings).items())),
                name=np.array(repr(self.basis.sector)),
                **{
                    f"history_{key}": np.array([row[key] for row in self.history])
                    for key in ("energy", "variance", "length", "regularisation")
                },
            )
        part.replace(path)

    def load(self, path):
        """Continue from a file of `save`.

        Raises ValueError for a damaged file, another sector, or other settings.
        """
        try:
            with np.load(path, allow_pickle=False) as stored:
                data = {key: stored[key] for key in stored.files}
            keys = ("energy", "variance", "length", "regularisation")
            columns = [data[f"history_{key}"].tolist() for key in keys]
            parameters = torch.as_tensor(data["parameters"], device=self.device)
            name, settings = str(data["name"]), data["settings"].tolist()
        except Exception as error:
            raise ValueError(f"{path} is not a stored search, or it is damaged.") from error
        mine = sorted(f"{k}={v}" for k, v in asdict(self.settings).items())
        if (name, settings, len(parameters)) != (
            repr(self.basis.sector),
            mine,
            len(self.state.parameters),
        ):
            raise ValueError(
                f"{path} belongs to another search ({name}, {len(parameters)} parameters); "
                "remove it, or use its settings."
            )
        self.history = [dict(zip(keys, row, strict=True)) for row in zip(*columns, strict=True)]
        self.state = self.state.at(parameters)
        self.generator.set_state(torch.as_tensor(data["generator"]))
        self._newton, self._trust = bool(data["trust"][0]), float(data["trust"][1])
        self._look()
        return self


def natural_direction(tangent, residual, damping, *, real=False, form="cheaper"):
    """Solve the regularised least-squares problem of stochastic reconfiguration.

    Parameters
    ----------
    tangent : (sample, parameter) complex tensor X
    residual : (sample,) complex tensor r
    damping : lambda > 0
    real : parameters are real
    form : 'parameter' for (X+X + lambda)^-1 X+ r, 'sample' for X+ (XX+ + lambda)^-1 r, or
        'cheaper': equal by a matrix identity

    Returns
    -------
    (parameter,) tensor
    """
    if real:
        tangent = torch.cat([tangent.real, tangent.imag])
        residual = torch.cat([residual.real, residual.imag])
    adjoint = tangent.conj().T
    if form == "cheaper":
        form = "sample" if tangent.shape[0] < tangent.shape[1] else "parameter"
    gram = _gram(tangent, form)
    gram.diagonal().add_(damping)
    if form == "sample":
        return adjoint @ _solve(gram, residual)
    return _solve(gram, adjoint @ residual)


def prepare(
    crystal,
    state=RBM,
    seed=0,
    *,
    momentum=None,
    electrons=None,
    symmetric=True,
    settings=None,
    sampler=None,
    device=None,
    **options,
):
    """A Training that has taken no step: basis, reference and start of a search.

    See `ground_state` for the parameters; `options` go to the state's `start`.
    """
    if momentum is None:
        mean_field = hartree_fock(crystal, electrons)
        crystal, momentum = mean_field.crystal, mean_field.momentum
        sector = Sector(crystal, electrons, momentum)
        place = int(sector.find(mean_field.determinant, mean_field.determinant)[0])
    else:
        sector = Sector(crystal, electrons, momentum)
        place = int(sector.hamiltonian().diagonal().real.argmin())
    network = state is Autoregressive
    symmetric = symmetric and not network
    basis = symmetric_basis(sector, place) if symmetric else plain_basis(sector)
    reference = sector.occupations()[place]
    if network:
        table = Reachable(crystal, sector.electrons, sector.momentum, device)
        made = state.start(table, seed, reference=reference, device=device, **options)
    else:
        made = state.start(reference, seed, device=device, **options)
    return Training(basis, made, settings, sampler, seed=seed, device=device)


def ground_state(
    crystal, state=RBM, *, seed, steps=300, checkpoint=None, progress=None, settings=None, **options
):
    """Train a neural state to the ground state of a crystal.

    Parameters
    ----------
    crystal : Crystal
    state : RBM or Autoregressive
    seed : integer; a rerun with one seed is identical
    steps : at most this many
    checkpoint : file to store the search in every 20 steps, and to go on from if it exists
    progress : function of the Training, called every 20 steps
    settings : Settings
    options : momentum (default that of the closed Hartree-Fock shell), electrons, symmetric (use
        spin exchange and inversion, default True), sampler, device; others go to the state's
        `start`: density, bias, scale for an RBM, width for a network

    Returns
    -------
    GroundState

    Raises
    ------
    ValueError : odd electrons, an open shell without `momentum`, unknown method
    RuntimeError : numbers left the finite range, or the search ended above Hartree-Fock
    """
    training = prepare(crystal, state, seed, settings=settings, **options)
    path = Path(checkpoint) if checkpoint else None
    if path and path.exists():
        training.load(path)
    while training.step < steps and not training.done:
        training.advance(min(20 - training.step % 20, steps - training.step))
        if path:
            training.save(path)
        if progress:
            progress(training)
    reference = float(training.diagonal.min())
    if training.energy > reference + (1e-9 if training.sampler.exact else 5e-3):
        raise RuntimeError(
            f"the search with seed {seed} ended after {training.step} steps at "
            f"{training.energy:.4f} hartree, above the best single determinant "
            f"({reference:.4f}); take more steps or another seed."
        )
    return training.result()


class _Operator:
    """A sparse Hermitian matrix as a torch operator, on the CPU through scipy."""

    def __init__(self, matrix, device):
        self._matrix, self._device = matrix, torch.device(device or "cpu")
        if self._device.type != "cpu":
            self._sparse = sparse_tensor(matrix, self._device)

    def __matmul__(self, vector):
        if self._device.type == "cpu":
            return torch.as_tensor(self._matrix @ vector.numpy())
        return (self._sparse @ vector[:, None])[:, 0]


def sparse_tensor(matrix, device):
    """A scipy CSR array as a complex torch tensor on a device."""
    parts = (torch.as_tensor(part, device=device) for part in (matrix.indptr, matrix.indices))
    values = torch.as_tensor(matrix.data, dtype=torch.complex128, device=device)
    return torch.sparse_csr_tensor(*parts, values, matrix.shape, check_invariants=True)


def _amplitudes(state, spins, weight):
    log = state.log_amplitude(spins) + weight
    psi = torch.exp(log - log.real.max())
    return psi / torch.linalg.vector_norm(psi)


def _tensors(basis, device=None):
    spins = 2.0 * torch.as_tensor(basis.occupations, dtype=torch.complex128, device=device) - 1
    return spins, torch.as_tensor(basis.weight, device=device)


def _gram(x, form):
    """Lower triangle of X X+ ('sample') or X+ X; on the CPU half the work, by BLAS's zherk."""
    if x.device.type == "cpu" and x.dtype == torch.complex128:
        lower = zherk(1.0, x.numpy().T, trans=2 if form == "sample" else 0, lower=1)
        return torch.as_tensor(lower).conj().resolve_conj()
    return x @ x.conj().T if form == "sample" else x.conj().T @ x


def _solve(matrix, right):
    """Solve with a Hermitian matrix of which the lower triangle is given."""
    factor, info = torch.linalg.cholesky_ex(matrix)
    if int(info) == 0:
        return torch.cholesky_solve(right[:, None], factor)[:, 0]
    whole = torch.tril(matrix) + torch.tril(matrix, -1).conj().T
    return torch.linalg.solve(whole, right)

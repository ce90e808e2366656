"""Fits of many starts at once: damped Gauss-Newton steps with exact derivatives."""

from dataclasses import dataclass, field

import numpy as np
import torch

from .forward import Forward
from .kramers_kronig import kramers_kronig, transform_matrix
from .nambu import Components

_LARGEST_STEP = 2.0  # of a raw parameter
_STIFF = 1e4  # smoothness of the first step; it falls to the one asked for
SOFTENING = 40  # steps that this takes
_TURNS = 8  # dampings tried at a step
_HOLD = 2e-4  # eV, how tightly a profile holds Re S_ano(0)


@dataclass
class Fit:
    """A batch of fits to the same Curves that can be gone on with, stopped and kept.

    Attributes
    ----------
    data : Curves; ansatz : Ansatz
    raw : (start, parameter) tensor, where the fits are now
    chi2 : (start,) chi squared for each point
    history : list of (start,) arrays of it
    target : None, or (start,) values in eV that hold Re S_ano(0), for a profile
    converged : (start,) whether the last steps gained less than 1e-4
    steps : steps taken
    """

    data: object
    ansatz: object
    raw: torch.Tensor
    smoothness: float
    forward: Forward
    damping: torch.Tensor
    history: list = field(default_factory=list)
    target: torch.Tensor = None

    @property
    def chi2(self):
        return self.history[-1]

    @property
    def best(self):
        """Number of the fit with the smallest chi squared."""
        return int(np.argmin(self.chi2))

    @property
    def converged(self):
        if self.steps < SOFTENING + 4:
            return np.zeros(len(self.raw), bool)
        return self.history[-4] - self.history[-1] < 1e-4 * np.maximum(self.history[-1], 0.1)

    @property
    def steps(self):
        return len(self.history) - 1

    @property
    def weight(self):
        """Weight of the prior at the present step: stiff first, so that all starts find the way."""
        share = min(self.steps / SOFTENING, 1.0)
        return _STIFF * (self.smoothness / _STIFF) ** share

    def advance(self, steps=1):
        """Take some damped Gauss-Newton steps; returns the fit itself."""
        for _ in range(steps):
            self._step()
        return self

    def densities(self):
        """(rho_11 (start, node), rho_12 (start, node), static (start,)) as arrays in eV."""
        with torch.no_grad():
            return tuple(part.cpu().numpy() for part in self.ansatz.densities(self.raw))

    def components(self, energies):
        """Components of all fits at real energies, arrays of shape (start, energy)."""
        return components_of(self.ansatz.at, *self.densities(), energies)

    def curves(self):
        """(start, momentum, energy): the fitted counts."""
        with torch.no_grad():
            parts = self.ansatz.densities(self.raw)
            spectrum, _, _ = self.forward.spectra(*self.forward.self_energies(*parts))
            columns = self.forward.columns(spectrum)
            _, found = self.forward.project(columns)
            root = self.forward.root.clamp_min(1e-30)
            model = (columns * found[..., None, :]).sum(-1) / root
        return np.where(self.data.mask, model.cpu().numpy(), np.nan)

    def gap_parameter(self):
        """(start,) Re S_ano(0) in eV, positive by the choice of sign."""
        return np.abs(self.components(np.zeros(1)).anomalous.real[:, 0])

    def state(self):
        """All that is needed to go on later with `resume`, as a dict for torch.save."""
        return {
            "raw": self.raw.clone(),
            "damping": self.damping.clone(),
            "history": np.array(self.history),
        }

    def resume(self, state):
        """Go back to a kept `state`."""
        self.raw, self.damping = state["raw"].clone(), state["damping"].clone()
        self.history = list(state["history"])
        return self

    def _step(self):
        with torch.no_grad():
            residual, slope = self._linear(self.raw)
            gram, right = slope.mT @ slope, (slope.mT @ residual.flatten(1)[..., None])[..., 0]
            prior, pull = self._prior(self.raw)
            gram = gram + prior
            right = right + pull
            if self.target is not None:
                row, miss = self._held(self.raw)
                gram = gram + row[..., :, None] * row[..., None, :]
                right = right + row * miss[..., None]
            cost = self._cost(self.raw)
            scale = torch.diagonal(gram, dim1=-2, dim2=-1).clamp_min(1e-9)
            if self.ansatz.name != "grid":
                scale = scale.mean(-1, keepdim=True).expand_as(scale)
            todo = torch.arange(len(self.raw), device=self.raw.device)
            for _ in range(_TURNS):  # more damping for those that would rise
                damped = gram[todo] + torch.diag_embed(
                    self.damping[todo, None] * scale[todo] + 1e-9
                )
                factor, _ = torch.linalg.cholesky_ex(damped)
                move = -torch.cholesky_solve(right[todo, :, None], factor)[..., 0]
                tried = self.raw[todo] + move.clamp(-_LARGEST_STEP, _LARGEST_STEP)
                good = self._cost(tried, todo) < cost[todo]
                self.raw[todo[good]] = tried[good]
                self.damping[todo[good]] = (self.damping[todo[good]] / 4).clamp_min(1e-8)
                todo = todo[~good]
                if not len(todo):
                    break
                self.damping[todo] = (self.damping[todo] * 4).clamp_max(1e6)
        self._remember()

    def _remember(self):
        with torch.no_grad():
            residual = self.forward.residual(*self.ansatz.densities(self.raw))
            self.history.append(self.forward.chi2(residual).cpu().numpy())

    def _linear(self, raw):
        """Residual, and its slope with respect to the raw parameters."""
        residual, slope = self.forward.jacobian(*self.ansatz.densities(raw))
        return residual, self._chain(raw, slope)

    def _chain(self, raw, rows):
        """(start, row, parameter): slopes by the densities as slopes by the raw parameters."""

        def flat(one):
            normal, anomalous, static = self.ansatz.densities(one)
            return torch.cat([normal, anomalous, static[..., None]], -1)

        def back(one, its_rows):
            _, pull = torch.func.vjp(flat, one)
            return torch.func.vmap(pull)(its_rows)[0]

        return torch.func.vmap(back)(raw, rows)

    def _prior(self, raw):
        """Gram matrix of the prior and its pull: smooth fields, and weights that stay small."""
        matrix = _roughness(self.ansatz).to(raw.device) * self.weight
        return matrix, raw @ matrix

    def _cost(self, raw, which=slice(None)):
        residual = self.forward.residual(*self.ansatz.densities(raw))
        _, pull = self._prior(raw)
        cost = (residual**2).sum((-2, -1)) + (raw * pull).sum(-1)
        if self.target is not None:
            cost = cost + self._miss(raw, which) ** 2
        return torch.where(torch.isfinite(cost), cost, torch.inf)

    def _gap_row(self):
        """(2 node + 1,): Re S_ano(0) as a linear function of the densities."""
        at = self.ansatz.at
        row = np.zeros(2 * len(at) + 1)
        row[len(at) : -1] = transform_matrix(at, np.zeros(1))[0].real
        row[-1] = 1
        return torch.as_tensor(row, device=self.raw.device)

    def _miss(self, raw, which=slice(None)):
        normal, anomalous, static = self.ansatz.densities(raw)
        flat = torch.cat([normal, anomalous, static[:, None]], -1)
        return (flat @ self._gap_row() - self.target[which]) / _HOLD

    def _held(self, raw):
        """Slope and value of the row that holds Re S_ano(0) at its target."""
        rows = self._gap_row().expand(len(raw), 1, -1)
        row = self._chain(raw, rows)[:, 0] / _HOLD
        return row, self._miss(raw)


def _roughness(ansatz):
    """(parameter, parameter): penalty matrix, second differences of a grid, else the identity."""
    count = ansatz.count
    if ansatz.name != "grid":
        return 1e-3 * torch.eye(count, dtype=torch.float64)
    n = len(ansatz.at)
    second = np.diff(np.eye(n), 2, axis=0)
    matrix = np.zeros((count, count))
    for block in (0, n):
        matrix[block : block + n, block : block + n] = second.T @ second
    matrix += 1e-4 * np.eye(count)
    return torch.as_tensor(matrix)


def components_of(at, normal, anomalous, static, energies):
    """Components of densities at nodes; arrays of shape (..., energy)."""
    energies = np.asarray(energies, float)
    across = kramers_kronig(anomalous, at, energies) + np.asarray(static)[..., None]
    return Components(
        energies,
        kramers_kronig(normal, at, energies),
        kramers_kronig(normal, at, -energies),
        across,
    )


def fit(data, ansatz, *, seeds=range(8), smoothness=20.0, steps=60, callback=None, device=None):
    """Fit both self-energies to Curves from many random starts at once.

    Parameters
    ----------
    data : Curves; ansatz : such as `Grid()`
    seeds : one for each start
    smoothness : final weight of the prior, in units of chi squared; it begins at 10,000
    steps : damped Gauss-Newton steps to take, fewer once all starts have converged; 0 only
        prepares, `advance` goes on
    callback : called with the Fit after each step; returning False stops

    Returns
    -------
    Fit. Raises ValueError for an ansatz that cannot be fitted to the data.
    """
    seeds = list(seeds)
    if not seeds:
        raise ValueError("give at least one seed.")
    if not data.points:
        raise ValueError("all points are masked: too few counts.")
    if np.abs(ansatz.at).max() < np.abs(data.energies).max():
        raise ValueError(
            f"the nodes end at {ansatz.at[-1]:g} eV, inside the data; take a wider range."
        )
    raw = ansatz.start(seeds).to(device).clone()
    forward = Forward(data, ansatz.at, device)
    run = Fit(data, ansatz, raw, smoothness, forward, torch.full((len(seeds),), 1e-2).to(raw))
    run._remember()
    for _ in range(steps):
        run.advance()
        if callback is not None and callback(run) is False:
            break
        if run.converged.all():
            break
    return run


def errors(run, truth, reach=0.2):
    """(e11, e12): relative L2 errors of Im S_nor and Im S_ano for |w| < reach, each (start,)."""
    w = np.linspace(-reach, reach, 401)
    here, wanted = run.components(w), truth.components(w)
    found = []
    for name in ("normal", "anomalous"):
        ours, right = getattr(here, name).imag, getattr(wanted, name).imag
        if name == "anomalous":  # the sign is a choice
            sign = np.sign((ours * right).sum(-1, keepdims=True))
            ours = ours * np.where(sign == 0, 1, sign)
        # without pairing there is nothing to be relative to but the normal part
        size = max(np.linalg.norm(right), 0.1 * np.linalg.norm(wanted.normal.imag))
        found.append(np.linalg.norm(ours - right, axis=-1) / size)
    return tuple(found)

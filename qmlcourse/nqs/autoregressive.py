"""A network that draws determinants one orbital after the other, exactly and without a chain."""

from __future__ import annotations

import math
from typing import Self

import numpy as np
import torch

from .neural_state import generator_of, normal_numbers
from .reachable import Reachable


class Autoregressive:
    """Network that draws determinants of one sector exactly, without a Markov chain.

    Parameters
    ----------
    parameters
        Real, shape (parameter,).
    table
        Which choices lead into the sector.
    width
        Hidden units of each orbital's network, and of that of the phase.

    Raises
    ------
    ValueError
        Where the number of parameters does not fit the width.

    Attributes
    ----------
    holomorphic : bool
        False: parameters are real.

    Notes
    -----
    One small network for each orbital gives the probabilities of its four occupations; those from
    which electron numbers or momentum could no longer be met are removed before normalisation, so
    that every draw lies in the sector::

        psi(x) = sqrt(prod_o p_o(x_o | x_1 ... x_{o-1})) exp(i phi(x))

    References
    ----------
    T. D. Barrett, A. Malyshev and A. I. Lvovsky, Nature Machine Intelligence 4, 351 (2022);
    momentum is added here.
    """

    holomorphic = False

    def __init__(self, parameters: torch.Tensor, table: Reachable, width: int):
        self.parameters, self.table, self.width = parameters, table, width
        orbitals, self._shapes = table.orbitals, _shapes(table.orbitals, width)
        needed = sum(math.prod(shape) for shape in self._shapes)
        if len(parameters) != needed:
            raise ValueError(f"{needed} parameters are needed, not {len(parameters)}.")
        before = torch.arange(2 * orbitals, device=parameters.device) % orbitals
        self._before = (before < torch.arange(orbitals, device=parameters.device)[:, None]).to(
            parameters.dtype
        )

    def __repr__(self) -> str:
        return f"Autoregressive({self.table.orbitals} orbitals, width {self.width})"

    @classmethod
    def start(
        cls,
        table: Reachable,
        seed: int | torch.Generator,
        width: int = 8,
        reference: np.ndarray | None = None,
        bias: float = 2.0,
        scale: float = 0.1,
        device: str | torch.device | None = None,
    ) -> Self:
        """Return a network of small random numbers; the choices of a determinant are made likely.

        Parameters
        ----------
        table
            Which choices lead into the sector.
        seed
            Integer or generator.
        width
            Hidden units of each orbital's network.
        reference
            Occupations of the determinant, 0 or 1, shape (2 * orbital,); None for none.
        bias
            Added to the scores of the determinant's choices.
        scale
            Standard deviation of each parameter.
        device
            Where the parameters lie; default the CPU.
        """
        orbitals = table.orbitals
        sizes = [math.prod(shape) for shape in _shapes(orbitals, width)]
        numbers = scale * normal_numbers(sum(sizes), seed)
        if reference is not None:
            occupied = torch.as_tensor(reference).long()
            choice = occupied[:orbitals] + 2 * occupied[orbitals:]
            first = sum(sizes[:3])  # where the scores' offsets begin
            numbers[first + 4 * torch.arange(orbitals) + choice] += bias
        return cls(numbers.to(device), table, width)

    def at(self, parameters: torch.Tensor) -> Self:
        """Return a state of the same shape with these parameters."""
        return type(self)(parameters, self.table, self.width)

    def moved(self, step: torch.Tensor) -> Self:
        """Return the state with `step` added to its parameters."""
        return self.at(self.parameters + step)

    def log_amplitude(self, spins: torch.Tensor) -> torch.Tensor:
        """Return complex log amplitudes, shape (n,), of spins +-1, shape (n, 2 * orbital)."""
        spins = spins.real.to(self.parameters.dtype)
        return self._log_amplitude(self.parameters, spins, self.table.allowed(spins))

    def derivatives(self, spins: torch.Tensor) -> torch.Tensor:
        """Return complex derivatives by the real parameters, (n, parameter), at `spins`."""
        spins = spins.real.to(self.parameters.dtype)
        allowed = self.table.allowed(spins)

        def parts(parameters: torch.Tensor, one: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
            value = self._log_amplitude(parameters, one[None], mask[None])[0]
            return torch.stack([value.real, value.imag])

        slope = torch.func.vmap(torch.func.jacrev(parts), (None, 0, 0))(
            self.parameters, spins, allowed
        )
        return torch.complex(slope[:, 0], slope[:, 1])

    def sample(self, draws: int, seed: int | torch.Generator) -> tuple[torch.Tensor, torch.Tensor]:
        """Draw determinants from |psi|^2; equal ones are counted.

        Parameters
        ----------
        draws
            How many.
        seed
            Integer or generator.

        Returns
        -------
        spins : torch.Tensor
            Spins +-1, shape (distinct, 2 * orbital).
        counts : torch.Tensor
            How often each came, shape (distinct,); their sum is `draws`.

        Notes
        -----
        The tree of choices is walked orbital by orbital with a multinomial split of the counts,
        so the cost grows with the distinct determinants, not with the draws.
        """
        orbitals = self.table.orbitals
        device, dtype = self.parameters.device, self.parameters.dtype
        random = generator_of(seed, device)
        spins = torch.full((1, 2 * orbitals), -1.0, dtype=dtype, device=device)
        counts = torch.tensor([draws], device=device)
        left = self.table.start()
        for orbital in range(orbitals):
            allowed = self.table.choices(orbital, left)
            share = torch.exp(self._conditionals(spins, orbital, allowed))
            split = _multinomial(counts, share, random)
            row, choice = torch.nonzero(split, as_tuple=True)
            spins, counts = spins[row].clone(), split[row, choice]
            spins[:, orbital] = 2.0 * (choice & 1) - 1
            spins[:, orbitals + orbital] = 2.0 * (choice >> 1) - 1
            left = self.table.after(orbital, left[row], choice)
        return spins, counts

    def _unpack(self, parameters: torch.Tensor) -> list[torch.Tensor]:
        parts, start = [], 0
        for shape in self._shapes:
            size = math.prod(shape)
            parts.append(parameters[start : start + size].reshape(shape))
            start += size
        return parts

    def _conditionals(
        self, spins: torch.Tensor, orbital: int, allowed: torch.Tensor
    ) -> torch.Tensor:
        """Log probabilities of the four occupations of an orbital, shape (n, 4)."""
        w1, b1, w2, b2 = self._unpack(self.parameters)[:4]
        seen = spins * self._before[orbital]
        active = torch.tanh(seen @ w1[orbital] + b1[orbital])
        scores = active @ w2[orbital] + b2[orbital]
        return torch.log_softmax(scores.masked_fill(~allowed, -torch.inf), -1)

    def _log_amplitude(
        self, parameters: torch.Tensor, spins: torch.Tensor, allowed: torch.Tensor
    ) -> torch.Tensor:
        w1, b1, w2, b2, v, c, u = self._unpack(parameters)
        seen = spins[:, None, :] * self._before
        active = torch.tanh(torch.einsum("noi,oih->noh", seen, w1) + b1)
        scores = torch.einsum("noh,ohc->noc", active, w2) + b2
        # finite, since an infinite score would make the derivatives undefined
        scores = torch.where(allowed, scores, torch.full_like(scores, -1e30))
        orbitals = self.table.orbitals
        taken = ((spins[:, :orbitals] > 0).long() + 2 * (spins[:, orbitals:] > 0).long())[..., None]
        log_p = torch.gather(torch.log_softmax(scores, -1), -1, taken).sum((1, 2))
        phase = torch.tanh(spins @ v + c) @ u * math.pi
        return torch.complex(0.5 * log_p, phase)


def _shapes(orbitals: int, width: int) -> tuple[tuple[int, ...], ...]:
    """Of the two layers of all orbitals' networks, and of the two of the phase."""
    return (
        (orbitals, 2 * orbitals, width),
        (orbitals, width),
        (orbitals, width, 4),
        (orbitals, 4),
        (2 * orbitals, width),
        (width,),
        (width,),
    )


def _multinomial(
    counts: torch.Tensor, shares: torch.Tensor, random: torch.Generator
) -> torch.Tensor:
    """Split of each count among four choices, shape (n, 4), by one binomial after the other."""
    split, rest = [], counts.clone()
    weight = shares.flip(1).cumsum(1).flip(1)  # of this choice and all later ones
    for choice in range(shares.shape[1] - 1):
        chance = (shares[:, choice] / weight[:, choice].clamp(min=1e-300)).clamp(0, 1)
        drawn = torch.binomial(rest.to(shares.dtype), chance, generator=random)
        split.append(drawn.long())
        rest = rest - split[-1]
    return torch.stack([*split, rest], 1)

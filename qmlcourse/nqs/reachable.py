"""Which choices a network may make, orbital by orbital, so that it ends in its sector."""

from __future__ import annotations

import torch

from .crystal import Crystal


class Reachable:
    """Which occupations of an orbital still allow the electron numbers and the momentum.

    Parameters
    ----------
    crystal
        Says which momentum each orbital has.
    electrons
        Numbers of spin up and of spin down.
    momentum
        Index of the total momentum.
    device
        Where the tables lie; default the CPU.

    Raises
    ------
    ValueError
        Where no determinant has these numbers and this momentum.

    Notes
    -----
    What is left to place (electrons of either spin, and momentum) is one whole number. One table
    for each orbital, made from the last orbital to the first, says which number follows from each
    of the four choices: empty, up, down, both; -1 where the rest could no longer be placed.
    """

    def __init__(
        self,
        crystal: Crystal,
        electrons: tuple[int, int],
        momentum: int,
        device: str | torch.device | None = None,
    ):
        self.orbitals, self.device = crystal.orbitals, device
        shape = (electrons[0] + 1, electrons[1] + 1, crystal.momenta)
        up, down, k = torch.meshgrid(*(torch.arange(n) for n in shape), indexing="ij")
        known = (up == 0) & (down == 0) & (k == 0)  # nothing left to place
        tables, steps = [known.ravel()], []
        index = torch.arange(known.numel()).reshape(shape)
        for orbital in reversed(range(self.orbitals)):
            own = int(crystal.orbital_momentum[orbital])
            move = torch.full((known.numel(), 4), -1)
            for choice in range(4):
                du, dd = choice & 1, choice >> 1
                rest = k.numpy()
                for _ in range(du + dd):
                    rest = crystal.subtract(rest, own)
                inside = (up >= du) & (down >= dd)
                target = index[
                    (up - du).clamp(min=0), (down - dd).clamp(min=0), torch.as_tensor(rest)
                ]
                good = inside & tables[-1][target]
                move[:, choice] = torch.where(good, target, -1).ravel()
            steps.append(move)
            tables.append((move >= 0).any(1))
        self._moves = torch.stack(steps[::-1]).to(device)
        self._start = int(index[-1, -1, momentum])
        if not tables[-1][self._start]:
            raise ValueError(f"no determinant of {crystal.name} has these numbers and momentum.")

    def start(self) -> torch.Tensor:
        """Return what is left to place before the first orbital, shape (1,)."""
        return torch.tensor([self._start], device=self.device)

    def choices(self, orbital: int, left: torch.Tensor) -> torch.Tensor:
        """Return which choices are allowed at an `orbital` with `left` to place, bool, (n, 4)."""
        return self._moves[orbital, left] >= 0

    def after(self, orbital: int, left: torch.Tensor, choice: torch.Tensor) -> torch.Tensor:
        """Return what is left to place after a choice at an orbital.

        Parameters
        ----------
        orbital
            Number of the orbital.
        left
            What was left before it, shape (n,).
        choice
            0 to 3: empty, up, down, both, shape (n,).

        Returns
        -------
        torch.Tensor
            Shape (n,); -1 where the choice is not allowed.
        """
        return self._moves[orbital, left, choice]

    def allowed(self, spins: torch.Tensor) -> torch.Tensor:
        """Return the choices along the way of whole determinants, bool, shape (n, orbital, 4).

        Parameters
        ----------
        spins
            Spins +-1, shape (n, 2 * orbital), spin up first.

        Raises
        ------
        ValueError
            Where a determinant lies outside the sector.
        """
        up, down = (spins > 0).long().split(self.orbitals, 1)
        left, masks = self.start().expand(len(spins)), []
        for orbital in range(self.orbitals):
            masks.append(self.choices(orbital, left))
            left = self.after(orbital, left, up[:, orbital] + 2 * down[:, orbital])
            if (left < 0).any():
                raise ValueError("a determinant lies outside the sector of this network.")
        return torch.stack(masks, 1)

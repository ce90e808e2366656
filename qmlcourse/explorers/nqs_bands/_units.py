"""A network of hidden units alone, for a problem that is small enough to be looked at."""

import torch

from ...nqs import RBM


class HiddenUnits(RBM):
    """ln psi(s) = sum_j ln cosh(b_j + W_j . s): a restricted Boltzmann machine without a.

    Parameters
    ----------
    parameters : (unit * (1 + visible),), b and W of one unit after the other; real or complex
    visible : number of spin orbitals
    """

    def __init__(self, parameters, visible):
        rows = parameters.view(-1, 1 + visible)
        nothing = rows.new_zeros(visible)
        whole = torch.cat([nothing, rows[:, 0], rows[:, 1:].T.flatten()])
        super().__init__(whole.to(torch.complex128), visible)
        self.parameters, self.holomorphic = parameters, parameters.is_complex()

    def factors(self, spins):
        """(n, unit): the number by which each unit multiplies each amplitude."""
        return torch.cosh(self.b + spins.to(self.W) @ self.W)

    def derivatives(self, spins):
        """(n, parameter): of the logarithm of the amplitudes."""
        bias, weights = super().derivatives(spins)[:, self.visible :].tensor_split([self.hidden], 1)
        weights = weights.reshape(-1, self.visible, self.hidden)
        return torch.cat([bias[:, None], weights], 1).mT.flatten(1)

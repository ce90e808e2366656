"""A network of hidden units alone, for a problem that is small enough to be looked at."""

import torch


class HiddenUnits:
    """ln psi(s) = sum_j ln cosh(b_j + W_j . s): a restricted Boltzmann machine without a.

    Answers to the protocol `qmlcourse.nqs.neural_state.NeuralState`.

    Parameters
    ----------
    parameters : (unit * (1 + visible),), b and W of one unit after the other; real or complex
    visible : number of spin orbitals
    """

    def __init__(self, parameters, visible):
        self.parameters, self.visible = parameters, visible
        self.holomorphic = parameters.is_complex()

    def at(self, parameters):
        """The same network with other numbers."""
        return type(self)(parameters, self.visible)

    def moved(self, step):
        """The network after a step of its numbers."""
        return self.at(self.parameters + step)

    def arguments(self, spins):
        """(n, unit): b + W . s, what each unit sees."""
        rows = self.parameters.view(-1, 1 + self.visible)
        signs = spins.real.to(rows.dtype)
        return rows[:, 0] + signs @ rows[:, 1:].T

    def factors(self, spins):
        """(n, unit): the number by which each unit multiplies each amplitude."""
        return torch.cosh(self.arguments(spins))

    def log_amplitude(self, spins):
        """(n,): the complex logarithm of the amplitudes."""
        return torch.log(self.factors(spins).to(torch.complex128)).sum(1)

    def derivatives(self, spins):
        """(n, parameter): of the logarithm of the amplitudes."""
        active = torch.tanh(self.arguments(spins))
        inputs = torch.cat([torch.ones(len(spins), 1), spins.real], 1).to(active.dtype)
        return (active[:, :, None] * inputs[:, None]).reshape(len(spins), -1).to(torch.complex128)

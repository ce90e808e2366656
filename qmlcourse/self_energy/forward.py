"""Curves from densities, for whole batches, and their exact derivatives.

The intensity of each curve and its background are linear: they are eliminated by weighted least
squares at each step (variable projection), so that a fit never has to look for them.
"""

import numpy as np
import torch

from .kramers_kronig import transform_matrix

BROADENING = 1e-3  # eV, added to the energies so that no spectrum is sharper than the steps


class Forward:
    """The model of some Curves on given nodes.

    Parameters
    ----------
    data : Curves
    at : (node,) nodes in eV
    device : where the tensors live

    Attributes
    ----------
    points : number of points used
    """

    def __init__(self, data, at, device=None):
        instrument = data.instrument()
        fine = instrument.fine

        def put(array):
            return torch.as_tensor(np.array(array), device=device)

        self.kernel = put(transform_matrix(at, fine))
        self.mirrored = put(transform_matrix(at, -fine))
        self.matrix = put(instrument.matrix)
        self.fine, self.bands = put(fine + 1j * BROADENING), put(data.bands + 0j)
        self.root = put(np.where(data.mask, 1 / np.sqrt(data.variance), 0.0))
        self.data = put(data.counts) * self.root
        self.points = data.points

    def self_energies(self, normal, anomalous, static):
        """S_nor(w), S_nor(-w), S_ano(w) on the fine energies, (batch, fine)."""
        k, m = self.kernel.T, self.mirrored.T
        s11, back = normal.to(k.dtype) @ k, normal.to(k.dtype) @ m
        return s11, back, anomalous.to(k.dtype) @ k + static[..., None]

    def spectra(self, s11, back, s12):
        """(A, G, S_12 / E_2), (batch, momentum, fine): spectrum and what its derivative needs."""
        lower = self.fine + self.bands[:, None] + back.conj()[..., None, :]
        across = s12[..., None, :] / lower
        green = 1 / (
            self.fine - self.bands[:, None] - s11[..., None, :] - s12[..., None, :] * across
        )
        return -green.imag / np.pi, green, across

    def columns(self, spectrum):
        """(batch, momentum, energy, 2): the intensity and its Shirley background, weighted."""
        intensity = spectrum @ self.matrix.T
        above = intensity.flip(-1).cumsum(-1).flip(-1)
        scale = intensity.amax(-1, keepdim=True).detach() / above.amax(-1, keepdim=True).detach()
        return torch.stack([intensity, above * scale], -1) * self.root[..., None]

    def project(self, columns):
        """Residual (batch, momentum, energy), coefficients (batch, momentum, 2)."""
        gram = columns.mT @ columns
        size = torch.diagonal(gram, dim1=-2, dim2=-1).sum(-1)[..., None, None]
        gram = gram + 1e-12 * size * torch.eye(2, dtype=gram.dtype, device=gram.device)
        right = (columns * self.data[..., None]).sum(-2)
        found = torch.linalg.solve(gram, right[..., None])[..., 0]
        # a background does not take light away
        negative = found[..., 1] < 0
        alone = right[..., 0] / gram[..., 0, 0]
        found = torch.stack(
            [torch.where(negative, alone, found[..., 0]), found[..., 1].clamp_min(0)], -1
        )
        return self.data - (columns * found[..., None, :]).sum(-1), found

    def residual(self, normal, anomalous, static):
        """(batch, momentum, energy): data less model in standard deviations, 0 where masked."""
        spectrum, _, _ = self.spectra(*self.self_energies(normal, anomalous, static))
        return self.project(self.columns(spectrum))[0]

    def chi2(self, residual):
        """(batch,) chi squared for each point."""
        return (residual**2).sum((-2, -1)) / self.points

    def jacobian(self, normal, anomalous, static):
        """(residual, slope): slope (batch, momentum * energy, 2 node + 1) of the residual.

        With respect to rho_11, rho_12 and the static part; intensity and background are projected
        out (Kaufman's approximation of variable projection).
        """
        s11, back, s12 = self.self_energies(normal, anomalous, static)
        spectrum, green, across = self.spectra(s11, back, s12)
        columns = self.columns(spectrum)
        residual, found = self.project(columns)
        g2 = green**2
        by_normal = g2[..., None] * self.kernel - (g2 * across**2)[..., None] * self.mirrored.conj()
        by_anomalous = (2 * g2 * across)[..., None] * self.kernel
        by_static = (2 * g2 * across)[..., None]
        slope = torch.cat([by_normal.imag, by_anomalous.imag, by_static.imag], -1) / -np.pi
        slope = self.matrix @ slope
        above = slope.flip(-2).cumsum(-2).flip(-2)
        intensity = spectrum @ self.matrix.T
        scale = intensity.amax(-1) / intensity.flip(-1).cumsum(-1).amax(-1)
        weight = found[..., 0, None, None], (found[..., 1] * scale)[..., None, None]
        slope = -(weight[0] * slope + weight[1] * above) * self.root[..., None]
        basis, _ = torch.linalg.qr(columns)
        slope = slope - basis @ (basis.mT @ slope)
        return residual, slope.flatten(-3, -2)

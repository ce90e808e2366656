"""Curves from densities, for whole batches, and their exact derivatives.

The intensity of each curve and its background are linear. Weighted least squares eliminate them
at each step (variable projection), so that a fit never has to look for them.
"""

from __future__ import annotations

import numpy as np
import torch

from .kramers_kronig import nodes, transform_matrix
from .measurement import Curves
from .truths import Truth

BROADENING = 1e-3  # eV, added to the energies so that no spectrum is sharper than the steps


def misfit(data: Curves, source: Truth) -> tuple[np.ndarray, np.ndarray]:
    """Return how well a pair of self-energies describes curves, and what it predicts for them.

    Intensity and background of each curve are the best ones, as in a fit.

    Parameters
    ----------
    data
        The curves.
    source
        Any pair of self-energies, such as a `HiddenFermion` or what a fit has found.

    Returns
    -------
    chi2
        Shape (momentum,), chi squared a point of each curve.
    counts
        Shape (momentum, energy), the predicted counts, NaN where the data are masked.
    """
    forward = ForwardModel(data, nodes())
    wide = forward.wide.real.numpy()
    spectra = np.stack([source.spectral_function(wide, band) for band in data.bands])
    columns = forward.columns(torch.as_tensor(spectra)[None])
    residual, found = forward.project(columns)
    chi2 = (residual[0] ** 2).sum(-1).numpy() / data.mask.sum(-1)
    return chi2, forward.counts(columns, found)[0]


class ForwardModel:
    """The model of some curves on given nodes.

    Parameters
    ----------
    data
        The curves.
    at
        Shape (node,), nodes in eV.
    device
        Where the tensors live; default the CPU.

    Attributes
    ----------
    points : int
        Number of points used.
    root : torch.Tensor
        Shape (momentum, energy), one over the standard deviation, 0 where masked.
    """

    def __init__(self, data: Curves, at: np.ndarray, device: torch.device | str | None = None):
        instrument = data.instrument()
        wide = instrument.wide

        def put(array: np.ndarray) -> torch.Tensor:
            return torch.as_tensor(np.array(array), device=device)

        self.kernel = put(transform_matrix(at, wide))
        self.mirrored = put(transform_matrix(at, -wide))
        self.matrix = put(instrument.matrix)
        self.wide, self.bands = put(wide + 1j * BROADENING), put(data.bands + 0j)
        self.root = put(np.where(data.mask, 1 / np.sqrt(data.variance), 0.0))
        self.data = put(data.counts) * self.root
        self.points = data.points
        self._mask = data.mask

    def self_energies(
        self, normal: torch.Tensor, anomalous: torch.Tensor, static: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Return Sigma_nor(w), Sigma_nor(-w) and Sigma_ano(w) in eV, shape (batch, wide).

        Parameters
        ----------
        normal, anomalous
            Shape (batch, node), rho_nor and rho_ano in eV.
        static
            Shape (batch,), the constant part of Sigma_ano in eV.
        """
        k, m = self.kernel.T, self.mirrored.T
        there, back = normal.to(k.dtype) @ k, normal.to(k.dtype) @ m
        return there, back, anomalous.to(k.dtype) @ k + static[..., None]

    def spectra(
        self, normal: torch.Tensor, mirrored: torch.Tensor, anomalous: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Return the spectrum and what its derivative needs, shape (batch, momentum, wide).

        Parameters
        ----------
        normal, mirrored, anomalous
            Shape (batch, wide), as :meth:`self_energies` returns them.

        Returns
        -------
        spectrum, green, across
            A(w) and G(w) in 1/eV, and Sigma_ano(w) / [w + e + Sigma_nor(-w)*].
        """
        lower = self.wide + self.bands[:, None] + mirrored.conj()[..., None, :]
        across = anomalous[..., None, :] / lower
        upper = self.wide - self.bands[:, None] - normal[..., None, :]
        green = 1 / (upper - anomalous[..., None, :] * across)
        return -green.imag / np.pi, green, across

    def columns(self, spectrum: torch.Tensor) -> torch.Tensor:
        """Return the intensity and its Shirley background in standard deviations.

        Parameters
        ----------
        spectrum
            Shape (batch, momentum, wide), in 1/eV.

        Returns
        -------
        torch.Tensor
            Shape (batch, momentum, energy, 2).
        """
        intensity = spectrum @ self.matrix.T
        above = intensity.flip(-1).cumsum(-1).flip(-1)
        scale = intensity.amax(-1, keepdim=True).detach() / above.amax(-1, keepdim=True).detach()
        return torch.stack([intensity, above * scale], -1) * self.root[..., None]

    def project(self, columns: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Return data less model, with the best intensity and background of each curve.

        Parameters
        ----------
        columns
            Shape (batch, momentum, energy, 2), as :meth:`columns` returns them.

        Returns
        -------
        residual, coefficients
            Shape (batch, momentum, energy) in standard deviations, and (batch, momentum, 2).
        """
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

    def counts(self, columns: torch.Tensor, coefficients: torch.Tensor) -> np.ndarray:
        """Return the counts of curves, NaN where the data are masked.

        Parameters
        ----------
        columns, coefficients
            As :meth:`columns` and :meth:`project` return them.

        Returns
        -------
        numpy.ndarray
            Shape (batch, momentum, energy).
        """
        model = (columns * coefficients[..., None, :]).sum(-1) / self.root.clamp_min(1e-30)
        return np.where(self._mask, model.cpu().numpy(), np.nan)

    def residual(
        self, normal: torch.Tensor, anomalous: torch.Tensor, static: torch.Tensor
    ) -> torch.Tensor:
        """Return data less model in standard deviations, 0 where masked.

        Parameters
        ----------
        normal, anomalous, static
            As for :meth:`self_energies`.

        Returns
        -------
        torch.Tensor
            Shape (batch, momentum, energy).
        """
        spectrum, _, _ = self.spectra(*self.self_energies(normal, anomalous, static))
        return self.project(self.columns(spectrum))[0]

    def chi2(self, residual: torch.Tensor) -> torch.Tensor:
        """Return chi squared a point of a residual, shape (batch,)."""
        return (residual**2).sum((-2, -1)) / self.points

    def jacobian(
        self, normal: torch.Tensor, anomalous: torch.Tensor, static: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the residual and its slope with respect to the densities.

        Intensity and background are projected out, in Kaufman's approximation of variable
        projection, under which the gradient of chi squared is exact.

        Parameters
        ----------
        normal, anomalous, static
            As for :meth:`self_energies`.

        Returns
        -------
        residual, slope
            Shape (batch, momentum, energy), and (batch, momentum * energy, 2 node + 1) with respect
            to rho_nor, rho_ano and the static part.

        References
        ----------
        L. Kaufman, BIT 15, 49 (1975).
        """
        spectrum, green, across = self.spectra(*self.self_energies(normal, anomalous, static))
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

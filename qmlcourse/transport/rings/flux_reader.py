"""Reading the flux off a picture of the wave: the smallest inverse problem of the course.

A linear model learns from density pictures at known fluxes to tell the flux of a new picture. The
hole itself is never in the picture; the flux is known to the wave alone.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from .. import arrays


class FluxReader:
    """Kernel ridge regression from density pictures to the flux through the hole, modulo one.

    The targets are cos and sin of 2 pi Phi, so that 0 and 1 are the same flux. The kernel is
    Gaussian in the distance of two pictures, its width the median distance of the pictures shown.

    Parameters
    ----------
    ridge
        Strength of the regularisation, relative to the kernel's diagonal of one.

    Raises
    ------
    ValueError
        For a ridge that is not positive.

    References
    ----------
    T. Hastie, R. Tibshirani and J. Friedman, The Elements of Statistical Learning (2009), sec. 5.8
    """

    def __init__(self, ridge: float = 1e-4) -> None:
        self.ridge = arrays.one_number("ridge", ridge)
        if self.ridge <= 0:
            raise ValueError(f"the ridge must be positive, not {ridge}.")
        self._known = None

    def fit(self, pictures: ArrayLike, ring_flux: ArrayLike) -> FluxReader:
        """Learn from pictures and their fluxes, and return the reader itself.

        Parameters
        ----------
        pictures
            (sample, ...), two samples or more.
        ring_flux
            (sample,) flux quanta h/e.

        Returns
        -------
        FluxReader
            The reader itself.

        Raises
        ------
        ValueError
            For another number of fluxes, or numbers that are not finite.
        """
        features = _features(pictures)
        flux = arrays.real_numbers("ring_flux", ring_flux)
        if flux.shape != (len(features),) or len(flux) < 2:
            raise ValueError(
                f"give one flux for each of at least two pictures, not {flux.shape} for "
                f"{len(features)}."
            )
        distance = _distances(features, features)
        self._width = np.median(distance[np.triu_indices(len(flux), 1)]) or 1.0
        kernel = np.exp(-distance / self._width) + self.ridge * np.eye(len(flux))
        angle = 2 * np.pi * flux
        targets = np.stack([np.cos(angle), np.sin(angle)], 1)
        self._mean = targets.mean(0)
        self._weights = np.linalg.solve(kernel, targets - self._mean)
        self._known = features
        return self

    def read(self, pictures: ArrayLike) -> np.ndarray:
        """Return the fluxes of pictures, (sample,) between 0 and 1 flux quanta h/e.

        Parameters
        ----------
        pictures
            (sample, ...) with as many pixels as those that were learned.

        Raises
        ------
        ValueError
            Before `fit`, or for pictures of another size.
        """
        cosine, sine = (self.likeness(pictures) @ self._weights + self._mean).T
        return np.arctan2(sine, cosine) / (2 * np.pi) % 1

    def likeness(self, pictures: ArrayLike) -> np.ndarray:
        """Return how alike pictures are to those that were learned, (sample, learned), 0 to 1.

        Parameters
        ----------
        pictures
            (sample, ...) with as many pixels as those that were learned.

        Raises
        ------
        ValueError
            Before `fit`, or for pictures of another size.
        """
        if self._known is None:
            raise ValueError("this reader has not seen a picture yet; call fit first.")
        features = _features(pictures)
        if features.shape[1] != self._known.shape[1]:
            raise ValueError(
                f"these pictures have {features.shape[1]} pixels, those learned "
                f"{self._known.shape[1]}."
            )
        return np.exp(-_distances(features, self._known) / self._width)


def flux_error(guess: ArrayLike, truth: ArrayLike) -> np.ndarray | float:
    """Return the distance of two fluxes on the circle, 0 to 0.5 flux quanta.

    Parameters
    ----------
    guess, truth
        Flux quanta h/e, of shapes that fit together.
    """
    difference = np.abs(np.asarray(guess) - np.asarray(truth)) % 1
    return np.minimum(difference, 1 - difference)


def _features(pictures: ArrayLike) -> np.ndarray:
    pictures = arrays.real_numbers("pictures", pictures)
    if pictures.ndim < 2:
        raise ValueError("pictures have a first axis `sample` and at least one more.")
    flat = pictures.reshape(len(pictures), -1)
    return flat / np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 1e-30)


def _distances(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    return np.maximum((one**2).sum(1)[:, None] + (other**2).sum(1) - 2 * one @ other.T, 0)

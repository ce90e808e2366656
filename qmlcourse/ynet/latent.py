"""The sheet of latent points: maps of it, its thickness and its dimension, as numbers.

In S. Daimon et al., Nature Communications 13, 3160 (2022), and T. Ohtsuki's slides (RIST seminar,
22 July 2022), the latent points of wires with one antidot lie in a sheet: its plane follows the
antidot's place, its thickness the interference.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

KINDS = ("tsne", "neighbours", "pca")


def latent_map(
    points: ArrayLike, kind: str = "tsne", dimensions: int = 3, seed: int = 0
) -> np.ndarray:
    """Return a map of latent points, centred, its largest axis first, shape (sample, dimensions).

    Parameters
    ----------
    points
        Shape (sample, latent); up to some 3,000 points take seconds.
    kind
        ``"tsne"`` [1]_; ``"neighbours"``, the eigenvectors of the graph of nearest neighbours, from
        which UMAP starts; or ``"pca"``, principal axes.
    dimensions
        Axes of the map.
    seed
        Of the first two kinds.

    Raises
    ------
    ValueError
        For another kind.

    References
    ----------
    .. [1] L. van der Maaten and G. Hinton, Journal of Machine Learning Research 9, 2579 (2008).
    """
    points = np.asarray(points, float)
    if kind == "tsne":
        from sklearn.manifold import TSNE

        flat = TSNE(dimensions, init="pca", perplexity=30, random_state=seed).fit_transform(points)
    elif kind == "neighbours":
        from sklearn.manifold import SpectralEmbedding

        graph = SpectralEmbedding(dimensions, n_neighbors=15, random_state=seed)
        flat = graph.fit_transform(points) * len(points)
    elif kind == "pca":
        flat = points
    else:
        raise ValueError(f"kind is {kind!r}; take one of {', '.join(KINDS)}.")
    flat = flat - flat.mean(0)
    _, _, axes = np.linalg.svd(flat, full_matrices=False)
    return flat @ axes[:dimensions].T


def thickness(points: ArrayLike, neighbours: int = 30) -> np.ndarray:
    """Return how thick a sheet is at each of its points, shape (sample,).

    Parameters
    ----------
    points
        Shape (sample, latent).
    neighbours
        Nearest neighbours that make a patch, 4 or more.

    Returns
    -------
    numpy.ndarray
        Third over second eigenvalue of the covariance of each patch: 0 for a smooth sheet without
        thickness, up to 1 for a cloud. A sheet that bends within a patch counts as thick, so
        compare sheets with equal numbers of points.

    Raises
    ------
    ValueError
        For too few or too many neighbours.
    """
    from sklearn.neighbors import NearestNeighbors

    points = np.asarray(points, float)
    if not 4 <= neighbours < len(points):
        raise ValueError(f"neighbours is {neighbours}; take 4 to {len(points) - 1}.")
    near = NearestNeighbors(n_neighbors=neighbours + 1).fit(points).kneighbors(points)[1]
    around = points[near] - points[near].mean(1, keepdims=True)
    sizes = np.linalg.svd(around, compute_uv=False) ** 2
    return sizes[:, 2] / sizes[:, 1]


def intrinsic_dimension(points: ArrayLike) -> float:
    """Return the dimension of a cloud of points (sample, latent).

    Notes
    -----
    The ratios r of second to first neighbour distances follow the density d r^(-d - 1) in d
    dimensions [1]_. The result is the d of the largest likelihood, with the largest tenth of the
    ratios cut off (a censored Pareto law).

    References
    ----------
    .. [1] E. Facco et al., Scientific Reports 7, 12140 (2017).
    """
    from sklearn.neighbors import NearestNeighbors

    points = np.unique(np.asarray(points, float), axis=0)
    near = NearestNeighbors(n_neighbors=3).fit(points).kneighbors(points)[0]
    ratio = np.sort(np.log(near[:, 2] / near[:, 1]))
    kept = int(0.9 * len(ratio))
    return kept / (ratio[:kept].sum() + (len(ratio) - kept) * ratio[kept - 1])

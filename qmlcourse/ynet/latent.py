"""The sheet of latent points: maps of it, its thickness and its dimension, as numbers.

In S. Daimon et al., Nature Communications 13, 3160 (2022), and T. Ohtsuki's slides (RIST seminar,
22 July 2022), the latent points of wires with one antidot lie in a sheet: its plane follows the
antidot's place, its thickness the interference.
"""

import numpy as np

KINDS = ("tsne", "neighbours", "pca")


def latent_map(points, kind="tsne", dimensions=3, seed=0):
    """Map of latent points (sample, latent) to (sample, dimensions), centred, largest axis first.

    kind : 'tsne' (L. van der Maaten and G. Hinton, JMLR 9, 2579 (2008)); 'neighbours', the
        eigenvectors of the graph of nearest neighbours, from which UMAP starts; 'pca'
    Up to some 3,000 points take seconds.
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


def thickness(points, neighbours=30):
    """Third over second eigenvalue of the nearest neighbours' covariance, (sample,).

    0 for points of a smooth sheet without thickness, up to 1 for a cloud. A sheet that bends within
    the neighbourhood counts as thick: compare sheets with equal numbers of points.
    """
    from sklearn.neighbors import NearestNeighbors

    points = np.asarray(points, float)
    if not 4 <= neighbours < len(points):
        raise ValueError(f"neighbours is {neighbours}; take 4 to {len(points) - 1}.")
    near = NearestNeighbors(n_neighbors=neighbours + 1).fit(points).kneighbors(points)[1]
    around = points[near] - points[near].mean(1, keepdims=True)
    sizes = np.linalg.svd(around, compute_uv=False) ** 2
    return sizes[:, 2] / sizes[:, 1]


def intrinsic_dimension(points):
    """Dimension of a point cloud from the ratios of second to first neighbour distances.

    E. Facco et al., Scientific Reports 7, 12140 (2017), as the maximum of the likelihood, with the
    largest tenth of the ratios cut off (a censored Pareto law).
    """
    from sklearn.neighbors import NearestNeighbors

    points = np.unique(np.asarray(points, float), axis=0)
    near = NearestNeighbors(n_neighbors=3).fit(points).kneighbors(points)[0]
    ratio = np.sort(np.log(near[:, 2] / near[:, 1]))
    kept = int(0.9 * len(ratio))
    return kept / (ratio[:kept].sum() + (len(ratio) - kept) * ratio[kept - 1])

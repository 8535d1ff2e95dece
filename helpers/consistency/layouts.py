"""UMAP and t-SNE of rows, as functions whose results are kept on disk: they take minutes.

The module imports nothing of the book, so that no edit elsewhere makes them be computed again.
"""

import numpy as np


def umap_layout(
    rows: np.ndarray, others: np.ndarray, n_components: int, seed: int, init: str = "spectral"
) -> dict[str, np.ndarray]:
    """UMAP of some rows, and other rows placed into it; cosine distance between rows.

    Parameters
    ----------
    rows, others : (n, N), (m, N) array
        `others` may be empty.
    n_components : int
    seed : int
        Of the layout; it then runs on one thread and repeats.
    init : {"spectral", "random"}
        How the layout starts; spectral is the package's own way.

    Returns
    -------
    dict
        ``rows`` (n, n_components) and ``others`` (m, n_components).
    """
    from umap import UMAP  # takes seconds to import

    settings = {"metric": "cosine", "random_state": seed, "n_jobs": 1, "init": init}
    model = UMAP(n_components=n_components, **settings).fit(rows)
    placed = model.transform(others) if len(others) else np.empty((0, n_components), np.float32)
    return {"rows": model.embedding_, "others": placed}


def tsne_layout(
    rows: np.ndarray, n_components: int, seed: int, init: str = "pca"
) -> dict[str, np.ndarray]:
    """t-SNE of some rows; it cannot place others.

    Parameters
    ----------
    rows : (n, N) array
    n_components : int
    seed : int
        Of the layout.
    init : {"pca", "random"}
        How the layout starts; PCA is scikit-learn's own way.

    Returns
    -------
    dict
        ``rows`` (n, n_components).
    """
    from sklearn.manifold import TSNE

    layout = TSNE(n_components, init=init, random_state=seed).fit_transform(rows)
    return {"rows": layout}


def thinned(n: int, most: int) -> np.ndarray:
    """Evenly spaced numbers of `most` rows among `n`, or of all if they are fewer.

    Raises
    ------
    ValueError
        If fewer than two are wanted.
    """
    if most < 2:
        raise ValueError(f"{most} rows are too few; keep at least 2")
    return np.unique(np.linspace(0, n - 1, min(n, most)).round().astype(int))

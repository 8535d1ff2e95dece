"""UMAP and t-SNE of rows, as functions whose results are kept on disk: they take minutes.

The module imports nothing of the book, so that no edit elsewhere makes them be computed again.
"""

import warnings
from collections.abc import Callable, Mapping

import numpy as np
from sklearn.decomposition import PCA
from sklearn.metrics import pairwise_distances

FEW = 4_096
"""Rows below which UMAP looks for neighbours among all pairs."""
PAPER_UMAP = {"metric": "cosine", "n_neighbors": 24, "min_dist": 0.0001}
PAPER_TSNE = {
    "metric": "cosine",
    "perplexity": 10,
    "early_exaggeration": 16.44,
    "initialization": "pca",
    "neighbors": "exact",
}


def umap_layout(
    rows: np.ndarray, others: np.ndarray, n_components: int, seed: int, init: str = "spectral"
) -> dict[str, np.ndarray]:
    """UMAP of rows (n, N), and others (m, N), perhaps none, placed into it; cosine distance.

    The package's own start is the spectral one.
    """
    settings = {"metric": "cosine", "n_components": n_components, "init": init}
    return silent_in_the_middle(lambda *told: lay_out(*told, seed, settings), rows, others)


def silent_in_the_middle(
    lay: Callable, rows: np.ndarray, others: np.ndarray
) -> dict[str, np.ndarray]:
    """Lay out rows (n, N) and others (m, N) by cosine distance, noughts in the middle.

    Of a window without a spike cosine distance says nothing. (UMAP calls such rows equal, and with
    fifteen of them puts them on an island that pulls the map apart; openTSNE divides by their
    norm.)
    """
    parts, told = (rows, others), (rows.any(axis=1), others.any(axis=1))
    laid = lay(*(part[some] for part, some in zip(parts, told, strict=True)))
    found = [np.tile(laid[0].mean(axis=0), (len(part), 1)) for part in parts]
    for layout, some, points in zip(found, told, laid, strict=True):
        layout[some] = points
    return {"rows": found[0], "others": found[1]}


def lay_out(
    rows: np.ndarray, others: np.ndarray, seed: int, settings: Mapping
) -> tuple[np.ndarray, np.ndarray]:
    """UMAP of rows (n, N) and of others (m, N), placed into it; one thread, so that it repeats.

    Of few rows the package looks at every pair, with a call of a function for each; given their
    distances it does the same several times faster. `settings` are UMAP's, ``metric`` among them.
    """
    from umap import UMAP  # takes seconds to import

    metric, seen, new = settings["metric"], rows, others
    if len(rows) < FEW and len(others):
        seen, new = (pairwise_distances(part, rows, metric=metric) for part in (rows, others))
        metric = "precomputed"
    model = UMAP(random_state=seed, n_jobs=1, **{**settings, "metric": metric})
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", ".*precomputed metric")  # it says what that means
        model.fit(seen)
        placed = model.transform(new) if len(new) else np.empty((0, model.n_components), "float32")
    return model.embedding_, placed


def tsne_layout(
    rows: np.ndarray, n_components: int, seed: int, init: str = "pca"
) -> dict[str, np.ndarray]:
    """t-SNE of rows (n, N), which cannot place others; it starts from PCA unless told otherwise."""
    from sklearn.manifold import TSNE

    layout = TSNE(n_components, init=init, random_state=seed).fit_transform(rows)
    return {"rows": layout}


def paper_layout(
    method: str, rows: np.ndarray, others: np.ndarray, n_components: int, seed: int
) -> dict[str, np.ndarray]:
    """PCA, UMAP or t-SNE of rows (n, N) by the paper's settings, others (m, N) placed into it.

    Settings are those that the authors' result files name. Their t-SNE is openTSNE's, which can
    place points that it has not seen.

    Raises
    ------
    ValueError
        If the method is none of the three.
    """
    if method == "PCA":
        model = PCA(n_components, svd_solver="full").fit(rows)
        return {"rows": model.transform(rows), "others": model.transform(others)}
    if method == "UMAP":
        settings = PAPER_UMAP | {"n_components": n_components}
        return silent_in_the_middle(lambda *told: lay_out(*told, seed, settings), rows, others)
    if method != "t-SNE":
        raise ValueError(f"method is {method!r}; the paper lays out by PCA, UMAP or t-SNE")
    from openTSNE import TSNE

    # From 10,000 rows on openTSNE takes forces from a grid, which it has for planes only.
    forces = "auto" if n_components == 2 else "bh"
    settings = PAPER_TSNE | {"negative_gradient_method": forces}

    def lay(seen, new):
        layout = TSNE(n_components, random_state=seed, n_jobs=1, **settings).fit(seen)
        return np.asarray(layout), np.asarray(layout.transform(new))

    return silent_in_the_middle(lay, rows, others)


def thinned(n: int, most: int) -> np.ndarray:
    """Evenly spaced numbers of `most` rows among `n`, or of all if they are fewer."""
    if most < 2:
        raise ValueError(f"{most} rows are too few; keep at least 2")
    return np.unique(np.linspace(0, n - 1, min(n, most)).round().astype(int))

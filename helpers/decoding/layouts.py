"""UMAP and t-SNE of rows, as functions whose results are kept on disk: they take minutes.

The module imports nothing of the book, so that no edit elsewhere makes them be computed again.
"""

import numpy as np
from sklearn.decomposition import PCA

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

    The package's own start is the spectral one; with a seed it runs on one thread and repeats.
    """
    from umap import UMAP  # takes seconds to import

    settings = {"metric": "cosine", "random_state": seed, "n_jobs": 1, "init": init}
    model = UMAP(n_components=n_components, **settings).fit(rows)
    placed = model.transform(others) if len(others) else np.empty((0, n_components), np.float32)
    return {"rows": model.embedding_, "others": placed}


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
    """
    if method == "UMAP":
        from umap import UMAP  # takes seconds to import

        model = UMAP(n_components=n_components, random_state=seed, n_jobs=1, **PAPER_UMAP)
        model.fit(rows)
        return {"rows": model.embedding_, "others": model.transform(others)}
    if method == "t-SNE":
        from openTSNE import TSNE

        model = TSNE(n_components=n_components, random_state=seed, n_jobs=1, **PAPER_TSNE)
        layout = model.fit(rows)
        return {"rows": np.asarray(layout), "others": np.asarray(layout.transform(others))}
    model = PCA(n_components, svd_solver="full").fit(rows)
    return {"rows": model.transform(rows), "others": model.transform(others)}


def thinned(n: int, most: int) -> np.ndarray:
    """Evenly spaced numbers of `most` rows among `n`, or of all if they are fewer."""
    if most < 2:
        raise ValueError(f"{most} rows are too few; keep at least 2")
    return np.unique(np.linspace(0, n - 1, min(n, most)).round().astype(int))

"""What methods are called on the page, and under which ids claims and recorded values know them."""

from __future__ import annotations

from helpers.figures import style
from helpers.training import VARIANTS

COUNTS = "kNN on bare counts"
BAYES, LONG_BAYES = "naive Bayes, 250 ms", "naive Bayes, 600 ms"
CONSTANT = "always the mean label"
SINGLE = "single bins"
UMAP_OF_ALL = "UMAP, 3-D, all bins"
CEBRA = {variant: f"CEBRA, {style.VARIANT_NAMES[variant]}" for variant in VARIANTS} | {
    "untrained": "CEBRA, untrained",
    "posdir-8": "CEBRA, position + direction, 8-D",
    "posdir-16": "CEBRA, position + direction, 16-D",
    "posdir-paper": "CEBRA, the paper's settings",
    "posdir-ensemble": "CEBRA, position + direction, mean of seeds",
    "time-ensemble": "CEBRA, time only, mean of seeds",
}
"""By the model's name in `helpers.decoding.jobs.KINDS`, and the means over its seeds."""
BASELINES = {
    "bayes": BAYES,
    "bayes600": LONG_BAYES,
    "knn_counts": COUNTS,
    "umap3": "UMAP, 3-D",
    "umap3_all": UMAP_OF_ALL,
    **{f"pca{d}": f"PCA, {d}-D" for d in (3, 8, 16)},
    **{id: f"{kind}, 2-D" for id, kind in (("pca", "PCA"), ("umap", "UMAP"), ("tsne", "t-SNE"))},
}
"""By the id of their recorded value; the last three are those that the paper has."""
BLOG = {variant: CEBRA[variant] for variant in VARIANTS} | {"pca": f"PCA, 3-D, {SINGLE}"}
"""What the blog decodes, by the id of its claim."""
PAPER = {name: CEBRA[name] for name in ("posdir", "time")}
PAPER |= {id: BASELINES[id] for id in ("pca", "umap", "tsne")}
"""What the paper decodes, by the id of its claim."""

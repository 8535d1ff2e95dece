"""The topology chapter's tables and sentences: Markdown out of measurements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from helpers.tables import markdown
from helpers.training import Model

from .report import Bars, Counted, longest_bars, main_bar, p_of
from .rounds import Animal, Followed, shares


def betti_text(count: Counted) -> str:
    """``[1, 1] in 90 %`` of subsamples; all that are equally common on a tie."""
    tied = [f"**{one}**" for one in count.commonest]
    return f"{' and '.join(tied)} in {count.share:.0%}{' each' * (len(tied) > 1)}"


def diagram_table(
    found: Mapping[str, Sequence[Bars]],
    by_paper: Mapping[str, Counted],
    by_null: Mapping[str, Counted],
    said: Mapping[str, str],
) -> str:
    """One row a model: what was said, Betti numbers under both rules, the longest loop.

    A name may be missing from `by_paper`: the shuffled model, which sets that threshold.
    """
    rows = []
    for name, subsamples in found.items():
        birth, death, second = main_bar(subsamples)
        rows.append(
            [
                name,
                said.get(name, "–"),
                betti_text(by_paper[name]) if name in by_paper else "sets the threshold",
                betti_text(by_null[name]),
                f"{birth:.2f} to {death:.2f}",
                f"{second:.2f}",
            ]
        )
    head = (
        "model", "the blog says", "[β₀, β₁], one shuffled model", "[β₀, β₁], null distribution",
        "longest loop lives", "runner-up",
    )  # fmt: skip
    return markdown(head, rows)


def null_table(
    models: Mapping[str, Sequence[Sequence[Bars]]], nulls: Mapping[str, np.ndarray], k: int = 1
) -> str:
    """One row a kind of model: p of its longest bar of Hk in each null, the median over seeds."""
    rows = []
    for name, seeds in models.items():
        lengths = [float(np.median(longest_bars(found, k))) for found in seeds]
        spread = f" ± {np.std(lengths, ddof=1):.2f}" if len(lengths) > 1 else ""
        p = [np.median([p_of(found, null, k) for found in seeds]) for null in nulls.values()]
        rows.append([name, f"{np.mean(lengths):.2f}{spread}", *(f"{one:.3f}" for one in p)])
    return markdown(["model", "longest loop", *(f"p, {name}" for name in nulls)], rows)


def reading_table(found: Mapping[str, Sequence[Followed]]) -> str:
    """One row a model: what its circular coordinate tells, mean over starts or seeds."""
    rows = []
    for name, each in found.items():
        lifted = [one for one in each if one.reading is not None]
        if not lifted:
            rows.append([name, *["no whole-number cocycle"] * 7])
            continue
        r = np.array([list(vars(one.reading).values()) for one in lifted])
        spread = f" ± {r[:, 0].std(ddof=1):.3f}" if len(r) > 1 else ""
        birth, death = np.median([one.bar for one in lifted], axis=0)
        mean = r.mean(axis=0)
        rows.append(
            [
                name,
                f"{birth:.2f} to {death:.2f}",
                f"**{mean[0]:.3f}**{spread}",
                f"{shares(each).mean():.0%}",
                f"{mean[3]:.2f}, {mean[4]:.2f}",
                f"{np.sqrt(max(mean[0], 0)):.3f}",
                f"{mean[1]:.3f}",
                f"{mean[2]:.3f}",
            ]
        )
    head = (
        "model", "loop lives", "R² of position", "trips wound once",
        "rank correlation, right and left", "circular-linear r", "R², right runs", "left runs",
    )  # fmt: skip
    return markdown(head, rows)


def share_table(rows: Mapping[str, tuple[np.ndarray, np.ndarray, float | None]]) -> str:
    """One row a group of models: share of trips wound once, median and range, and p if any.

    By name: shares round the longest loop, shares round the best of three, p or None.
    """

    def told(values):
        spread = f" ({np.min(values):.0%} to {np.max(values):.0%})" if len(values) > 1 else ""
        return f"**{np.median(values):.0%}**{spread}"

    lines = [
        [name, str(len(longest)), told(longest), told(best), "–" if p is None else f"{p:.3f}"]
        for name, (longest, best, p) in rows.items()
    ]
    head = ("trips wound once", "models", "round the longest loop", "round the best of three", "p")
    return markdown(head, lines)


def animal_table(found: Mapping[Model, Animal], names: Mapping[str, str]) -> str:
    """One row an animal and model: its loop beside that of shuffled models, its turns, its R²."""
    rows = []
    for model, one in found.items():
        birth, death, _ = one.bar
        longest, best = one.rounds
        rows.append(
            [
                f"{model.rat}, {names[model.name]}",
                f"{birth:.2f} to {death:.2f}",
                f"{one.longest:.2f}",
                f"{one.shuffled:.2f}",
                f"**{longest.share:.0%}**",
                f"**{best.share:.0%}** of {len(best.turned)}",
                "–" if longest.reading is None else f"{longest.reading.r2:.3f}",
            ]
        )
    head = (
        "animal, model", "longest loop lives", "its length", "longest of its shuffled models",
        "trips wound once", "round the best of three", "R² of position",
    )  # fmt: skip
    return markdown(head, rows)

"""Agreement between rats by the paper's own protocol, and where our numbers part from its."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from IPython.display import Markdown

from helpers import claims, decoding, tables
from helpers.recordings import RATS, Recording

from .compare import Part, Points, Rats, across_rats, compare
from .rats import PARTS, Between, Folds
from .summary import Summary, said, summary
from .trainings import Trainings, trainings

BEHAVIOUR, TIME = "CEBRA-Behaviour", "CEBRA-Time"
HELD_OUT = "CEBRA-Time, held out"
MODELS = {"paper-posdir": BEHAVIOUR, "paper-time-seen": TIME, "paper-time": HELD_OUT}
IDS = {
    BEHAVIOUR: "cebra_behavior",
    TIME: "cebra_time",
    HELD_OUT: "cebra_time.unseen",
    "PCA": "pca",
    "UMAP": "umap",
    "t-SNE": "tsne",
}
PLANES = ("PCA", "UMAP", "t-SNE")
LAPS = {"train": "training laps", "test": "held-out laps"}
WAYS = {
    "ring": "place and direction",
    "position": "place alone",
    "right": "place, right trips",
    "left": "place, left trips",
}
"""By what rats can be aligned. The Methods bin the directions apart, the files name no labels."""
BESIDE, SPACE = "side by side", "side by side, 3-D"
Key = tuple[str, str, str, str]
"""Method, "" or what was done otherwise (`BESIDE`, `SPACE`), part of the split, what aligns."""


@dataclass(frozen=True, eq=False)
class ByPaper:
    """Agreement between rats by the paper's settings.

    Attributes
    ----------
    found : mapping of Key to Folds
        (runs, n, n) arrays a fold.
    is_real : bool
        The four rats that the paper speaks of.
    runs : Trainings
        CEBRA's against each other.
    """

    found: Mapping[Key, Folds]
    is_real: bool
    runs: Trainings

    @property
    def methods(self) -> list[str]:
        """Names of the methods, CEBRA first."""
        return list(dict.fromkeys(method for method, *_ in self.found))

    def theirs(self, method: str, part: str, by: str = "ring") -> Summary:
        """A method as published: CEBRA in three dimensions, others in two, counts summed."""
        return summary(self.found[method, "", part, by])

    def table(self) -> Markdown:
        """R² on training and on held-out laps, beside the published; the quick profile has PCA."""
        head = ["R²", "training laps", "published", "held-out laps", "published", "runs"]
        rows = []
        for method in self.methods:
            cells = []
            for part in PARTS:
                one = self.theirs(method, part)
                cells += [f"**{_with_spread(one)}**", _stated(method, part, self.is_real)]
            rows.append([method, *cells, str(self.theirs(method, "train").n_runs)])
        table = tables.markdown(head, rows)
        left_out = "" if BEHAVIOUR in self.methods else "\n\nCEBRA's part is for the full profile."
        return Markdown(table + left_out)

    def expect(self) -> None:
        """Check every method's mean, also on right trips alone, and PCA's by other ways."""
        for method in self.methods:
            for part, end in PARTS.items():
                _expect(f"{IDS[method]}{end}", self.theirs(method, part))
                _expect(f"{IDS[method]}.right{end}", self.theirs(method, part, "right"))
        for dimension, made in ((2, ""), (3, SPACE)):
            by_place = summary(self.found["PCA", made, "train", "position"])
            _expect(f"pca.position.d{dimension}", by_place)
        self.runs.expect()

    def judged(self) -> list[claims.Judged]:
        """Lines for the table of verdicts: each published number by its own protocol."""
        lines = []
        for part, end in PARTS.items():
            found = {m: self.theirs(m, part) for m in self.methods if m != HELD_OUT}
            for method, one in found.items():
                claim = claims.published(f"consistency.rats.{IDS[method]}{end}", "paper")
                line = claims.Judged(f"{method}, {LAPS[part]}", claim, one.mean, one.sd)
                lines.append(line._replace(honest=self._honest(method, part)))
            if len(found) == len(IDS) - 1:
                claim = claims.published(f"consistency.rats.order{end}", "paper")
                text, many = f"order of methods, {LAPS[part]}", found.items()
                mean, sd = ({m: getattr(s, what) for m, s in many} for what in ("mean", "sd"))
                lines.append(claims.Judged(text, claim, mean, sd))
        return lines + self.runs.judged()

    def _honest(self, method: str, part: str) -> claims.Measured | None:
        """The same with encoders that did not see the laps, where they did."""
        if (method, part) != (TIME, "test"):
            return None
        unseen = self.theirs(HELD_OUT, part)
        return claims.Measured(unseen.mean, unseen.sd)

    def paths(self, ours: Between) -> list[claims.Path]:
        """From our agreement on training laps to the paper's, one choice changed at a time."""
        if not self.is_real:
            return []
        return [
            claims.Path(
                f"{method}, R² between rats, training laps",
                claims.published(f"consistency.rats.{IDS[method]}", "paper"),
                self._steps(method, ours),
                self._tried(method),
            )
            for method in self.methods
            if method != HELD_OUT
        ]

    def _steps(self, method: str, ours: Between) -> list[claims.Step]:
        steps = []
        if method in ours.found["train", "ring"]:
            first = "ours: roots of counts" if method in PLANES else "ours: batch of 512"
            steps.append(_step(first, summary(ours.found["train", "ring"][method])))
        if method == TIME:
            steps.append(_step("their settings and batch", self.theirs(HELD_OUT, "train")))
            last = "the encoder saw the held-out laps too"
        else:
            last = "their settings" if method in PLANES else "their settings and batch"
        return [*steps, _step(last, self.theirs(method, "train"))]

    def _tried(self, method: str) -> list[claims.Step]:
        """Other alignments and dimensions: the files do not name by what the rats were aligned."""
        tried = {f"by {WAYS[by]}": ("", by) for by in WAYS if by != "ring"}
        if method in PLANES:
            tried |= {f"bins {BESIDE}": (BESIDE, "ring"), f"bins {SPACE}": (SPACE, "ring")}
            tried |= {f"by place alone, {SPACE}": (SPACE, "position")}
        return [
            _step(text, summary(self.found[method, made, "train", by]))
            for text, (made, by) in tried.items()
        ]


def by_paper(rats: Rats, seen: Points, unseen: Points, profile: str, seed: int = 0) -> ByPaper:
    """Measure how rats agree by the paper's settings.

    Parameters
    ----------
    rats : mapping of str to Recording
    seen, unseen : mapping of Model to (n, 3) array
        Embeddings of training and of held-out laps, from `embed`.
    profile : {"quick", "full"}
    seed : int
        Of UMAP and t-SNE.

    Returns
    -------
    ByPaper
    """
    found: dict[Key, Folds] = {}
    trained = {model.name for model in seen}
    for part, points in (("train", seen), ("test", unseen)):
        for by in WAYS:
            for name, method in MODELS.items():
                if name in trained:
                    folds = across_rats(points, rats, name, part, by)
                    found[method, "", part, by] = list(folds.values())
    found |= _baselines(rats, profile, seed)
    is_real = set(rats) == set(RATS) and next(iter(rats.values())).source != "simulated"
    return ByPaper(found, is_real, trainings(seen, rats, MODELS, is_real))


def _baselines(rats: Rats, profile: str, seed: int) -> dict[Key, Folds]:
    layouts = {rat: _layouts(one, profile, seed) for rat, one in rats.items()}
    matrices: dict[Key, dict[str, list]] = {}
    for key in next(iter(layouts.values())):
        made, method, _, _, split = key
        for part in PARTS:
            parts = [
                Part(
                    getattr(layouts[rat][key], part),
                    getattr(decoding.named_split(one, split), part),
                )
                for rat, one in rats.items()
            ]
            for by in WAYS:
                folds = matrices.setdefault((method, made, part, by), {})
                folds.setdefault(split, []).append(compare(list(rats.values()), parts, by))
    return {key: [np.stack(runs) for runs in of.values()] for key, of in matrices.items()}


def _layouts(rat: Recording, profile: str, seed: int) -> dict:
    """Planes of summed counts, and both dimensions of bins side by side, by what was done."""
    kinds = {"": ((2,), True), BESIDE: ((2,), False), SPACE: ((3,), False)}
    return {
        (made, *key): features
        for made, (dimensions, summed) in kinds.items()
        for key, features in decoding.paper_layouts(rat, profile, seed, dimensions, summed).items()
    }


def _step(changed: str, one: Summary) -> claims.Step:
    return claims.Step(changed, one.mean)


def _with_spread(one: Summary) -> str:
    return said(one.mean, 3) + ("" if one.sd is None else f" ± {one.sd:.3f}")


def _stated(method: str, part: str, is_real: bool) -> str:
    if method == HELD_OUT or not is_real:
        return "–"
    claim = claims.published(f"consistency.rats.{IDS[method]}{PARTS[part]}", "paper")
    return claims.stated(claim)


def _expect(end: str, one: Summary) -> None:
    claims.expect(f"consistency.paper.{end}", one.mean, sd=one.sd, n=one.n_runs, split="nested")

"""Where each method breaks: fewer neurons, fewer spikes."""

from __future__ import annotations

from dataclasses import dataclass

from IPython.display import Markdown

from helpers import tables

from .jobs import PLANS
from .names import NAMES
from .race import expect
from .scored import Scored

AXES = {"neurons": "neurons", "spikes": "spikes, as a factor on all rates"}
MEASURES = {"held_out": "R², held out", "beyond": "beyond the label"}
KEEPS = 0.9
"""Of what Bayes finds in the same spikes: below it, call a method broken."""
CHECKED = (("neurons", 12), ("spikes", 0.2))


@dataclass(frozen=True, eq=False)
class Breaking:
    """Scores against the number of neurons and of spikes."""

    scored: Scored

    def lines(self) -> dict[str, dict[str, dict[str, dict[float, tuple[float, ...]]]]]:
        """Values over mixings by measure, axis, method and place."""
        return {
            title: {
                axis: {
                    name: {place: one.values for place, one in places.items()}
                    for name, places in self.scored.swept(of, measure).items()
                }
                for of, axis in AXES.items()
            }
            for measure, title in MEASURES.items()
        }

    def table(self) -> Markdown:
        """Shares of the Bayes-optimal ceiling, a table an axis; in bold where a method breaks."""
        return Markdown("\n\n".join(self._shares(of, axis) for of, axis in AXES.items()))

    def expect(self) -> None:
        """Check few neurons and few spikes."""
        for of, place in CHECKED:
            for name in ("cebra", "pca", "readout", "bound"):
                for measure in MEASURES:
                    one = self.scored.swept(of, measure)[name][place]
                    expect(f"sweep.{of}.{name}.{measure}", one, "held out")

    def _shares(self, of: str, axis: str) -> str:
        shares = self.scored.share_of_best(of)
        below = [f"{p:g}" for p in shares["cebra"] if shares["cebra"][p] < shares["label"][p]]
        rows = [
            [NAMES[n], *(f"{s:.0%}" if s >= KEEPS else f"**{s:.0%}**" for s in shares[n].values())]
            for n in (*PLANS[self.scored.profile].swept, "readout")
        ]
        head = [f"of the ceiling, by {axis}", *(f"{place:g}" for place in shares["cebra"])]
        where = f"at {', '.join(below)}" if below else "nowhere"
        return (
            f"{tables.markdown(head, rows)}\n\nIn bold where a method keeps less than {KEEPS:.0%}. "
            f"CEBRA below its own label: {where}."
        )

"""What a build holds of its run: results, stored notebooks, their figures, the verdicts."""

import base64
import json
import re
from html import escape, unescape
from pathlib import Path

STAMP = "ring"  # where publishing keeps a page's stamp: helpers/book/publishing.py
TONES = {"reproduced": "held", "not reproduced": "failed", "only with leakage": "leaks"}
ROW = re.compile(r"<tr (data-claim=[^>]*)>(.*?)</tr>", re.DOTALL)
SLOT = re.compile(r"\{([\w.]+)(?::([^}]*))?\}")
BOLD = re.compile(r"\*\*(.+?)\*\*")


def read_json(path: Path) -> dict:
    """Read a file, or nothing where a run has none."""
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def notebook_of(root: Path, chapter: str) -> tuple[str, dict]:
    """Find a chapter's stored notebook by its number; its stem and content, both empty if none."""
    for path in sorted((root / "chapters").glob(f"{chapter}_*.ipynb")):
        return path.stem, read_json(path)
    return "", {}


def texts(data: dict, kind: str) -> str:
    """Join an output's text of one kind."""
    return "".join(data.get(kind, ()))


def outputs(notebook: dict):
    """Yield all outputs of a notebook, in order."""
    for cell in notebook.get("cells", ()):
        yield from cell.get("outputs", ())


def figure(notebook: dict, name: str) -> tuple[bytes, str] | None:
    """Find a figure by the name that `style.show` gave it: its picture and alternative text."""
    last = None
    for output in outputs(notebook):
        data = output.get("data", {})
        if "image/png" in data:
            alt = output.get("metadata", {}).get("image/png", {}).get("alt", "")
            last = base64.b64decode(texts(data, "image/png")), alt
        if f'id="fig-{name}"' in texts(data, "text/html"):
            return last
    return None


def verdicts(root: Path) -> list[dict]:
    """Read the scorecard's rows from its stored page: claim, words, said-by, chapter, verdict."""
    _, notebook = notebook_of(root, "08")
    found = []
    for output in outputs(notebook):
        for marks, cells in ROW.findall(texts(output.get("data", {}), "text/html")):
            pairs = re.findall(r'data-([\w-]+)="([^"]*)"', marks)
            words = re.search(r"<strong>(.*?)</strong>", cells)
            row = {key: unescape(value) for key, value in pairs}
            found.append(row | {"words": unescape(words[1]) if words else row["claim"]})
    return found


def stored(root: Path) -> list[tuple[str, dict]]:
    """List the stored chapters, each with its stamp (empty where a page carries none)."""
    found = []
    for path in sorted((root / "chapters").glob("[0-9][0-9]_*.ipynb")):
        found.append((path.stem, read_json(path).get("metadata", {}).get(STAMP, {})))
    return found


def shown(value, digits: int) -> str:
    """Write a measured value as the cards show it."""
    if isinstance(value, list):
        return ", ".join(shown(one, digits) for one in value)
    return f"{value:.{digits}f}"


def caveats(results: dict) -> list[str]:
    """Say what a reader must know before a run's numbers: that no rat ran, that it was short."""
    found = []
    if any(entry["recording"].startswith("simulated") for entry in results.values()):
        found.append(
            "Simulated recording. No rat ran for the numbers of this build: a generator with known "
            "truth stands in, and no claim about a rat is judged by them."
        )
    if any(entry["profile"] == "quick" for entry in results.values()):
        found.append(
            "Quick profile. The models behind the numbers of this build were trained for fewer "
            "steps, and fewer times, than those of the published book."
        )
    return found


def filled(line: str, values: dict) -> str | None:
    """Put values into the slots `{id:format}` of a line, as HTML; None if one is missing."""
    if any(slot[1] not in values for slot in SLOT.finditer(line)):
        return None
    text = SLOT.sub(lambda slot: format(values[slot[1]], slot[2] or ""), line)
    return BOLD.sub(r"<strong>\1</strong>", escape(text))


def counted(rows: list[dict]) -> dict[str, int]:
    """Count the scorecard's verdicts, by source and word: `paper.reproduced`, `blog.judged` …."""
    found: dict[str, int] = {}
    for row in rows:
        who, word = row["said-by"], row["verdict"].replace(" ", "_")
        names = [f"{who}.{word}"] + [f"{who}.judged"] * (row["verdict"] in TONES)
        for name in names:
            found[name] = found.get(name, 0) + 1
    return found

"""Directives of the opening page: numbers, verdicts and pictures come from the published run.

``statcards`` reads data/results.json; ``ninefigures`` takes pictures from the stored notebooks and
verdicts from the scorecard's; ``ledger`` reads the stamps of the stored notebooks. What a build
lacks (a run of a few chapters) leaves its place empty, and the page says so.
"""

import hashlib
import re
from fnmatch import fnmatch
from html import escape
from io import BytesIO
from pathlib import Path

import yaml
from docutils import nodes
from docutils.parsers.rst import Directive
from holdings import (
    TONES,
    caveats,
    counted,
    figure,
    filled,
    notebook_of,
    read_json,
    shown,
    stored,
    verdicts,
)
from PIL import Image

THUMBNAIL, OPENED = 1000, 1600  # pixels of width: on a card, and over the page
WORDS_PER_MINUTE = 220
TITLE_PLACE = "<!-- title -->"


class Base(Directive):
    """A directive whose content is a list of settings in YAML."""

    has_content = True

    @property
    def root(self) -> Path:
        """The folder that is built."""
        return Path(self.state.document.settings.env.srcdir)

    def run(self):
        """Note what the page depends on, and write it as HTML."""
        environment = self.state.document.settings.env
        for path in [self.root / "data/results.json", *(self.root / "chapters").glob("*.ipynb")]:
            environment.note_dependency(str(path))
        settings = yaml.safe_load("\n".join(self.content)) if self.content else []
        return [nodes.raw("", self.html(settings), format="html")]

    def sentences(self, lines: list[str]) -> list[str]:
        """Fill this build's numbers into lines; without those whose values it lacks."""
        results = read_json(self.root / "data" / "results.json")
        values = {id: entry["value"] for id, entry in results.items()}
        values |= counted(verdicts(self.root))
        return [text for line in lines if (text := filled(line, values))]

    def picture(self, notebook: dict, name: str) -> str:
        """Show a chapter's figure, which a click opens; nothing if this build lacks it."""
        found = figure(notebook, name)
        if not found:
            return ""
        png, alt = found
        small, size = self.copy(name, png, THUMBNAIL)
        large, _ = self.copy(name, png, OPENED)
        return (
            f'<a href="_images/{large}" class="thumb zoom"><img src="_images/{small}" '
            f'alt="{escape(alt)}" width="{size[0]}" height="{size[1]}" loading="lazy"></a>'
        )

    def copy(self, name: str, png: bytes, width: int) -> tuple[str, tuple[int, int]]:
        """Store a copy of the picture, at most so wide; its file's name and its size."""
        picture = Image.open(BytesIO(png)).convert("RGB")
        picture.thumbnail((width, width * 4), Image.Resampling.LANCZOS)
        folder = Path(self.state.document.settings.env.app.outdir) / "_images"
        folder.mkdir(parents=True, exist_ok=True)
        # hosts let browsers keep what is in this folder for good: another picture, another name
        file = f"w{width}-{name}-{hashlib.sha256(png).hexdigest()[:12]}.webp"
        picture.save(folder / file, quality=82, method=4)
        return file, picture.size


class Hero(Base):
    """The head of the opening page; `lift_title` puts the page's title into it."""

    def html(self, settings) -> str:
        """Write title and picture over the field of neurons, and what the book found."""
        said = {key: escape(text) for key, text in settings.items() if key != "abstract"}
        png = (self.root / settings["picture"]).read_bytes()
        file, (width, height) = self.copy("hero", png, THUMBNAIL)
        return (
            '<div class="hero"><canvas id="neurons" aria-hidden="true"></canvas>'
            f'<div class="hero-head"><div><p class="kicker">{said["kicker"]}</p>{TITLE_PLACE}'
            f'<p class="byline">{said["byline"]} · <span class="reading-time"></span></p></div>'
            f'<img src="_images/{file}" alt="{said["alt"]}" width="{width}" height="{height}" '
            'loading="eager"></div>'
            f"{self.caveats()}{self.abstract(settings['abstract'])}"
            f'<a class="cue" href="#{said["target"]}">{said["cue"]}</a></div>'
        )

    def caveats(self) -> str:
        """Write what the numbers of a build that is not the published one rest on."""
        text = " ".join(caveats(read_json(self.root / "data" / "results.json")))
        return f'<p class="caveat" role="note">{escape(text)}</p>' if text else ""

    def abstract(self, lines: list[str]) -> str:
        """Write the sentences whose values this build has."""
        return f'<div class="abstract"><p>{" ".join(self.sentences(lines))}</p></div>'


class Findings(Base):
    """A list of sentences with numbers of the run; those that it lacks are left out."""

    def html(self, settings) -> str:
        """Write the list."""
        items = "".join(f"<li>{text}</li>" for text in self.sentences(settings))
        empty = '<p class="book-note">This build holds none of the runs that these need.</p>'
        return f'<ol class="findings">{items}</ol>' if items else empty


class FromChapter(Base):
    """A figure of a chapter with a caption of the page's own: `chapter`, `figure`, `text`."""

    def html(self, settings) -> str:
        """Write it, if this build has it."""
        _, notebook = notebook_of(self.root, settings["chapter"])
        picture = self.picture(notebook, settings["figure"])
        caption = f'<p class="book-caption">{escape(settings["text"])}</p>'
        return f'<div class="figurecard">{picture}{caption}</div>' if picture else ""


class StatCards(Base):
    """One card a value: `id`, `text`, `unit`, `digits`, and `full`, said of the full profile."""

    def html(self, settings) -> str:
        """Write the cards whose values this build has."""
        results = read_json(self.root / "data" / "results.json")
        cards = "".join(
            self.card(one, results[one["id"]]) for one in settings if one["id"] in results
        )
        empty = '<p class="book-note">This build holds none of the runs that these cards show.</p>'
        return f'<div class="statcards">{cards}</div>' if cards else empty

    def card(self, setting: dict, entry: dict) -> str:
        """Write one card."""
        value = shown(entry["value"], setting.get("digits", 2))
        stem, _ = notebook_of(self.root, entry["chapter"])
        where = f"{entry['recording']}, {entry['profile']} profile"
        if entry.get("split"):
            where += f", {entry['split']} split"
        text = setting["text"]
        if "full" in setting and entry["profile"] == "full":
            text += f" ({setting['full']})"
        unit = f'<span class="unit">{escape(setting["unit"])}</span>' if "unit" in setting else ""
        tag, link = ("a", f' href="chapters/{stem}.html"') if stem else ("div", "")
        return (
            f'<{tag} class="statcard"{link} data-id="{escape(setting["id"])}">'
            f'<span class="value" data-value="{value}">{value}{unit}</span>'
            f'<span class="text">{escape(text)}</span>'
            f'<span class="where">{escape(where)}</span></{tag}>'
        )


class NineFigures(Base):
    """One card a figure of the blog: `title`, `text`, `chapter`, `figure` (its name), `claims`."""

    def html(self, settings) -> str:
        """Write the cards; those of chapters that this build lacks have no picture."""
        rows = verdicts(self.root)
        return f'<ol class="figurecards">{"".join(self.card(s, rows) for s in settings)}</ol>'

    def card(self, setting: dict, rows: list[dict]) -> str:
        """Write one card."""
        stem, notebook = notebook_of(self.root, setting["chapter"])
        link = f"chapters/{stem}.html#fig-{setting['figure']}"
        title = f"<h3>{escape(setting['title'])}</h3>"
        picture = self.picture(notebook, setting["figure"])
        if picture:
            title = f'<h3><a href="{link}">{escape(setting["title"])}</a></h3>'
        return (
            f'<li class="figurecard">{picture}<div>{title}<p>{escape(setting["text"])}</p>'
            f"{self.chips(setting, rows)}</div></li>"
        )

    def chips(self, setting: dict, rows: list[dict]) -> str:
        """Write how the blog's claims that the figure carries were judged."""
        wanted = setting.get("claims", [])
        counts: dict[str, int] = {}
        for row in rows:
            if row["said-by"] == "blog" and any(fnmatch(row["claim"], w) for w in wanted):
                counts[row["verdict"]] = counts.get(row["verdict"], 0) + 1
        if not counts:
            return '<p class="verdicts"><span class="chip">no verdict in this build</span></p>'
        several = sum(counts.values()) > 1
        chips = [
            f'<span class="chip {TONES.get(word, "other")}">'
            f"{f'{count} × ' if several else ''}{escape(word)}</span>"
            for word, count in counts.items()
        ]
        return f'<p class="verdicts">{" ".join(chips)}</p>'


class VerdictSummary(Base):
    """How many claims got which verdict, and which they are."""

    def html(self, settings) -> str:
        """Write one list a verdict, the longest first, folded."""
        by_word: dict[str, list[dict]] = {}
        for row in verdicts(self.root):
            by_word.setdefault(row["verdict"], []).append(row)
        if not by_word:
            return '<p class="book-note">This build has no scorecard: not all chapters ran.</p>'
        parts = []
        for word, rows in sorted(by_word.items(), key=lambda item: -len(item[1])):
            names = "".join(f"<li>{escape(r['words'])} ({escape(r['said-by'])})</li>" for r in rows)
            chip = (
                f'<span class="chip {TONES.get(word, "other")}">{len(rows)} × {escape(word)}</span>'
            )
            parts.append(f"<details><summary>{chip}</summary><ul>{names}</ul></details>")
        return f'<div class="verdictlist">{"".join(parts)}</div>'


class Ledger(Base):
    """What made the stored pages: devices, recordings, versions, counts; rows may be added."""

    def html(self, settings) -> str:
        """Write the given rows, then those that the build knows."""
        stamps = [stamp for _, stamp in stored(self.root) if stamp]
        results = read_json(self.root / "data" / "results.json")
        rows = verdicts(self.root)
        facts = [(one["what"], one["text"]) for one in settings or ()]
        if stamps:
            facts += [
                ("Machine", "; ".join(sorted({stamp["device"] for stamp in stamps}))),
                ("Made on", " to ".join(sorted({min(s["date"] for s in stamps),
                                                max(s["date"] for s in stamps)}))),
                ("Recording", "; ".join(sorted({
                    f"{s['recording']['key']}, {s['profile']} profile" for s in stamps}))),
            ]  # fmt: skip
        if results:
            facts.append(("Values measured and checked at each run", f"{len(results)}"))
        if rows:
            held = sum(row["verdict"] == "reproduced" for row in rows)
            facts.append(("Claims on the scorecard", f"{len(rows)}, of which {held} reproduced"))
        lines = "".join(f"<dt>{escape(k)}</dt><dd>{escape(v)}</dd>" for k, v in facts)
        return f'<dl class="ledger">{lines}</dl>'


def add_reading_time(app, pagename, templatename, context, doctree):
    """Say below a page's title how long it takes to read; code and tables are not counted."""
    body = context.get("body") or ""
    prose = re.sub(r"<(pre|script|style|table|figure|svg)\b.*?</\1>", " ", body, flags=re.DOTALL)
    words = len(re.sub(r"<[^>]+>", " ", prose).split())
    minutes = max(1, round(words / WORDS_PER_MINUTE))
    text = f"{minutes} min read"
    if 'class="reading-time"' in body:
        filled = f'<span class="reading-time">{text}</span>'
        context["body"] = body.replace('<span class="reading-time"></span>', filled)
    elif pagename.startswith("chapters/"):
        context["body"] = body.replace("</h1>", f'</h1>\n<p class="reading-time">{text}</p>', 1)


def lift_title(app, pagename, templatename, context, doctree):
    """Move the page's title into its head, if it has one."""
    body = context.get("body") or ""
    title = re.search(r"<h1>.*?</h1>", body, flags=re.DOTALL)
    if title and TITLE_PLACE in body:
        context["body"] = body.replace(title[0], "", 1).replace(TITLE_PLACE, title[0])


def setup(app):
    """Register with Sphinx."""
    app.add_directive("hero", Hero)
    app.add_directive("findings", Findings)
    app.add_directive("fromchapter", FromChapter)
    app.add_directive("statcards", StatCards)
    app.add_directive("ninefigures", NineFigures)
    app.add_directive("verdictsummary", VerdictSummary)
    app.add_directive("ledger", Ledger)
    app.connect("html-page-context", lift_title)
    app.connect("html-page-context", add_reading_time)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}

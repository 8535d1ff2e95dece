"""How light the site is: Lighthouse, mobile preset, medians, and what a reader downloads.

``python -m helpers.book build`` and then ``python -m benchmarks.site --out benchmarks/results``.
Pages come from a server of this machine that compresses text as hosts do. The web fonts come from
a second one: the same families and subsets, from npm, in place of Google's, so that their weight
counts and a machine without the net measures the same. Each page runs several times, the median
counts; pages measured earlier keep their rows. Needs Chromium and npm; Lighthouse and fonts go to
a folder of the system's, not into the repository. An otherwise idle machine, please: the scores
are times.
"""

import argparse
import json
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from html import escape
from pathlib import Path

from playwright.sync_api import sync_playwright

from helpers.book.serving import Handler, serving
from helpers.files import ROOT, read_json, write_text

PAGES = ("intro", "chapters/02_place_cell_embeddings", "chapters/03_position_decoding")
LIGHTHOUSE = "lighthouse@12.8.2"
FONT_FILES = {
    ("Instrument Serif", "normal", "400"): (
        "@fontsource/instrument-serif@5.3.0", "instrument-serif-latin-400-normal.woff2"),
    ("Instrument Serif", "italic", "400"): (
        "@fontsource/instrument-serif@5.3.0", "instrument-serif-latin-400-italic.woff2"),
    ("Source Serif 4", "normal", "400 700"): (
        "@fontsource-variable/source-serif-4@5.3.1", "source-serif-4-latin-wght-normal.woff2"),
    ("Source Serif 4", "italic", "400 700"): (
        "@fontsource-variable/source-serif-4@5.3.1", "source-serif-4-latin-wght-italic.woff2"),
    ("JetBrains Mono", "normal", "400 600"): (
        "@fontsource-variable/jetbrains-mono@5.3.0", "jetbrains-mono-latin-wght-normal.woff2"),
}  # fmt: skip
"""Family, style and weights, as `_ext/sharing.py` asks for them; package and file that serve."""
GOOGLE = re.compile(r"https://fonts\.googleapis\.com/css2\?[^\"]+")
METRICS = {
    "first_paint_s": ("first-contentful-paint", 1e3),
    "largest_paint_s": ("largest-contentful-paint", 1e3),
    "blocked_ms": ("total-blocking-time", 1),
    "shift": ("cumulative-layout-shift", 1),
    "kilobytes": ("total-byte-weight", 1024),
}
"""Name here, Lighthouse's audit, divisor."""
SCORES = ("performance", "accessibility", "best-practices")


class Fonts(Handler):
    """A host of fonts: pages of other hosts may use them."""

    def end_headers(self):
        """Add the leave."""
        self.send_header("Access-Control-Allow-Origin", "*")
        super().end_headers()


def install(scratch: Path) -> None:
    """Fetch Lighthouse and the fonts from npm, as pinned here."""
    packages = sorted({LIGHTHOUSE, *(package for package, _ in FONT_FILES.values())})
    scratch.mkdir(parents=True, exist_ok=True)
    command = ["npm", "install", "--no-audit", "--no-fund", "--silent", *packages]
    subprocess.run(command, cwd=scratch, check=True)


def lay_out_fonts(scratch: Path, folder: Path) -> None:
    """Copy the font files to a folder and write the style sheet that names them."""
    faces = []
    for (family, style, weight), (package, file) in FONT_FILES.items():
        name = package.rpartition("@")[0]
        shutil.copy2(scratch / "node_modules" / name / "files" / file, folder / file)
        faces.append(
            f'@font-face{{font-family:"{family}";font-style:{style};font-weight:{weight};'
            f'font-display:swap;src:url({file}) format("woff2")}}'
        )
    write_text(folder / "fonts.css", "\n".join(faces))


def with_fonts(site: Path, folder: Path, address: str) -> int:
    """Copy a built site, its fonts asked for at `address`; return how many pages ask."""
    shutil.copytree(site, folder)
    count = 0
    for page in folder.rglob("*.html"):
        text, found = GOOGLE.subn(escape(f"{address}/fonts.css"), page.read_text(encoding="utf-8"))
        page.write_text(text, encoding="utf-8")
        count += bool(found)
    return count


def lighthouse(scratch: Path, chromium: str, url: str) -> dict:
    """Run Lighthouse once; return the scores and metrics that the table shows."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "report.json"
        command = [scratch / "node_modules/.bin/lighthouse", url, "--quiet", "--output=json",
                   f"--output-path={file}", f"--only-categories={','.join(SCORES)}",
                   "--chrome-flags=--headless=new --no-sandbox --disable-gpu"]  # fmt: skip
        subprocess.run(command, check=True, env={**os.environ, "CHROME_PATH": chromium})
        report = read_json(file)
    found = {name: round(100 * report["categories"][name]["score"]) for name in SCORES}
    for name, (audit, divisor) in METRICS.items():
        found[name] = report["audits"][audit]["numericValue"] / divisor
    return found


def scrolled_kilobytes(chromium: str, url: str) -> float:
    """Open a page on a phone and scroll to its end; return what came over the net, in KB."""
    with sync_playwright() as player:
        browser = player.chromium.launch(
            executable_path=chromium, chromium_sandbox=False,
            args=["--use-angle=swiftshader", "--enable-unsafe-swiftshader"],
        )  # fmt: skip
        page = browser.new_page(viewport={"width": 412, "height": 823})
        done = []
        page.on("requestfinished", lambda request: done.append(request))
        page.goto(url, wait_until="load")
        step = (
            "scrollBy(0, 400); scrollY + innerHeight >= document.documentElement.scrollHeight - 1"
        )
        while not page.evaluate(step):
            page.wait_for_timeout(50)
        page.wait_for_load_state("networkidle")
        sizes = [request.sizes() for request in done if request.url.startswith("http")]
        browser.close()
    return sum(one["responseBodySize"] + one["responseHeadersSize"] for one in sizes) / 1024


def measure(scratch: Path, chromium: str, url: str, runs: int) -> dict:
    """Measure a page: the median of each value, and the lowest and highest performance."""
    rows = [lighthouse(scratch, chromium, url) for _ in range(runs)]
    found = {name: statistics.median(row[name] for row in rows) for name in rows[0]}
    performance = [row["performance"] for row in rows]
    found |= {"performance_range": [min(performance), max(performance)], "runs": runs}
    return found | {"kilobytes_scrolled": scrolled_kilobytes(chromium, url)}


def table(rows: dict[str, dict]) -> str:
    """Lay out one line a page."""
    lines = [
        f"{platform.machine()}, {os.cpu_count()} cores; {LIGHTHOUSE}, mobile preset; medians",
        f"{'page':<36}{'perf.':>6}{'min–max':>9}{'access.':>9}{'best pr.':>9}{'1st paint s':>13}"
        f"{'largest s':>11}{'blocked ms':>12}{'shift':>7}{'KB':>7}{'KB to its end':>15}",
    ]
    for page, row in rows.items():
        low, high = row["performance_range"]
        lines.append(
            f"{page:<36}{row['performance']:>6.0f}{f'{low}–{high}':>9}{row['accessibility']:>9.0f}"
            f"{row['best-practices']:>9.0f}{row['first_paint_s']:>13.1f}"
            f"{row['largest_paint_s']:>11.1f}{row['blocked_ms']:>12.0f}{row['shift']:>7.3f}"
            f"{row['kilobytes']:>7.0f}{row['kilobytes_scrolled']:>15.0f}"
        )
    return "\n".join(lines)


def main() -> int:
    """Measure pages and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pages", nargs="*", default=PAGES, help="without .html")
    parser.add_argument("--site", type=Path, default=ROOT / "_build/html", help="a built site")
    parser.add_argument("--runs", type=int, default=5, help="of Lighthouse, a page")
    parser.add_argument("--out", type=Path, help="folder for site.txt and site.json")
    scratch = Path(tempfile.gettempdir()) / "ring-lighthouse"
    parser.add_argument("--scratch", type=Path, default=scratch, help="where npm installs")
    given = parser.parse_args()
    chromium = next(filter(None, map(shutil.which, ("chromium", "google-chrome"))), None)
    if chromium is None or shutil.which("npm") is None:
        print("needs chromium and npm: apt-get install chromium nodejs npm", file=sys.stderr)
        return 1
    missing = [name for name in given.pages if not (given.site / f"{name}.html").exists()]
    if missing:
        print(f"{given.site} lacks {missing}; python -m helpers.book build", file=sys.stderr)
        return 1
    install(given.scratch)
    kept = given.out / "site.json" if given.out else None
    rows = read_json(kept) if kept and kept.exists() else {}
    with tempfile.TemporaryDirectory() as folder:
        fonts, copy = Path(folder, "fonts"), Path(folder, "site")
        fonts.mkdir()
        lay_out_fonts(given.scratch, fonts)
        with serving(fonts, Fonts) as font_host:
            if not with_fonts(given.site, copy, font_host):
                raise RuntimeError(f"{given.site}: no page asks for Google's fonts any more")
            with serving(copy) as host:
                for name in given.pages:
                    url = f"{host}/{name}.html"
                    rows[name] = measure(given.scratch, chromium, url, given.runs)
    print(table(rows))
    if given.out:
        write_text(given.out / "site.txt", table(rows) + "\n")
        write_text(kept, json.dumps(rows, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

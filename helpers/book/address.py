"""Where the repository is, and which tag launch buttons fetch: set everywhere at once."""

from __future__ import annotations

import argparse
import re

from helpers.files import ROOT, write_text

NAMED = {".yml", ".md", ".cff", ".py", ".ipynb"}  # where the address may stand


def replace_everywhere(pattern: str, new: str) -> None:
    """Replace what a pattern finds wherever address and tag may stand, and say in which files."""
    files = [ROOT / n for n in ("_config.yml", "README.md", "CITATION.cff", "intro.md")]
    for file in [*files, *sorted((ROOT / "chapters").iterdir())]:
        text = file.read_text(encoding="utf-8") if file.suffix in NAMED else ""
        changed = re.sub(pattern, lambda found: found.expand(new), text, flags=re.MULTILINE)
        if changed != text:
            write_text(file, changed)
            print(f"{file.relative_to(ROOT)}: set")


def do_address(given: argparse.Namespace) -> int:
    """Replace the repository's address, read from _config.yml, wherever it stands."""
    new = given.url.rstrip("/").removesuffix(".git")
    if not re.fullmatch(r"https://[\w.-]+/[\w.-]+/[\w.-]+", new):
        raise ValueError(f"{given.url!r} is no address of a repository: https://host/owner/name")
    config = (ROOT / "_config.yml").read_text(encoding="utf-8")
    old = re.search(r"^  url: *(https://\S+)", config, re.MULTILINE)[1]
    replace_everywhere(re.escape(old), new)
    return 0


def do_release(given: argparse.Namespace) -> int:
    """Set the tag (or branch) that launch buttons and bootstrap cells fetch; outputs stay."""
    if not re.fullmatch(r"[A-Za-z0-9][\w./-]*", given.tag):
        raise ValueError(f"{given.tag!r} is no name of a git tag: for example v1.0")
    replace_everywhere(r"^(  branch: ).*$", rf"\g<1>{given.tag}")
    # in a notebook, the same line of code stands within JSON, its quotes escaped
    replace_everywhere(r"""( tag = \\?")[^"\\{]+""", rf"\g<1>{given.tag}")
    print(f"commit, then: git tag {given.tag} && git push origin {given.tag}")
    return 0

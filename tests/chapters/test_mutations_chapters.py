"""The four mistakes that the book must not survive, each put into a chapter that then runs.

`test_mutations` hands broken values to `expect`, one an id. Here the chapters' own cells compute
them, on the simulated recording, with one thing broken underneath, and must fail at a check of
their own; with nothing broken they pass.
"""

import subprocess
import sys

import pytest

from helpers.files import ROOT

pytestmark = pytest.mark.slow


def said(chapter, mistake):
    """What the first failing check of a chapter says."""
    command = [sys.executable, "tests/mutant.py", chapter, mistake]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.splitlines()[-1]


@pytest.mark.parametrize("chapter", ["02", "03"])
def test_with_nothing_broken_the_chapter_passes(chapter):
    assert said(chapter, "nothing") == "all passed"


@pytest.mark.parametrize(
    ("chapter", "mistake", "where"),
    [
        ("01", "labels shuffled", "synth.cebra."),
        ("01", "PCA served as CEBRA", "synth.cebra."),
        ("02", "labels shuffled", "embed.posdir."),
        ("02", "PCA served as CEBRA", "embed.posdir."),
        ("02", "sign flipped in InfoNCE", "loss.posdir "),
        ("03", "decoder off by one bin", "decode.leaky."),
        ("03", "labels shuffled", "decode.leaky.posdir."),
        ("03", "PCA served as CEBRA", "decode.leaky.posdir."),
    ],
)
def test_a_mistake_fails_the_chapter_that_it_concerns(chapter, mistake, where):
    message = said(chapter, mistake)
    assert message.startswith(where), message
    assert "simulated, quick" in message

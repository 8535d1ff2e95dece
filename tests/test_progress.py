"""Bars: a chapter's training shows where `make book` runs, and in no stored page."""

import fcntl
import os
import struct
import subprocess
import sys
import termios

from helpers import progress
from helpers.files import ROOT

KERNEL = """
import time
from helpers.progress import bar
with bar(total=4, desc="training 2 models", unit=" steps") as shown:
    for _ in range(4):
        time.sleep(0.6)
        shown.update()
"""
RUNNER = f"""
import os, subprocess, sys
from helpers.progress import watched
with watched() as told:
    subprocess.run([sys.executable, "-c", {KERNEL!r}], check=True, env=os.environ | told)
"""


def on_a_terminal(code):
    """Run Python with a terminal of 120 columns for its stderr; return what it showed."""
    ours, theirs = os.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
    running = subprocess.Popen([sys.executable, "-c", code], stderr=theirs, cwd=ROOT)
    os.close(theirs)
    shown = b""
    while True:
        try:
            shown += os.read(ours, 4096)
        except OSError:  # the last that could write there has ended
            break
    os.close(ours)
    assert running.wait() == 0
    return shown.decode()


def test_a_bar_in_another_process_shows_on_the_terminal():
    shown = on_a_terminal(RUNNER)
    assert "training 2 models:  50%" in shown
    assert " steps/s" in shown  # with the time that is left before it


def test_a_log_holds_no_bar_of_another_process():
    done = subprocess.run(
        [sys.executable, "-c", RUNNER], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert done.stderr == done.stdout == ""


def test_a_bar_that_another_process_shows_leaves_no_output_here(tmp_path, monkeypatch, capfd):
    line = tmp_path / "line"
    monkeypatch.setenv(progress.TOLD, str(line))
    with progress.bar(total=3, desc="training") as shown:
        shown.update(2)
        shown.refresh()
        assert line.read_text().startswith("training:  67%|")
    assert line.read_text() == ""
    assert capfd.readouterr() == ("", "")


def test_work_goes_on_when_nobody_watches_any_more(tmp_path, monkeypatch):
    monkeypatch.setenv(progress.TOLD, str(tmp_path / "gone" / "line"))
    assert list(progress.bar(iterable=[1, 2])) == [1, 2]


def test_a_bar_that_is_not_shown_shows_nothing(monkeypatch, capfd):
    monkeypatch.delenv(progress.TOLD, raising=False)
    assert list(progress.bar(False, iterable=[1, 2])) == [1, 2]
    assert capfd.readouterr() == ("", "")

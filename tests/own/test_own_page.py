"""The report page: one file that holds all it shows, and says what is simulated."""

import re
from dataclasses import replace

import pytest

from helpers.figures import style
from helpers.own import jobs as own_jobs
from helpers.own import page as own_page
from helpers.own import ring as own_ring
from helpers.own import study as own
from helpers.own.export import write_recording
from helpers.recordings.loading import simulate_recording

RAT = replace(simulate_recording(n_neurons=16, n_bins=5000, seed=4), name="<b>mine & yours")


@pytest.fixture(scope="module")
def analysis(tmp_path_factory):
    """An analysis in haste: what is tested is the page."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CEBRA_BOOK_CACHE", str(tmp_path_factory.mktemp("cache")))
        patch.setenv("CEBRA_BOOK_DEVICE", "cpu")
        patch.setattr(own_jobs, "ITERATIONS", {"quick": 20, "full": 20})
        for name in ("POINTS", "LANDMARKS"):
            patch.setattr(own_ring.topology, name, {"quick": 150, "full": 150})
        return own.analyse(RAT, progress=False)


def test_the_page_needs_nothing_else(analysis, tmp_path):
    style.use(RAT)
    page = tmp_path / "deep/report.html"
    own_page.write_page(page, analysis)
    html = page.read_text(encoding="utf-8")
    sources = re.findall(r'(?:src|href)="([^"]{0,22})', html)
    assert sources == ["data:image/png;base64,"] * 3
    assert all(len(alt) > 40 for alt in re.findall(r'alt="([^"]*)"', html))
    assert html.count("<table>") == 2
    assert html.count("No rat ran here") == 1
    assert "<b>mine" not in html
    assert "&lt;b&gt;mine &amp; yours" in html
    for rows in (analysis.decoding.rows, analysis.ring.rows):
        assert all(f"<td>{cell}</td>" in html for row in rows for cell in row)
    assert not re.search(r"<(script|link|iframe)", html)
    with pytest.raises(ValueError, match="name it something.html"):
        own_page.write_page(tmp_path / "report.txt", analysis)


def test_a_file_becomes_a_page_beside_it(analysis, tmp_path, capsys, monkeypatch):
    def known(recording, profile, seed):
        assert recording.spikes.tolist() == RAT.spikes.tolist()
        return replace(analysis, recording=recording, profile=profile, seed=seed)

    monkeypatch.setattr(own, "analyse", known)
    path = tmp_path / "mine.nwb"  # which says neither how long the track is, nor of what shape
    write_recording(path, replace(RAT, true_phase=None))
    assert (
        own_page.main([str(path), "--geometry", "line", "--length", "1.7", "--profile", "full"])
        == 0
    )
    html = path.with_suffix(".html").read_text(encoding="utf-8")
    assert "<h1>mine</h1>" in html
    assert "on a line of 1.70 m" in html
    assert "profile full · seed 0 ·" in html
    assert "No rat ran here" not in html  # the file does not say where it comes from
    assert capsys.readouterr().out.strip().endswith("mine.html")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("mine.txt", b"1", "of no kind that is read here"),
        ("mine.npz", b"half", "mine.npz: not readable"),
        ("none.npz", None, "is missing; check the path"),
    ],
)
def test_what_cannot_be_read_is_said_in_one_line(name, content, said, tmp_path, capsys):
    if content:
        (tmp_path / name).write_bytes(content)
    assert own_page.main([str(tmp_path / name)]) == 1
    error = capsys.readouterr().err
    assert error.startswith("error: ")
    assert said in error
    assert error.count("\n") == 1
    assert not list(tmp_path.glob("*.html"))

"""Every figure is dark down to its panes, stamped when simulated, and carries alternative text."""

import base64
import hashlib
import io
from types import SimpleNamespace

import matplotlib
import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from PIL import Image

from helpers.figures import embeddings, losses, raster, shape, style
from helpers.topology import Arcs, Order

matplotlib.use("agg")
import matplotlib.pyplot as plt  # noqa: E402

VARIANTS = ("posdir", "pos", "dir", "time", "shuffled")
REAL, SIMULATED = SimpleNamespace(source="local"), SimpleNamespace(source="simulated")
SYNTHETIC = SimpleNamespace(source="synthetic")
ONE = dict.fromkeys(VARIANTS, 0.4)


@pytest.fixture(autouse=True)
def book_style():
    with matplotlib.rc_context():
        style.use(REAL)
        yield
    plt.close("all")
    style._state["source"] = None


@pytest.fixture
def globe():
    rng = np.random.default_rng(0)
    points = rng.normal(size=(300, 3))
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    return points, rng.uniform(0, 1.6, 300), rng.choice([-1, 1], 300)


def rat(globe, **changes):
    _, position, direction = globe
    run = {"position": position, "direction": direction, "length_m": 1.6, "bin_s": 0.025}
    spikes = np.random.default_rng(1).poisson(0.2, (len(position), 7))
    return SimpleNamespace(**(run | {"spikes": spikes} | changes))


def fallen(**changes):
    """Losses of all variants, in the form of `helpers.training.Losses`."""
    rng = np.random.default_rng(1)
    curves = {v: 6.2 - np.linspace(0, 0.5, 40) + rng.normal(0, 0.01, 40) for v in VARIANTS}
    fits = {v: SimpleNamespace(loss=curve) for v, curve in (curves | changes).items()}
    published = {"posdir": SimpleNamespace(value=5.5)}
    return SimpleNamespace(
        fits=fits, batch=512, final=ONE, published=published, bits=ONE,
        published_bits={"posdir": 0.5}, bounds={"perfect circle": 1.1},
    )  # fmt: skip


def all_pictures(globe):
    points = globe[0]
    rng = np.random.default_rng(1)
    order = Order(ONE, ONE, dict.fromkeys(VARIANTS, np.full(9, 0.1)), ONE, ONE, ONE, 0.5)
    growth = {"time": {9: np.ones(16), 90: np.ones(16)}}
    gaps = {v: rng.uniform(0.1, 2, 16) for v in VARIANTS}
    arcs = Arcs(1.6, gaps, np.full(16, 0.1), growth)
    yield embeddings.six_panels(dict.fromkeys(VARIANTS, points), rat(globe), 40)
    yield losses.curves(fallen())
    yield losses.goodness_of_fit(fallen())
    yield shape.scores(order)
    yield shape.gaps(arcs)
    yield shape.gaps_in_training(arcs)
    yield raster.raster(rat(globe), seconds=7)


def brightness(colour):
    return max(to_rgb(colour))


def check_dark(fig):
    assert isinstance(fig, Figure)
    assert to_rgb(fig.get_facecolor()) == to_rgb(style.BACKGROUND)
    for ax in fig.axes:
        assert brightness(ax.get_facecolor()) < 0.15, "an axes is bright"
        for axis in ("xaxis", "yaxis", "zaxis") if ax.name == "3d" else ():
            assert brightness(getattr(ax, axis).pane.get_facecolor()) < 0.15, "a pane is bright"
        if (legend := ax.get_legend()) is not None:
            assert brightness(legend.get_frame().get_facecolor()) < 0.15, "a legend is bright"
            assert all(brightness(text.get_color()) > 0.5 for text in legend.get_texts())
        texts = [ax.xaxis.label, ax.yaxis.label, ax.title, *ax.get_xticklabels(), *ax.texts]
        assert all(brightness(text.get_color()) > 0.5 for text in texts), "dark text on dark"


def test_every_figure_is_dark(globe):
    points, position, _ = globe
    pictures = list(all_pictures(globe))
    assert len({picture.name for picture in pictures}) == 7, "each has an anchor of its own"
    for fig in [picture.fig for picture in pictures]:
        check_dark(fig)
    check_dark(embeddings.ring_portrait(points, position, 1.6))


def test_the_style_file_and_the_palette_agree():
    rc = matplotlib.rcParams
    assert to_rgb(rc["figure.facecolor"]) == to_rgb(style.BACKGROUND) == to_rgb("#0a0f14")
    assert to_rgb(rc["axes.facecolor"]) == to_rgb(style.CARD)
    assert to_rgb(rc["text.color"]) == to_rgb(style.INK)
    cycle = [to_rgb(entry["color"]) for entry in rc["axes.prop_cycle"]]
    assert cycle[:2] == [to_rgb("#64dcc8"), to_rgb("#e74c6f")]
    assert [to_rgb(style.TEAL), to_rgb(style.CORAL)] == cycle[:2]


def test_a_new_3d_pane_and_colour_bar_are_dark():
    fig = plt.figure()
    ax = fig.add_subplot(projection="3d")
    fig.colorbar(ax.scatter([0, 1], [0, 1], [0, 1], c=[0, 1], label="dots"))
    ax.legend()
    fig.canvas.draw()
    check_dark(fig)


def test_position_colours_grow_lighter_all_the_way():
    red, green, blue = style.POSITION(np.linspace(0, 1, 64))[:, :3].T
    assert (np.diff(0.2126 * red + 0.7152 * green + 0.0722 * blue) > 0).all()


def shown(monkeypatch, fig, **words):
    words = {"alt": "a line", "caption": "A line.", "name": "a-line"} | words
    outputs = []
    monkeypatch.setattr(style, "display", lambda *args, **kwargs: outputs.append((args, kwargs)))
    style.show(style.Picture(fig, **words))
    return outputs


def test_show_gives_picture_alt_text_and_caption_and_closes(monkeypatch):
    fig, ax = plt.subplots()
    ax.plot([0, 1])
    (picture, settings), (caption, _) = shown(monkeypatch, fig)
    data = base64.b64decode(picture[0]["image/png"])
    image = Image.open(io.BytesIO(data)).convert("RGB")
    assert image.getpixel((0, 0)) == (10, 15, 20)
    assert settings["metadata"]["image/png"]["alt"] == "a line"
    assert caption[0].data == '<p class="book-caption" id="fig-a-line">A line.</p>'
    assert not plt.fignum_exists(fig.number)


def stamps(fig):
    return [text.get_text() for text in fig.texts if text.get_gid() == "stamp"]


@pytest.mark.parametrize(
    ("recording", "expected"),
    [(REAL, []), (SIMULATED, ["SIMULATED"]), (SYNTHETIC, ["SYNTHETIC"])],
)
def test_show_stamps_what_is_no_real_recording(monkeypatch, recording, expected, globe):
    style.use(recording)
    monkeypatch.setattr(style, "to_png", lambda fig: b"")  # drawing is tested elsewhere, and slow
    for picture in all_pictures(globe):
        shown(monkeypatch, picture.fig)
        assert stamps(picture.fig) == expected


def test_a_stand_in_is_stamped_louder_than_synthetic_data():
    loud, quiet = (style.stamp(plt.figure(), text).texts[0] for text in style.STAMPS)
    assert (loud.get_color(), quiet.get_color()) == (style.CORAL, style.MUTED)


def test_the_stamp_changes_the_picture():
    fig = plt.figure()
    before = hashlib.sha256(style.to_png(fig)).digest()
    assert hashlib.sha256(style.to_png(style.stamp(fig))).digest() != before


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ({"alt": ""}, "empty alt"),
        ({"alt": "  "}, "empty alt"),
        ({"caption": ""}, "empty caption"),
        ({"name": "Six Panels"}, "lower-case words"),
        ({"name": 'x" onload="y'}, "lower-case words"),
    ],
)
def test_show_insists_on_words(monkeypatch, words, message):
    with pytest.raises(ValueError, match=message):
        shown(monkeypatch, plt.figure(), **words)


def test_show_refuses_a_figure_of_unknown_source(monkeypatch):
    style.use()
    with pytest.raises(RuntimeError, match="style.use"):
        shown(monkeypatch, plt.figure())


def test_fewer_colours_weigh_less_and_stay_close(globe):
    fig = embeddings.ring_portrait(*globe[:2], 1.6)
    small, raw = style.to_png(fig, dpi=100), io.BytesIO()
    fig.savefig(raw, dpi=100)
    full = np.asarray(Image.open(raw).convert("RGB"), dtype=int)
    picture = np.asarray(Image.open(io.BytesIO(small)).convert("RGB"), dtype=int)
    assert picture.shape == full.shape
    assert np.abs(picture - full).mean() < 3
    assert len(small) < len(raw.getvalue())


def test_face_on_is_a_rotation_that_puts_the_flattest_axis_last():
    rng = np.random.default_rng(2)
    points = rng.normal(size=(400, 3)) * (0.1, 3, 1)
    turned = embeddings.face_on(points)
    assert np.allclose(turned @ turned.T, points @ points.T)  # all distances and angles kept
    assert (np.diff((turned**2).mean(0)) < 0).all()
    turn = np.linalg.lstsq(points, turned, rcond=None)[0]
    assert np.isclose(np.linalg.det(turn), 1)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda p, x, d: (p[:, :2], x, d), r"\(300, 2\)"),
        (lambda p, x, d: (p, x[:-1], d), "position has shape"),
        (lambda p, x, d: (p, x, d[:-1]), "direction has shape"),
        (lambda p, x, d: (np.where(p == p[4], np.nan, p), x, d), "1 rows with NaN"),
    ],
)
def test_six_panels_names_what_does_not_fit(globe, change, message):
    points, position, direction = change(*globe)
    with pytest.raises(ValueError, match=message):
        embeddings.six_panels(
            dict.fromkeys(VARIANTS, points), rat((points, position, direction)), 40
        )


def test_six_panels_names_a_missing_variant(globe):
    with pytest.raises(ValueError, match="lack time"):
        embeddings.six_panels({v: globe[0] for v in VARIANTS if v != "time"}, rat(globe), 40)


def test_six_panels_shows_every_bin_in_its_colour(globe):
    fig = embeddings.six_panels(dict.fromkeys(VARIANTS, globe[0]), rat(globe), 40).fig
    clouds = [ax.collections[-1] for ax in fig.axes if ax.name == "3d"]
    assert [len(cloud.get_offsets()) for cloud in clouds] == [300] * 6
    assert all(cloud.norm.vmax == 1.6 for cloud in clouds[:5])
    colours = np.unique(np.round(clouds[5].get_facecolor()[:, :3], 3), axis=0)
    assert len(colours) == 2


def test_losses_refuse_a_training_that_went_wrong():
    with pytest.raises(ValueError, match="loss of posdir"):
        losses.curves(fallen(posdir=np.array([6.0, np.nan])))


def test_smoothing_is_the_mean_over_the_last_steps():
    values = np.arange(10.0)
    assert np.allclose(losses._smooth(values, 4)[5], values[2:6].mean())
    assert losses._smooth(values, 4)[0] == 0


def test_bars_are_as_long_as_their_values():
    bits = {"posdir": 1.0, "shuffled": 0.1}
    bars = losses.bars(bits, {}, {}).axes[0].patches
    assert [bar.get_width() for bar in bars] == list(bits.values())


def test_neurons_are_ordered_by_their_place():
    position = np.linspace(0, 1.6, 400, endpoint=False)
    centres = np.array([1.2, 0.2, 0.8])
    spikes = (np.abs(position[:, None] - centres) < 0.05).astype(int)
    assert raster.place_order(spikes, position, 1.6).tolist() == [1, 2, 0]

"""A slider and a play button that walk through a recording: for the globe and for the track.

`SCRIPT` defines ``bookReplay(figure, count, rate, show)``: it drives the controls within `figure`
through `count` steps, `rate` of them a second, and writes what ``show(step)`` returns beside them.
Who asked for less motion gets the slider without the play button.
"""

from html import escape


def controls(label: str) -> str:
    """Write the slider, the button and the line that says where one is.

    Parameters
    ----------
    label : str
        What the slider moves through, for those who cannot see it.

    Returns
    -------
    str
        HTML. The script shows it; without scripts it stays out of the way.
    """
    return (
        '<div class="book-replay" hidden><button type="button" aria-pressed="false">play</button>'
        f'<input type="range" min="0" value="0" step="1" aria-label="{escape(label, quote=True)}" '
        'style="width:60%;vertical-align:middle"><output></output></div>'
    )


SCRIPT = """
window.bookReplay = window.bookReplay || function (figure, count, rate, show) {
  const bar = figure.querySelector(".book-replay");
  const [button, slider, line] = ["button", "input", "output"].map((n) => bar.querySelector(n));
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  let step = 0, last = 0, playing = false;
  function place(next) {
    step = next;
    slider.value = Math.floor(step);
    line.textContent = show(Math.floor(step));
    slider.setAttribute("aria-valuetext", line.textContent);
  }
  function play(on) {
    playing = on && !still.matches;
    button.textContent = playing ? "pause" : "play";
    button.setAttribute("aria-pressed", String(playing));
    figure.dataset.playing = String(playing);
    if (!playing) return;
    if (step >= count - 1) step = 0;
    last = performance.now();
    requestAnimationFrame(tick);
  }
  function tick(now) {
    if (!playing) return;
    const next = Math.min(count - 1, step + ((now - last) / 1000) * rate);
    last = now;
    if (Math.floor(next) !== Math.floor(step)) place(next);
    else step = next;
    if (step >= count - 1) play(false);
    else requestAnimationFrame(tick);
  }
  button.addEventListener("click", () => play(!playing));
  slider.addEventListener("input", () => { play(false); place(Number(slider.value)); });
  still.addEventListener("change", () => { play(false); button.hidden = still.matches; });
  slider.max = count - 1;
  button.hidden = still.matches;
  bar.hidden = false;
  place(0);
};
"""

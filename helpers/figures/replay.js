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

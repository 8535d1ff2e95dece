(function () {
  const figure = document.getElementById("FIGURE_ID");
  const canvas = figure.querySelector(".book-plotly-canvas");
  const spec = JSON.parse(figure.querySelector(".book-plotly-data").textContent);
  function draw() {
    canvas.textContent = "";
    Plotly.newPlot(canvas, spec.data, spec.layout, spec.config);
    const buttons = figure.querySelectorAll("button[data-colour]");
    buttons.forEach((button) => button.addEventListener("click", () => {
      buttons.forEach((other) => other.setAttribute("aria-pressed", String(other === button)));
      const markers = [spec.colourings[button.dataset.colour]].flat();
      Plotly.restyle(canvas, { marker: markers }, markers.map((_, trace) => trace));
    }));
    if (spec.replay) walk(spec.replay, spec.data[0], spec.data[spec.replay.walker].line.color);
  }
  function walk(plan, points, colour) {
    const place = spec.colourings.position.color;
    bookReplay(figure, points.x.length, 20, (bin) => {
      let run = plan.starts.length - 1;
      while (plan.starts[run] > bin) run -= 1;
      const start = Math.max(plan.starts[run], bin - 40);
      const trail = ["x", "y", "z"].map((axis) => points[axis].slice(start, bin + 1));
      const size = trail[0].map((_, k) => (start + k === bin ? 9 : 0));
      const [x, y, z] = trail.map((values) => [values]);
      Plotly.restyle(canvas, { x, y, z, marker: [{ color: colour, size }] }, [plan.walker]);
      return `run ${run + 1} of ${plan.starts.length}, at ${place[bin].toFixed(2)} m of ` +
        `${plan.length.toFixed(2)} m`;
    });
  }
  function sorry() {
    canvas.textContent = "plotly.js did not load: without it this figure cannot be turned.";
  }
  function whenLoaded() {
    if (window.Plotly) return draw();
    let script = document.querySelector('script[src*="plotly"]');
    if (!script) {
      script = document.createElement("script");
      script.src = "PLOTLY_URL";
      document.head.appendChild(script);
    }
    script.addEventListener("load", draw);
    script.addEventListener("error", sorry);
    window.addEventListener("load", () => { if (!window.Plotly) sorry(); });
  }
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", whenLoaded);
  else whenLoaded();
})();

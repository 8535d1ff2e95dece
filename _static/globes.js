// Rotatable figures wait until they are nearly in sight. Then plotly.js is fetched, once, and the
// figure's points; the figure's own script, which _ext/plotlyjs.py made inert, draws it.
(() => {
  "use strict";
  const library = new URL("plotly.min.js", document.currentScript.src);
  const REACH = "600px"; // how far below the screen a figure begins to load
  let last = Promise.resolve();

  function fetched(address) {
    return new Promise((done, failed) => {
      const script = document.createElement("script");
      script.src = address;
      script.onload = done;
      script.onerror = () => failed(new Error(`${address} did not load`));
      document.head.append(script);
    });
  }

  async function draw(figure) {
    const points = figure.querySelector(".book-plotly-data");
    const waiting = figure.querySelector('script[type="text/book-plotly"]');
    try {
      if (!window.Plotly) await fetched(library);
      await fetched(points.dataset.points);
    } catch (error) {
      const says = `${error.message}: without it this figure cannot be turned.`;
      figure.querySelector(".book-plotly-canvas").textContent = says;
      return;
    }
    points.textContent = window.bookPoints;
    const awake = document.createElement("script");
    awake.textContent = waiting.textContent;
    waiting.replaceWith(awake);
  }

  const inTurn = (figure) => (last = last.then(() => draw(figure)));

  function begin() {
    const figures = document.querySelectorAll(".book-plotly");
    if (!("IntersectionObserver" in window)) return figures.forEach(inTurn);
    const watch = new IntersectionObserver(
      (entries) => {
        for (const entry of entries) {
          if (!entry.isIntersecting) continue;
          watch.unobserve(entry.target);
          inTurn(entry.target);
        }
      },
      { rootMargin: REACH },
    );
    figures.forEach((figure) => watch.observe(figure));
  }
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin);
  else begin();
})();

// A slow field of neurons behind the title: near ones share a synapse, now and then one fires.
// Purely for the eye. It rests when it is out of sight, and stands still for those who ask for that.
(() => {
  "use strict";
  const canvas = document.getElementById("neurons");
  if (!canvas) return;
  const pen = canvas.getContext("2d");
  const REACH = 120; // pixels within which two cells are linked
  const SPEED = 7; // pixels a second
  const PAUSE = 1000 / 24; // milliseconds from drawing to drawing: at this speed more is not seen
  const PHONE = 700; // narrower than this, the field is drawn in fewer pixels
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  let cells = [];
  let fading = "";
  let width = 0;
  let height = 0;
  let last = 0;
  let request = 0;
  let visible = true;

  // a small generator with a seed, so that the field opens alike each time
  let state = 2023;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 4294967296;
  };

  function grow() {
    width = canvas.clientWidth;
    height = canvas.clientHeight;
    const sharp = width < PHONE ? 1 : Math.min(window.devicePixelRatio || 1, 1.5);
    canvas.width = width * sharp;
    canvas.height = height * sharp;
    pen.setTransform(sharp, 0, 0, sharp, 0, 0);
    fading = pen.createLinearGradient(0, 0.7 * height, 0, height);
    fading.addColorStop(0, "rgba(0,0,0,0)");
    fading.addColorStop(1, "#000");
    state = 2023;
    const count = Math.min(90, Math.round((width * height) / 9000));
    cells = Array.from({ length: count }, () => {
      const angle = random() * 2 * Math.PI;
      return {
        x: random() * width,
        y: random() * height,
        vx: Math.cos(angle) * SPEED,
        vy: Math.sin(angle) * SPEED,
        size: 1 + random() * 1.6,
        glow: random() < 0.12 ? 1 : 0,
      };
    });
  }

  function step(seconds) {
    for (const cell of cells) {
      cell.x = (cell.x + cell.vx * seconds + width) % width;
      cell.y = (cell.y + cell.vy * seconds + height) % height;
      cell.glow = Math.max(0, cell.glow - seconds / 1.6);
      if (random() < seconds * 0.035) cell.glow = 1;
    }
  }

  function draw() {
    const light = document.documentElement.dataset.theme === "light";
    const [teal, coral] = light ? ["11,110,97", "179,32,63"] : ["100,220,200", "231,76,111"];
    pen.clearRect(0, 0, width, height);
    pen.lineWidth = 1;
    for (let i = 0; i < cells.length; i++) {
      for (let j = 0; j < i; j++) {
        const far = Math.hypot(cells[i].x - cells[j].x, cells[i].y - cells[j].y);
        if (far > REACH) continue;
        const fired = Math.max(cells[i].glow, cells[j].glow);
        pen.strokeStyle = `rgba(${fired > 0.3 ? coral : teal},${(1 - far / REACH) * (0.14 + 0.3 * fired)})`;
        pen.beginPath();
        pen.moveTo(cells[i].x, cells[i].y);
        pen.lineTo(cells[j].x, cells[j].y);
        pen.stroke();
      }
    }
    for (const cell of cells) {
      pen.fillStyle = `rgba(${cell.glow > 0.3 ? coral : teal},${0.45 + 0.5 * cell.glow})`;
      pen.beginPath();
      pen.arc(cell.x, cell.y, cell.size + 1.6 * cell.glow, 0, 2 * Math.PI);
      pen.fill();
    }
    // the field fades out below; a mask in the style sheet would be composed anew at each frame
    pen.globalCompositeOperation = "destination-out";
    pen.fillStyle = fading;
    pen.fillRect(0, 0.7 * height, width, 0.3 * height + 1);
    pen.globalCompositeOperation = "source-over";
  }

  function frame(now) {
    request = requestAnimationFrame(frame);
    if (now - last < PAUSE) return;
    step(Math.min(0.1, (now - last) / 1000));
    last = now;
    draw();
  }

  // `data-moving` tells tests, and whoever is curious, whether anything moves
  function run() {
    cancelAnimationFrame(request);
    const moving = visible && !still.matches && !document.hidden;
    canvas.dataset.moving = String(moving);
    if (!moving) return draw();
    last = performance.now();
    request = requestAnimationFrame(frame);
  }

  // the title is there first; the field may come a moment later
  const begin = () => {
    grow();
    run();
    new IntersectionObserver(([entry]) => {
      visible = entry.isIntersecting;
      run();
    }).observe(canvas);
    new ResizeObserver(() => {
      if (canvas.clientWidth !== width) {
        grow();
        draw();
      }
    }).observe(canvas);
    new MutationObserver(draw).observe(document.documentElement, { attributeFilter: ["data-theme"] });
    still.addEventListener("change", run);
    document.addEventListener("visibilitychange", run);
  };
  const idly = () => {
    if ("requestIdleCallback" in window) requestIdleCallback(begin, { timeout: 3000 });
    else setTimeout(begin, 300);
  };
  if (document.readyState === "complete") idly();
  else addEventListener("load", idly);
})();

// Small things of every page: sections that fade in, figures that open, the scorecard's filter.
// Without this script everything is there and readable; it only adds.
(() => {
  "use strict";
  const still = matchMedia("(prefers-reduced-motion: reduce)");

  // ---- sections fade in as they are reached; what is on the screen at first never hides
  function fade() {
    if (still.matches || !("IntersectionObserver" in window)) return;
    const parts = document.querySelectorAll(".bd-article:has(.hero) section section, .figurecard, .statcard");
    const below = [...parts].filter((part) => part.getBoundingClientRect().top > innerHeight);
    const watch = new IntersectionObserver(
      (entries) => {
        for (const entry of entries) {
          if (!entry.isIntersecting) continue;
          entry.target.classList.remove("is-below");
          watch.unobserve(entry.target);
        }
      },
      { rootMargin: "0px 0px -8% 0px" },
    );
    for (const part of below) {
      part.classList.add("may-fade", "is-below");
      watch.observe(part);
    }
    const all = () => below.forEach((part) => part.classList.remove("is-below"));
    still.addEventListener("change", all);
    addEventListener("beforeprint", all);
  }

  // ---- figures open over the page; the browser's own dialog keeps focus and knows Escape
  function figures() {
    const all = [...document.querySelectorAll("a.zoom")];
    const links = all.filter((link) => !link.closest(".answer-picture")); // shown once more below
    if (!all.length || !("HTMLDialogElement" in window)) return;
    const dialog = document.createElement("dialog");
    dialog.className = "zoomed";
    dialog.innerHTML =
      '<form method="dialog"><button type="button" data-step="-1" aria-label="Previous figure">‹</button>' +
      '<span aria-live="polite"></span>' +
      '<button type="button" data-step="1" aria-label="Next figure">›</button>' +
      '<button class="zoom-close" aria-label="Close">×</button></form>' +
      '<figure><img alt="A figure of this page"><figcaption></figcaption></figure>';
    const [picture, caption, count] = ["img", "figcaption", "span"].map((n) => dialog.querySelector(n));
    let at = 0;
    // letters of eight points, drawn at 150 dots an inch, are nine pixels high at this share
    const LEGIBLE = 0.56;
    picture.addEventListener("load", () => {
      const least = LEGIBLE * picture.naturalWidth;
      picture.classList.toggle("scrolls", least > innerWidth);
      picture.style.minWidth = least > innerWidth ? `${Math.round(least)}px` : "";
    });
    function show(index) {
      at = (index + links.length) % links.length;
      const small = links[at].querySelector("img");
      picture.src = links[at].href;
      picture.alt = small.alt;
      dialog.setAttribute("aria-label", `Figure ${at + 1}`);
      count.textContent = `${at + 1} of ${links.length}`;
      const words = links[at].closest(".cell_output, .figurecard")?.querySelectorAll(".book-caption, h3");
      const follows = (text) => links[at].compareDocumentPosition(text) & Node.DOCUMENT_POSITION_FOLLOWING;
      caption.innerHTML = [...(words ?? [])].find(follows)?.innerHTML ?? "";
    }
    all.forEach((link) =>
      link.addEventListener("click", (event) => {
        const index = links.findIndex((one) => one.href === link.href);
        if (index < 0 || event.metaKey || event.ctrlKey || event.shiftKey) return;
        event.preventDefault();
        show(index);
        dialog.showModal();
        dialog.querySelector(".zoom-close").focus();
      }),
    );
    dialog.addEventListener("click", (event) => {
      if (event.target.dataset.step) show(at + Number(event.target.dataset.step));
      else if (!event.target.closest("form, img, figcaption")) dialog.close();
    });
    dialog.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (step) show(at + step);
    });
    document.body.append(dialog);
  }

  // ---- all folded code of a page at once, and of the next page too: the choice is remembered
  function folds() {
    const all = [...document.querySelectorAll("details.code-fold")];
    const title = document.querySelector(".bd-article h1");
    if (!all.length || !title) return;
    const place = document.querySelector(".reading-time") ?? title.appendChild(document.createElement("p"));
    const button = document.createElement("button");
    button.type = "button";
    button.className = "open-all";
    const apply = (open) => {
      button.setAttribute("aria-pressed", open);
      button.textContent = open ? "Fold the code" : "Show all code";
      for (const one of all) one.open = open;
    };
    let kept = null;
    try {
      kept = localStorage.getItem("code");
    } catch {} // a browser may forbid it: then nothing is remembered
    apply(kept === "open");
    button.addEventListener("click", () => {
      const open = button.getAttribute("aria-pressed") !== "true";
      apply(open);
      try {
        localStorage.setItem("code", open ? "open" : "folded");
      } catch {}
    });
    place.append(button);
  }

  // ---- tables: the first columns, the others on demand; every table as CSV
  const COLUMNS = 6;

  function csv(table) {
    const quoted = (cell) => `"${cell.textContent.trim().replace(/"/g, '""')}"`;
    return [...table.rows].map((row) => [...row.cells].map(quoted).join(",")).join("\r\n");
  }

  function tool(text, act) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = text;
    button.addEventListener("click", () => act(button));
    return button;
  }

  function save(text, name) {
    const link = document.createElement("a");
    const page = location.pathname.split("/").pop().replace(".html", "");
    link.href = URL.createObjectURL(new Blob(["\ufeff", text], { type: "text/csv" }));
    link.download = `${page}-${name}.csv`;
    link.click();
    URL.revokeObjectURL(link.href);
  }

  // ---- what moves, as numbers: embeddings and decoded paths are derived values, with their source
  const HC11 = "derived from hc-11: Grosmark & Buzsaki 2016 https://doi.org/10.1126/science.aad1935";
  const source = () => `# ${document.querySelector(".simulated") ? "simulated" : HC11}`;

  function path(figure) {
    const data = JSON.parse(figure.querySelector(".book-track-data").textContent);
    const rows = data.true.flatMap((run, number) =>
      run.map((place, bin) => [number + 1, bin, place, data.read[number][bin]].join(",")),
    );
    return [source(), "run,bin,position_cm,decoded_cm", ...rows].join("\n");
  }

  function points(figure) {
    const rows = figure.querySelector(".js-plotly-plot").data.flatMap(({ name, x, y, z, marker }) =>
      x.map((_, n) => [name ?? "", x[n], y[n], z[n], marker?.color?.[n] ?? ""].join(",")),
    );
    return [source(), "name,x,y,z,colour", ...rows].join("\n");
  }

  function downloads() {
    for (const figure of document.querySelectorAll("figure:is(.book-track, .book-plotly)")) {
      const flat = figure.matches(".book-track");
      const ready = () => flat || figure.querySelector(".js-plotly-plot");
      const down = tool("CSV", () => ready() && save((flat ? path : points)(figure), figure.id));
      down.setAttribute("aria-label", "This figure's points as CSV");
      const bar = document.createElement("div");
      bar.className = "table-tools";
      bar.append(down);
      figure.after(bar);
    }
  }

  function tables() {
    const all = document.querySelectorAll(".bd-article .cell_output table, .bd-article table.book-scorecard");
    [...new Set(all)].forEach((table, index) => {
      const bar = document.createElement("div");
      bar.className = "table-tools";
      if (table.rows[0]?.cells.length > COLUMNS && !table.matches(".book-scorecard")) {
        table.classList.add("first-columns");
        const more = tool("all columns", (button) => {
          const narrow = table.classList.toggle("first-columns");
          button.setAttribute("aria-pressed", !narrow);
        });
        more.setAttribute("aria-pressed", "false");
        bar.append(more);
      }
      const number = index + 1;
      const down = tool("CSV", () => save(csv(table), `table-${number}`));
      down.setAttribute("aria-label", `Table ${number} of this page as CSV`);
      bar.append(down);
      const box = table.closest(".pst-scrollable-table-container") ?? table;
      box.after(bar);
    });
  }

  // ---- what scrolls sideways can be reached by the keyboard; the theme forgets tables
  function reachable() {
    const boxes = document.querySelectorAll(".pst-scrollable-table-container, div.math, div.cell_output");
    if (!("ResizeObserver" in window)) return;
    const watch = new ResizeObserver((entries) => {
      for (const { target } of entries) {
        const box = target.matches("table") ? target.parentElement : target;
        if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
        else box.removeAttribute("tabindex");
      }
    });
    for (const box of boxes) {
      watch.observe(box);
      const table = box.querySelector(":scope > table");
      if (table) watch.observe(table); // a font that arrives changes it, not the box
    }
  }

  // ---- the scorecard: rows by verdict, source, chapter and words
  const FIELDS = [
    ["verdict", "Verdict"],
    ["saidBy", "Said by"],
    ["chapter", "Chapter"],
  ];

  function choice(name, label, values) {
    const box = document.createElement("label");
    const select = document.createElement("select");
    select.name = name;
    select.add(new Option("all", ""));
    for (const value of values) select.add(new Option(value, value));
    box.append(`${label} `, select);
    return box;
  }

  function filter(table) {
    const rows = [...table.querySelectorAll("tbody tr[data-claim]")];
    if (!rows.length) return;
    const bar = document.createElement("form");
    bar.className = "scorefilter";
    bar.setAttribute("role", "search");
    bar.setAttribute("aria-label", "Filter the claims");
    for (const [name, label] of FIELDS) {
      const values = [...new Set(rows.map((row) => row.dataset[name]))].sort();
      bar.append(choice(name, label, values));
    }
    const words = document.createElement("label");
    words.innerHTML = 'Words <input type="search" name="words" autocomplete="off">';
    const count = document.createElement("output");
    count.setAttribute("aria-live", "polite");
    bar.append(words, count);
    const groups = [...table.querySelectorAll("tbody tr.group")];

    function apply() {
      const asked = Object.fromEntries(new FormData(bar));
      const text = asked.words.trim().toLowerCase();
      let shown = 0;
      for (const row of rows) {
        const fits =
          FIELDS.every(([name]) => !asked[name] || row.dataset[name] === asked[name]) &&
          (!text || `${row.textContent} ${row.dataset.claim}`.toLowerCase().includes(text));
        row.hidden = !fits;
        shown += fits;
      }
      for (const group of groups) {
        let next = group.nextElementSibling;
        let any = false;
        for (; next && !next.classList.contains("group"); next = next.nextElementSibling) {
          any ||= !next.hidden;
        }
        group.hidden = !any;
      }
      count.textContent = `${shown} of ${rows.length} claims`;
    }
    bar.addEventListener("input", apply);
    bar.addEventListener("submit", (event) => event.preventDefault());
    table.before(bar);
    apply();
  }

  function begin() {
    fade();
    figures();
    folds();
    tables();
    downloads();
    reachable();
    document.querySelectorAll("table.book-scorecard").forEach(filter);
  }
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin);
  else begin();
})();

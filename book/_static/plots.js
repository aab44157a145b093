// Plots that a reader can ask: below a figure that has one, a button opens it. The figure itself stays.
"use strict";

(() => {
  const HEIGHT = 320;
  const MARGIN = { left: 56, right: 14, top: 12, bottom: 42 };

  // Numbers to the screen, linear or logarithmic.
  function scale(values, from, to, logarithmic) {
    const place = logarithmic ? Math.log : (value) => value;
    const ends = [Math.min(...values), Math.max(...values)].map(place);
    const span = ends[1] - ends[0] || 1;
    return (value) => from + ((place(value) - ends[0]) / span) * (to - from);
  }

  function path(points) {
    return points.map(([x, y], i) => `${i ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`).join("");
  }

  const brief = (value) => String(Number.isInteger(value) ? value : Number(value.toPrecision(3)));

  class Plot {
    constructor(host, data) {
      this.host = host;
      this.data = data;
      this.panel = Object.keys(data.panels)[0];
      this.hidden = new Set();
      this.singles = false;
      this.at = null;
      host.innerHTML = `<p class="plot-choices"></p><div class="plot-picture"></div>`
        + `<p class="plot-said" role="status" aria-live="polite"></p>`;
      this.choices();
      this.draw();
      window.addEventListener("resize", () => this.draw());
    }

    // A panel to choose, curves and single draws to toggle.
    choices() {
      const place = this.host.querySelector(".plot-choices");
      const { panels, looks, draws } = this.data;
      const options = Object.entries(panels).map(([name, title]) => new Option(title, name));
      const select = Object.assign(document.createElement("select"), { ariaLabel: "reading" });
      select.append(...options);
      select.addEventListener("change", () => { this.panel = select.value; this.draw(); });
      if (options.length > 1) place.append(select);
      for (const [name, look] of Object.entries(looks)) {
        place.append(this.box(look.label, look.colour, true, (on) => {
          if (on) this.hidden.delete(name); else this.hidden.add(name);
        }));
      }
      if (draws.length) place.append(this.box("single draws", null, false, (on) => { this.singles = on; }));
    }

    box(label, colour, checked, changed) {
      const line = document.createElement("label");
      const input = Object.assign(document.createElement("input"), { type: "checkbox", checked });
      input.addEventListener("change", () => { changed(input.checked); this.draw(); });
      const key = document.createElement("span");
      if (colour) {
        key.className = "plot-key";
        key.style.setProperty("--method", colour);
      }
      line.append(input, key, label);
      return line;
    }

    rows(all) {
      return all.filter((row) => row.panel === this.panel && !this.hidden.has(row.curve));
    }

    draw() {
      const { data } = this;
      const picture = this.host.querySelector(".plot-picture");
      const width = Math.max(280, picture.clientWidth);
      const inPanel = data.curves.filter((row) => row.panel === this.panel);
      const [logX, logY] = data.logarithmic;
      const heights = inPanel.flatMap((row) => [row.low, row.high]);
      const ends = logY ? heights.filter((value) => value > 0) : [0, ...heights, ...(data.y.includes("%") ? [100] : [])];
      this.x = scale(inPanel.map((row) => row.x), MARGIN.left, width - MARGIN.right, logX);
      this.y = scale(ends, HEIGHT - MARGIN.bottom, MARGIN.top, logY);
      this.places = [...new Set(inPanel.map((row) => row.x))].sort((a, b) => a - b);
      const least = Math.min(...ends), most = Math.max(...ends);
      const ticks = [0, 1, 2, 3, 4].map((k) => (logY ? least * (most / least) ** (k / 4) : least + (k * (most - least)) / 4));
      const grid = ticks.map((value) => `<line class="plot-grid" x1="${MARGIN.left}" x2="${width - MARGIN.right}" y1="${this.y(value)}" y2="${this.y(value)}"/>`
        + `<text text-anchor="end" x="${MARGIN.left - 6}" y="${this.y(value) + 4}">${brief(value)}</text>`);
      const every = Math.ceil(this.places.length / (width / 45));
      const marks = this.places.filter((_, i) => i % every === 0).map((value) => (
        `<text text-anchor="middle" x="${this.x(value)}" y="${HEIGHT - 24}">${brief(value)}</text>`));
      picture.innerHTML = `<svg tabindex="0" role="img" width="${width}" height="${HEIGHT}" viewBox="0 0 ${width} ${HEIGHT}">`
        + `${grid.join("")}${marks.join("")}${this.singleDraws()}${this.lines()}`
        + `<text text-anchor="middle" x="${width / 2}" y="${HEIGHT - 4}">${data.x}</text>`
        + `<text text-anchor="middle" transform="translate(12 ${HEIGHT / 2}) rotate(-90)">${data.y}</text>`
        + `<line class="plot-cursor" y1="${MARGIN.top}" y2="${HEIGHT - MARGIN.bottom}" visibility="hidden"/></svg>`;
      const svg = picture.firstChild;
      svg.setAttribute("aria-label", `${data.y} against ${data.x}; arrow keys read the values`);
      svg.addEventListener("pointermove", (event) => this.point(event.clientX - svg.getBoundingClientRect().left));
      svg.addEventListener("keydown", (event) => this.key(event));
      if (this.at !== null) this.ask(Math.min(this.at, this.places.length - 1));
    }

    lines() {
      return Object.entries(this.data.looks).map(([name, look]) => {
        const rows = this.rows(this.data.curves).filter((row) => row.curve === name);
        if (!rows.length) return "";
        const above = rows.map((row) => [this.x(row.x), this.y(row.high)]);
        const below = rows.map((row) => [this.x(row.x), this.y(row.low)]).reverse();
        const middle = rows.map((row) => [this.x(row.x), this.y(row.centre)]);
        const dots = middle.map(([x, y]) => `<circle class="plot-dot" cx="${x}" cy="${y}" r="2.5"/>`);
        return `<g data-curve="${name}" style="--method: ${look.colour}"><path class="plot-band" d="${path([...above, ...below])}Z"/>`
          + `<path class="plot-curve" d="${path(middle)}" stroke-dasharray="${look.dash.join(" ")}"/>${dots.join("")}</g>`;
      }).join("");
    }

    singleDraws() {
      if (!this.singles) return "";
      return this.rows(this.data.draws).flatMap((row) => {
        const { colour, label } = this.data.looks[row.curve];
        return row.x.map((x, i) => (
          `<circle class="plot-draw" style="--method: ${colour}" cx="${this.x(x)}" cy="${this.y(row.y[i])}" r="2">`
          + `<title>${label}, ${row.draw}: ${brief(row.y[i])}</title></circle>`));
      }).join("");
    }

    // The place nearest to the pointer.
    point(pixels) {
      const away = this.places.map((value) => Math.abs(this.x(value) - pixels));
      this.ask(away.indexOf(Math.min(...away)));
    }

    key(event) {
      const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (!step) return;
      event.preventDefault();
      const next = this.at === null ? 0 : this.at + step;
      this.ask(Math.min(this.places.length - 1, Math.max(0, next)));
    }

    // Says what every shown curve has at a place.
    ask(place) {
      this.at = place;
      const value = this.places[place];
      const cursor = this.host.querySelector(".plot-cursor");
      for (const end of ["x1", "x2"]) cursor.setAttribute(end, this.x(value));
      cursor.setAttribute("visibility", "visible");
      const found = this.rows(this.data.curves).filter((row) => row.x === value).map((row) => {
        const range = row.high > row.low ? ` (${brief(row.low)} to ${brief(row.high)}, n = ${row.n})` : "";
        return `${this.data.looks[row.curve].label} ${brief(row.centre)}${range}`;
      });
      this.host.querySelector(".plot-said").textContent = `${this.data.x} ${brief(value)}: ${found.join("; ")}`;
    }
  }

  // A figure is the last one before the link to its files.
  function figureOf(link) {
    const before = [...document.querySelectorAll("figure")].filter((figure) => (
      figure.compareDocumentPosition(link) & Node.DOCUMENT_POSITION_FOLLOWING));
    return before.at(-1);
  }

  function offer(id, figure) {
    const details = document.createElement("details");
    details.className = "plot";
    details.dataset.figure = id;
    details.innerHTML = "<summary>Ask this figure: published values, curve by curve</summary><div></div>";
    details.addEventListener("toggle", () => {
      const script = document.createElement("script");
      script.src = `plots/${id}.js`;
      script.addEventListener("load", () => new Plot(details.lastChild, AsyTPlots.data[id]));
      document.head.append(script);
    }, { once: true });
    figure.after(details);
  }

  document.addEventListener("DOMContentLoaded", () => {
    for (const id of window.AsyTPlots?.ids ?? []) { // a page that is built alone has none
      const link = document.querySelector(`article a[href$="figures/${id}/${id}.csv"]`);
      const figure = link && figureOf(link);
      if (figure) offer(id, figure);
    }
  });
})();

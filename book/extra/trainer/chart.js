// Curves of medians with 5-95 % bands against the epoch, as SVG.
"use strict";

AsyT.chart = (() => {
  const HEIGHT = 260;
  const MARGIN = { left: 48, right: 12, top: 12, bottom: 40 };

  // The q-quantile of sorted values, linear between neighbours.
  function quantile(sorted, q) {
    const place = q * (sorted.length - 1);
    const below = Math.floor(place);
    const above = Math.ceil(place);
    return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
  }

  function spread(values) {
    const sorted = Float64Array.from(values).sort();
    return { low: quantile(sorted, 0.05), centre: quantile(sorted, 0.5), high: quantile(sorted, 0.95) };
  }

  // Places of numbers on the screen.
  function scales(width, epochs, most) {
    const across = width - MARGIN.left - MARGIN.right;
    const down = HEIGHT - MARGIN.top - MARGIN.bottom;
    return {
      x: (epoch) => MARGIN.left + (epoch / epochs) * across,
      y: (value) => MARGIN.top + (1 - value / most) * down,
    };
  }

  function path(points) {
    return points.map(([x, y], i) => `${i ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`).join("");
  }

  function curve({ colour, dash, spreads }, { x, y }) {
    const line = spreads.map((at, epoch) => [x(epoch), y(at.centre)]);
    const above = spreads.map((at, epoch) => [x(epoch), y(at.high)]);
    const below = spreads.map((at, epoch) => [x(epoch), y(at.low)]);
    const band = `${path([...above, ...below.reverse()])}Z`;
    return `<g style="--method: ${colour}"><path class="band" d="${band}"/>`
      + `<path class="curve" d="${path(line)}" stroke-dasharray="${dash.join(" ")}"/></g>`;
  }

  function axes(width, epochs, most, step, quantity, { x, y }) {
    const parts = [];
    for (let value = 0; value <= most; value += step) {
      parts.push(`<line class="grid" x1="${x(0)}" x2="${x(epochs)}" y1="${y(value)}" y2="${y(value)}"/>`);
      parts.push(`<text text-anchor="end" x="${x(0) - 6}" y="${y(value) + 4}">${value}</text>`);
    }
    for (let epoch = 0; epoch <= epochs; epoch += 20) {
      parts.push(`<text text-anchor="middle" x="${x(epoch)}" y="${y(0) + 18}">${epoch}</text>`);
    }
    parts.push(`<text text-anchor="middle" x="${x(epochs / 2)}" y="${HEIGHT - 6}">epoch</text>`);
    const middle = `transform="translate(12 ${y(most / 2)}) rotate(-90)"`;
    parts.push(`<text text-anchor="middle" ${middle}>${quantity}</text>`);
    return parts.join("");
  }

  // Draws into a host: curves are { colour, dash, spreads: one a epoch }, `said` is for the ear.
  function draw(host, { curves, epochs, most, step, quantity, said }) {
    const width = Math.max(280, host.clientWidth);
    const places = scales(width, epochs, most);
    const drawn = curves.map((one) => curve(one, places)).join("");
    host.innerHTML = `<svg role="img" viewBox="0 0 ${width} ${HEIGHT}" width="${width}" height="${HEIGHT}">`
      + `${axes(width, epochs, most, step, quantity, places)}${drawn}</svg>`;
    host.firstChild.setAttribute("aria-label", said);
  }

  return { draw, spread };
})();

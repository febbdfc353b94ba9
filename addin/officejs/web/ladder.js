// The price ladder, drawn: where the trade begins, ends well, ends badly, and is taken away.
"use strict";
(() => {
  const SVG = "http://www.w3.org/2000/svg";
  const node = (name, attributes, text) => {
    const made = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    if (text !== undefined) made.textContent = text;
    return made;
  };
  const COLOURS = { entry: "var(--ink)", good: "var(--good)", careful: "var(--careful)", bad: "var(--bad)" };

  // rungs: [{ price, label, kind }]; write: a price as text.
  function draw(rungs, write) {
    const sorted = [...rungs].sort((a, b) => b.price - a.price);
    const high = sorted[0].price, low = sorted[sorted.length - 1].price;
    const height = Math.max(230, sorted.length * 26 + 40), top = 18, bottom = height - 18;
    const at = (price) => (high === low ? (top + bottom) / 2 : top + ((high - price) / (high - low)) * (bottom - top));
    // Labels keep a distance from each other; a line leads from each to its price.
    const places = sorted.map((rung) => at(rung.price));
    for (let i = 1; i < places.length; i += 1) places[i] = Math.max(places[i], places[i - 1] + 22);
    const over = places[places.length - 1] - bottom;
    if (over > 0) {
      places[places.length - 1] = bottom;
      for (let i = places.length - 2; i >= 0; i -= 1) places[i] = Math.min(places[i], places[i + 1] - 22);
    }
    const svg = node("svg", { viewBox: `0 0 340 ${height}`, role: "img", "aria-labelledby": "ladder-words" });
    svg.append(node("line", { x1: 40, x2: 40, y1: top, y2: bottom, stroke: "var(--line)", "stroke-width": 3 }));
    sorted.forEach((rung, i) => {
      const y = at(rung.price);
      const colour = COLOURS[rung.kind];
      svg.append(node("line", { class: "rung", x1: 26, x2: 54, y1: y, y2: y, stroke: colour }));
      svg.append(node("polyline", { points: `54,${y} 84,${places[i]} 96,${places[i]}`, fill: "none", stroke: colour, "stroke-opacity": .6 }));
      const text = node("text", { x: 102, y: places[i] + 4.5 });
      text.append(node("tspan", { "font-weight": 700 }, write(rung.price)));
      text.append(node("tspan", { dx: 10 }, rung.label));
      svg.append(text);
    });
    return svg;
  }

  const words = (rungs, write) => "Price ladder from the top: " + [...rungs]
    .sort((a, b) => b.price - a.price).map(({ label, price }) => `${label} ${write(price)}`).join(", ") + ".";

  window.ladder = { draw, words };
})();

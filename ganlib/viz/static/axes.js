// The axes of a 2-D scene: where numbers lie, ticks, the legend.

const MARGIN = { left: 46, right: 12, top: 10, bottom: 34 };

/** Round numbers that divide [low, high] into about `count` parts. */
function ticks(low, high, count) {
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((m) => m * power >= rough);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const words = (v) => (step >= 1000 && v ? v / 1000 + "k" : v.toFixed(digits).replace("-", "\u2212"));
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => [(first + i) * step, words((first + i) * step)]);
}

/** Maps data to pixels of a plot of the given size, and back. */
function placing({ xlim, ylim }, width, height) {
  const [w, h] = [width - MARGIN.left - MARGIN.right, height - MARGIN.top - MARGIN.bottom];
  const [dx, dy] = [xlim[1] - xlim[0], ylim[1] - ylim[0]];
  return {
    w, h,
    x: (x) => MARGIN.left + ((x - xlim[0]) / dx) * w,
    y: (y) => MARGIN.top + ((ylim[1] - y) / dy) * h,
    back: (px, py) => [xlim[0] + ((px - MARGIN.left) / w) * dx, ylim[1] - ((py - MARGIN.top) / h) * dy],
  };
}

/** Axes, ticks, labels and, if asked for, the names of the lines. */
function drawFrame(g, view, layers, place, colours) {
  g.globalAlpha = 1;
  g.strokeStyle = colours.faint;
  g.fillStyle = colours.text;
  g.lineWidth = 1;
  g.font = "11px sans-serif";
  const [left, bottom] = [MARGIN.left, MARGIN.top + place.h];
  g.beginPath();
  g.moveTo(left, MARGIN.top); g.lineTo(left, bottom); g.lineTo(left + place.w, bottom);
  g.stroke();
  g.textAlign = "center";
  g.textBaseline = "top";
  for (const [x, words] of ticks(...view.xlim, place.w / 70)) g.fillText(words, place.x(x), bottom + 4);
  g.fillText(view.xlabel, left + place.w / 2, bottom + 18);
  g.textAlign = "right";
  g.textBaseline = "middle";
  for (const [y, words] of ticks(...view.ylim, place.h / 40)) g.fillText(words, left - 5, place.y(y));
  if (view.legend) drawLegend(g, layers.filter((l) => l.label && l.kind !== "field"), place, colours);
}

/** The names of lines and points, each behind its line or mark. */
function drawLegend(g, layers, place, colours) {
  const left = MARGIN.left + 8;
  let [x, y] = [left, 10];
  g.textAlign = "left";
  for (const layer of layers) {
    const mark = layer.kind === "points" ? 8 : 18;
    const width = mark + 5 + g.measureText(layer.label).width;
    if (x > left && x + width > MARGIN.left + place.w) [x, y] = [left, y + 14];
    g.globalAlpha = 0.6; // what lies below must not disturb the words
    g.fillStyle = colours.background;
    g.fillRect(x - 3, y - 7, width + 6, 14);
    const pixels = { x: (v) => v, y: (v) => v };
    if (layer.kind === "points") marks.points(g, { ...layer, size: 4, alpha: 1 }, [x + mark / 2, y], pixels, colours);
    else marks.line(g, { ...layer, size: 2, alpha: 1 }, [x, y, x + mark, y], pixels, colours);
    [g.globalAlpha, g.fillStyle] = [1, colours.text];
    g.fillText(layer.label, x + mark + 5, y);
    x += width + 12;
  }
}

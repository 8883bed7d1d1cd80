// How each kind of layer is drawn on a 2-D context. `place` maps data to pixels, `colours` holds the theme.

/** "#rrggbb" to [r, g, b]. */
const rgb = (hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));

/** 30 % of a colour on the background, as the pictures of the course tint it. */
const tint = (hex, colours) => rgb(hex).map((c, i) => 0.3 * c + 0.7 * rgb(colours.background)[i]);

/** Traces a mark of radius `r` around a pixel; `filled` says whether its inside is painted. */
const shapes = {
  o: { filled: true, trace(g, x, y, r) { g.moveTo(x + r, y); g.arc(x, y, r, 0, 2 * Math.PI); } },
  x: {
    filled: false,
    trace(g, x, y, r) { g.moveTo(x - r, y - r); g.lineTo(x + r, y + r); g.moveTo(x - r, y + r); g.lineTo(x + r, y - r); },
  },
  square: { filled: true, trace(g, x, y, r) { g.rect(x - 0.9 * r, y - 0.9 * r, 1.8 * r, 1.8 * r); } },
  diamond: {
    filled: true,
    trace(g, x, y, r) { g.moveTo(x, y - r); g.lineTo(x + r, y); g.lineTo(x, y + r); g.lineTo(x - r, y); g.closePath(); },
  },
};
shapes.ring = { ...shapes.o, filled: false };
shapes.box = { ...shapes.square, filled: false };

const marks = {
  /** Rows from bottom to top of values; the layer's tints, evenly spaced, go from the lower to the upper limit. */
  field(g, layer, values, place, colours) {
    const [rows, columns] = layer.shape;
    const [low, high] = layer.limits;
    const sheet = new OffscreenCanvas(columns, rows);
    const pen = sheet.getContext("2d");
    const picture = pen.createImageData(columns, rows);
    const stops = layer.tints.map((name) => tint(colours[name], colours));
    const background = rgb(colours.background);
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        const value = values[(rows - 1 - row) * columns + column];
        const v = Math.min(1, Math.max(0, (value - low) / (high - low))) * (stops.length - 1);
        const from = Math.min(Math.floor(v), stops.length - 2);
        const at = 4 * (row * columns + column);
        for (let k = 0; k < 3; k++)
          picture.data[at + k] = Number.isNaN(value)
            ? background[k]
            : stops[from][k] + (v - from) * (stops[from + 1][k] - stops[from][k]);
        picture.data[at + 3] = 255;
      }
    }
    pen.putImageData(picture, 0, 0);
    const [left, right, bottom, top] = layer.extent;
    g.imageSmoothingEnabled = true;
    g.drawImage(sheet, place.x(left), place.y(top), place.x(right) - place.x(left), place.y(bottom) - place.y(top));
  },

  /** Pairs (x, y) as marks; `edge` names the colour of a thin edge around each. */
  points(g, layer, values, place, colours) {
    const { filled, trace } = shapes[layer.marker];
    g.fillStyle = colours[layer.colour];
    g.strokeStyle = colours[(filled && layer.edge) || layer.colour];
    g.globalAlpha = layer.alpha;
    g.lineWidth = 1.3;
    const paint = () => { if (filled) g.fill(); if (!filled || layer.edge) g.stroke(); };
    g.beginPath();
    for (let i = 0; i + 1 < values.length; i += 2) {
      const [x, y] = [place.x(values[i]), place.y(values[i + 1])];
      if (!Number.isFinite(x + y)) continue;
      if (layer.edge) g.beginPath();
      trace(g, x, y, layer.size);
      if (layer.edge) paint(); // each edge by itself, or it would show through the next mark
    }
    if (!layer.edge) paint();
  },

  /** Pairs (x, y) joined by a line; NaN interrupts it. */
  line(g, layer, values, place, colours) {
    g.strokeStyle = colours[layer.colour];
    g.globalAlpha = layer.alpha;
    g.lineWidth = layer.size;
    g.setLineDash(layer.dashed ? [6, 4] : []);
    g.beginPath();
    let down = false;
    for (let i = 0; i + 1 < values.length; i += 2) {
      const [x, y] = [place.x(values[i]), place.y(values[i + 1])];
      const seen = Number.isFinite(x + y);
      if (seen) down ? g.lineTo(x, y) : g.moveTo(x, y);
      down = seen;
    }
    g.stroke();
    g.setLineDash([]);
  },

  /** Triples (x, y, radius), all in data: discs filled as one or, if not joined, one over the other; and their rims. */
  discs(g, layer, values, place, colours) {
    const [wide, high] = [place.x(1) - place.x(0), place.y(0) - place.y(1)];
    g.fillStyle = g.strokeStyle = colours[layer.colour];
    g.lineWidth = 0.7;
    const all = Array.from({ length: values.length / 3 }, (_, i) => values.subarray(3 * i, 3 * i + 3));
    for (const some of layer.joined ? [all] : all.map((disc) => [disc])) {
      g.beginPath();
      for (const [x, y, r] of some) {
        g.moveTo(place.x(x + r), place.y(y));
        g.ellipse(place.x(x), place.y(y), r * wide, r * high, 0, 0, 2 * Math.PI);
      }
      g.globalAlpha = layer.alpha;
      g.fill("nonzero");
      g.globalAlpha = 0.45;
      g.stroke();
    }
  },

  /** Quadruples (x, y, dx, dy) as arrows from (x, y) to (x + dx, y + dy). */
  arrows(g, layer, values, place, colours) {
    g.strokeStyle = colours[layer.colour];
    g.globalAlpha = layer.alpha;
    g.lineWidth = layer.size;
    g.beginPath();
    for (let i = 0; i + 3 < values.length; i += 4) {
      const [x, y] = [place.x(values[i]), place.y(values[i + 1])];
      const [u, v] = [place.x(values[i] + values[i + 2]), place.y(values[i + 1] + values[i + 3])];
      const length = Math.hypot(u - x, v - y);
      if (!(length > 1.5)) continue;
      const head = Math.min(6, 0.4 * length) / length;
      g.moveTo(x, y); g.lineTo(u, v);
      for (const side of [0.5, -0.5]) {
        g.moveTo(u, v);
        g.lineTo(u - head * (u - x - side * (v - y)), v - head * (v - y + side * (u - x)));
      }
    }
    g.stroke();
  },

  /** A grid of points (rows x columns pairs) with its cells filled, the denser the smaller; one row is a curve. */
  mesh(g, layer, values, place, colours) {
    const [rows, columns] = layer.shape;
    const at = (r, c) => [place.x(values[2 * (r * columns + c)]), place.y(values[2 * (r * columns + c) + 1])];
    g.fillStyle = g.strokeStyle = colours[layer.colour];
    for (let r = 0; r < Math.max(1, rows - 1); r++) {
      for (let c = 0; c < columns - 1; c++) {
        const [a, b] = [at(r, c), at(r, c + 1)];
        g.beginPath();
        g.moveTo(...a); g.lineTo(...b);
        if (rows === 1) {
          g.globalAlpha = Math.min(0.9, Math.max(0.15, 8 / Math.hypot(b[0] - a[0], b[1] - a[1])));
          g.lineWidth = 3;
          g.stroke();
          continue;
        }
        const [d, e] = [at(r + 1, c + 1), at(r + 1, c)];
        g.lineTo(...d); g.lineTo(...e); g.closePath();
        const area = Math.abs((d[0] - a[0]) * (e[1] - b[1]) - (d[1] - a[1]) * (e[0] - b[0])) / 2;
        g.globalAlpha = Math.min(0.6, Math.max(0.06, 25 / (area + 1)));
        g.fill();
        g.globalAlpha = 0.25;
        g.lineWidth = 0.7;
        g.stroke();
      }
    }
  },
};
marks.boundary = marks.line;

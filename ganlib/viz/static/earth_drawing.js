// How the ground of the earth-mover puzzle is drawn, as SVG: places, heaps, goals, ways, prices.

const EDGE = 12;

/** Adds an SVG element to `parent`. */
function put(parent, kind, attributes, words) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", kind);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  if (words !== undefined) element.textContent = words;
  parent.append(element);
  return element;
}

/** A price in words, as the kernel writes it. */
const numeral = (value) => (Math.abs(value - Math.round(value)) < 1e-9 ? String(Math.round(value)) : value.toFixed(2));

/** A signed surplus in words: too many, missing, right. */
const surplus = (more) => (more > 0 ? `+${more}` : more < 0 ? `\u2212${-more}` : "\u2713");

/** Where everything lies on a line of columns, in pixels: heaps grow upwards, ways are arcs above them. */
function lineLayout(level, heaps, width, prices) {
  const [ways, tallest] = [92, 178];
  const n = level.columns, column = (width - 2 * EDGE) / n;
  const most = Math.max(4, ...level.start, ...level.goal, ...heaps);
  const [high, wide] = [Math.min(27, tallest / most), Math.min(46, 0.74 * column)];
  const base = ways + high * most + 6;
  const centre = (i) => EDGE + (i + 0.5) * column;
  return {
    height: base + 44 + (prices ? 122 : 0),
    base,
    cell: (i) => ({ x: EDGE + i * column, y: ways - 4, width: column, height: base - ways + 44 }),
    slot: (i, k) => ({ x: centre(i) - wide / 2, y: base - (k + 1) * high, width: wide, height: high }),
    names: heaps.map((_, i) => [centre(i), base + 15, i]),
    status: (i) => [centre(i), base + 33],
    way(i, j) {
      const [x, u, y] = [centre(i), centre(j), ways - 8];
      const rise = 18 + (ways - 42) * Math.abs(i - j) / Math.max(1, n - 1);
      const peak = [(x + u) / 2, y - 2 * rise];
      return { d: `M${x} ${y}Q${peak} ${u} ${y}`, tip: [u, y], from: peak, middle: [peak[0], y - rise] };
    },
    price: (i, share) => [centre(i), base + 154 - 60 * share],
  };
}

/** Where everything lies on a grid: blocks fill each cell from the lower left, ways lead from heap to heap. */
function gridLayout(level, heaps, width) {
  const [top, side] = [20, Math.ceil(Math.sqrt(Math.max(...level.start, ...level.goal, ...heaps)))];
  const size = Math.min(112, (width - 2 * top) / level.columns);
  const [left, block] = [(width - size * level.columns) / 2, Math.min(30, (size - 26) / side)];
  const corner = (i) => [left + (i % level.columns) * size, top + Math.floor(i / level.columns) * size];
  const pile = (i) => [corner(i)[0] + (size - side * block) / 2, corner(i)[1] + size - 6];
  const heart = (i) => [corner(i)[0] + size / 2, pile(i)[1] - (side * block) / 2];
  const columns = Array.from({ length: level.columns }, (_, c) => [left + (c + 0.5) * size, top - 6, c]);
  const rows = Array.from({ length: level.rows }, (_, r) => [left - 9, top + (r + 0.5) * size + 4, r]);
  return {
    height: top + size * level.rows + EDGE / 2,
    names: [...columns, ...rows],
    cell: (i) => ({ x: corner(i)[0], y: corner(i)[1], width: size, height: size }),
    slot(i, k) {
      const [x, y] = [pile(i)[0] + (k % side) * block, pile(i)[1] - (Math.floor(k / side) + 1) * block];
      return { x, y, width: block, height: block };
    },
    status: (i) => [corner(i)[0] + size - 17, corner(i)[1] + 18],
    /** Straight and a little bent, so that ways there and back differ; along the streets where these are meant. */
    way(i, j, streets) {
      const [[x, y], [u, v]] = [heart(i), heart(j)];
      if (streets && x !== u && y !== v)
        return { d: `M${x} ${y}L${x} ${v}L${u} ${v}`, tip: [u, v], from: [x, v], middle: [(x + u) / 2, v] };
      const peak = [(x + u) / 2 + 0.13 * (v - y), (y + v) / 2 - 0.13 * (u - x)];
      const t = y === v ? 0.5 : y < v ? 0.32 : 0.68; // clear of what is written at the top of cells
      const middle = [0, 1].map((k) => (1 - t) ** 2 * [x, y][k] + 2 * t * (1 - t) * peak[k] + t ** 2 * [u, v][k]);
      return { d: `M${x} ${y}Q${peak} ${u} ${v}`, tip: [u, v], from: peak, middle };
    },
    price: (i) => [corner(i)[0] + 13, corner(i)[1] + 18],
  };
}

function layout(level, heaps, width, prices) {
  return (level.line ? lineLayout : gridLayout)(level, heaps, width, prices);
}

/** A way with its head; returns the function that writes words at its middle, above all other ways. */
function drawWay(parent, way, kind, words) {
  put(parent, "path", { class: `path ${kind}`, d: way.d });
  const [dx, dy] = [way.tip[0] - way.from[0], way.tip[1] - way.from[1]];
  const length = Math.hypot(dx, dy) || 1;
  const [a, b] = [(9 * dx) / length, (9 * dy) / length];
  const wing = (side) => [way.tip[0] - a + side * 0.45 * b, way.tip[1] - b - side * 0.45 * a];
  put(parent, "polygon", { class: "head", points: [way.tip, wing(1), wing(-1)].join(" ") });
  return () => drawBadge(parent, way.middle, words);
}

/** Words on a patch of background, centred at a point. */
function drawBadge(parent, [x, y], words) {
  const patch = put(parent, "rect", { class: "patch", rx: 4 });
  const { width, height } = put(parent, "text", { class: "price", x, y: y + 4 }, words).getBBox();
  for (const [name, value] of Object.entries({ x: x - width / 2 - 3, y: y - height / 2, width: width + 6, height }))
    patch.setAttribute(name, value);
}

/** The block in a slot: a little smaller, so that blocks stand apart and the goal shows around them. */
function blockIn({ x, y, width, height }) {
  const gap = Math.min(3, 0.15 * Math.min(width, height));
  return { x: x + gap, y: y + gap, width: width - 2 * gap, height: height - 2 * gap, rx: Math.min(2, gap) };
}

/** One slot of a place: a block or none, on or off the goal. */
function drawSlot(parent, { x, y, width, height }, { block, goal, lifted }) {
  const inner = blockIn({ x, y, width, height });
  if (block || lifted) put(parent, "rect", { class: block ? "block" : "block lifted", ...inner });
  const [edge, kind] = [Math.min(1, 0.08 * height), block ? "goal" : "goal empty"];
  if (goal) put(parent, "rect", { class: kind, x: x + edge, y: y + edge, width: width - 2 * edge, height: height - 2 * edge, rx: edge });
  if (block && !goal) {
    const [cx, cy, arm] = [x + width / 2, y + height / 2, Math.min(5, 0.22 * Math.min(width, height))];
    put(parent, "path", { class: "too-many", d: `M${cx - arm} ${cy}h${2 * arm}M${cx} ${cy - arm}v${2 * arm}` });
  }
}

/** Blocks in the air, centred at a point. */
function drawBlocks(parent, [x, y], count, { width, height }) {
  for (let k = 0; k < count; k++) {
    const slot = { x: x - width / 2, y: y - (k - (count - 2) / 2) * height, width, height };
    put(parent, "rect", { class: "block", ...blockIn(slot) });
  }
}

/** The prices f: a line under the columns, or a number in each cell. */
function drawPrices(parent, level, place, prices) {
  const highest = Math.max(...prices) || 1;
  const at = prices.map((f, i) => place.price(i, f / highest));
  if (level.line) {
    put(parent, "polyline", { class: "f", points: at.join(" ") });
    put(parent, "text", { class: "left f-value", x: EDGE, y: place.base + 61 }, "prices f: no steeper than one per column");
  }
  at.forEach(([x, y], i) => {
    if (level.line) put(parent, "circle", { class: "f-at", cx: x, cy: y, r: 4 });
    const words = level.line ? numeral(prices[i]) : `f = ${numeral(prices[i])}`;
    put(parent, "text", { class: level.line ? "f-value" : "left f-value", x, y: level.line ? y - 9 : y }, words);
  });
}

/** The whole ground. `seen` says what the view shows: heaps, prices, plan, cursor, hand. */
function drawGround(svg, level, place, seen) {
  const { heaps, hand, cursor } = seen;
  if (level.line) put(svg, "line", { class: "ground", x1: EDGE, x2: seen.width - EDGE, y1: place.base, y2: place.base });
  for (const [x, y, words] of place.names) put(svg, "text", { class: "place", x, y }, words);
  heaps.forEach((height, i) => {
    if (!level.line) put(svg, "rect", { class: "cell", ...place.cell(i) });
    if (i === cursor) put(svg, "rect", { class: "here", rx: 4, ...place.cell(i) });
    const [goal, lifted] = [level.goal[i], hand?.source === i ? hand.mass : 0];
    const standing = height - lifted;
    const group = put(svg, "g", { "data-place": i });
    for (let k = 0; k < Math.max(height, goal); k++)
      drawSlot(group, place.slot(i, k), { block: k < standing, goal: k < goal, lifted: k >= standing && k < height });
    const [x, y] = place.status(i);
    if (goal || standing) put(group, "text", { class: "status", x, y }, surplus(standing - goal));
    put(group, "rect", { class: height ? "hit full" : "hit", ...place.cell(i) });
  });
  if (seen.prices.length) drawPrices(svg, level, place, seen.prices);
  const ways = put(svg, "g", { class: "moving" });
  const price = (i, j, mass) => (level.line ? `${mass} \u00d7 ${numeral(level.distances[i][j])}` : String(mass));
  const arrows = seen.plan.map(([i, j, mass]) => drawWay(ways, place.way(i, j), "planned", price(i, j, mass)));
  arrows.forEach((writeWords) => writeWords());
  if (hand) drawHand(ways, level, place, seen);
}

/** The blocks in the hand, their way, and what it would cost. */
function drawHand(parent, level, place, { hand, cursor, pointer }) {
  const slot = place.slot(cursor, 0);
  if (cursor !== hand.source) {
    const way = place.way(hand.source, cursor, level.metric === "manhattan");
    const distance = level.distances[hand.source][cursor];
    drawWay(parent, way, "carried", `${hand.mass} \u00d7 ${numeral(distance)} = ${numeral(hand.mass * distance)}`)();
  }
  const cell = place.cell(cursor);
  drawBlocks(parent, pointer ?? [cell.x + cell.width / 2, cell.y + (level.line ? 18 : 0.6 * cell.height)], hand.mass, slot);
}

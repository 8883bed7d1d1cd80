// A grid of numbers: tints, words, hatched cells and outlines; where it may be edited, digits go to the kernel.

const HINT = "Click a cell, or choose one with the arrow keys, and type a digit.";

/** Pixels at full size, as wide as the cells need it: how large all is. */
function measured({ rows, columns, cell, margin, edge }) {
  return { width: margin + columns * cell[0] + edge, height: margin + rows * cell[1] + edge };
}

/** Cells as a picture of one pixel each: `shades` between the background and the text's colour. */
function tinted({ rows, columns, strength }, shades, colours) {
  const sheet = new OffscreenCanvas(columns, rows);
  const pen = sheet.getContext("2d");
  const picture = pen.createImageData(columns, rows);
  const [from, to] = [colours.background, colours.text].map((hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16)));
  for (let i = 0; i < rows * columns; i++) {
    const share = (strength * shades[i]) / 255;
    for (let k = 0; k < 3; k++) picture.data[4 * i + k] = from[k] + share * (to[k] - from[k]);
    picture.data[4 * i + 3] = 255;
  }
  pen.putImageData(picture, 0, 0);
  return sheet;
}

/** Diagonal lines over a cell. */
function hatch(g, x, y, w, h) {
  g.save();
  g.beginPath();
  g.rect(x, y, w, h);
  g.clip();
  g.beginPath();
  for (let d = 3; d < w + h; d += 6) { g.moveTo(x + d, y); g.lineTo(x + d - h, y + h); }
  g.stroke();
  g.restore();
}

/** Lines between the cells. */
function rule(g, { rows, columns, cell: [w, h] }, start) {
  g.beginPath();
  for (let r = 0; r <= rows; r++) { g.moveTo(start, start + r * h); g.lineTo(start + columns * w, start + r * h); }
  for (let c = 0; c <= columns; c++) { g.moveTo(start + c * w, start); g.lineTo(start + c * w, start + rows * h); }
  g.stroke();
}

/** The numbers, in letters that all fit their cells; over hatching, with a rim of background. */
function write(g, { columns, cell: [w, h] }, words, hatched, start, family, colours) {
  const longest = Math.max(1, ...words.map((word) => word.length));
  g.font = `${Math.max(8, Math.min(15, 0.5 * h, (1.7 * (w - 6)) / longest))}px ${family}`;
  g.textAlign = "center";
  g.strokeStyle = colours.background;
  g.lineWidth = 2;
  words.forEach((word, i) => {
    const place = [start + ((i % columns) + 0.5) * w, start + (Math.floor(i / columns) + 0.53) * h];
    if (hatched[i]) g.strokeText(word, ...place);
    g.fillText(word, ...place);
  });
}

/** The counts of rows and columns, from the first cell inside. */
function count(g, { cell: [w, h], first, seen }, start, family) {
  g.font = `10px ${family}`;
  for (let c = 0; c < seen[1]; c++) g.fillText(c, start + (first[1] + c + 0.5) * w, start / 2);
  g.textAlign = "right";
  for (let r = 0; r < seen[0] && seen[0] > 1; r++) g.fillText(r, start - 4, start + (first[0] + r + 0.5) * h);
}

/** An outline: "now" is thick, "window" dashed, "focus" thin and inside the cell, "cursor" where digits go. */
function outline(g, { kind, top, left, height, width }, [w, h], start) {
  const inset = { now: 0, window: 0, focus: Math.min(4, 0.11 * h), cursor: 2 }[kind];
  g.lineWidth = kind === "focus" ? 1.5 : Math.min(w, h) < 6 ? 1.5 : 2.5;
  g.setLineDash({ window: [5, 3], cursor: [2, 2] }[kind] ?? []);
  g.strokeRect(start + left * w + inset, start + top * h + inset, width * w - 2 * inset, height * h - 2 * inset);
  g.setLineDash([]);
}

function render({ model, el }) {
  const root = document.createElement("div");
  root.className = "ganlib-board";
  const title = document.createElement("div");
  title.className = "ganlib-board-title";
  const canvas = document.createElement("canvas");
  root.append(title, canvas);
  el.append(root);
  const g = canvas.getContext("2d");
  let cursor = null, queued = false, scale = 1;

  function draw() {
    queued = false;
    const form = model.get("form");
    if (!form.rows) return;
    const { width, height } = measured(form);
    scale = Math.min(1, (root.clientWidth || width) / width);
    const dense = window.devicePixelRatio || 1;
    const size = [width, height].map((length) => Math.round(length * scale * dense));
    if (canvas.width !== size[0] || canvas.height !== size[1]) [canvas.width, canvas.height] = size;
    canvas.style.width = `${width * scale}px`;
    canvas.style.height = `${height * scale}px`;
    title.textContent = model.get("title");
    canvas.setAttribute("aria-label", model.get("alt") + (cursor ? `. ${here(form)}` : ""));
    const colours = model.get("palette")[isDark(el) ? "dark" : "light"];
    g.setTransform(scale * dense, 0, 0, scale * dense, 0, 0);
    g.fillStyle = colours.background;
    g.fillRect(0, 0, width, height);
    paint(form, colours, form.margin);
  }

  function paint(form, colours, start) {
    const { rows, columns, cell: [w, h] } = form;
    g.imageSmoothingEnabled = false;
    g.drawImage(tinted(form, bytes("shades"), colours), start, start, columns * w, rows * h);
    g.strokeStyle = colours.faint;
    g.lineWidth = 1;
    bytes("hatched").forEach((hatched, i) => {
      if (hatched) hatch(g, start + (i % columns) * w, start + Math.floor(i / columns) * h, w, h);
    });
    if (form.ruled) rule(g, form, start); else g.strokeRect(start, start, columns * w, rows * h);
    const family = getComputedStyle(el).fontFamily;
    g.fillStyle = colours.text;
    g.textBaseline = "middle";
    write(g, form, model.get("words"), bytes("hatched"), start, family, colours);
    if (form.first) count(g, form, start, family);
    g.strokeStyle = colours.text;
    for (const mark of model.get("marks")) outline(g, mark, form.cell, start);
    if (cursor) outline(g, { kind: "cursor", top: cursor[0] + form.first[0], left: cursor[1] + form.first[1], height: 1, width: 1 }, form.cell, start);
  }

  const bytes = (name) => new Uint8Array(model.get(name).buffer, model.get(name).byteOffset, model.get(name).byteLength);
  function schedule() {
    if (!queued) { queued = true; requestAnimationFrame(draw); }
  }

  /** The cell at the cursor in words. */
  function here({ columns, first }) {
    const [row, column] = cursor;
    return `Row ${row}, column ${column}: ${model.get("words")[(row + first[0]) * columns + column + first[1]]}`;
  }

  /** The cell that the reader means, or null outside. */
  function cellAt(event) {
    const { cell, first, seen, margin: start } = model.get("form");
    const box = canvas.getBoundingClientRect();
    const [x, y] = [(event.clientX - box.left) / scale - start, (event.clientY - box.top) / scale - start];
    const place = [Math.floor(y / cell[1]) - first[0], Math.floor(x / cell[0]) - first[1]];
    return place.every((at, i) => at >= 0 && at < seen[i]) ? place : null;
  }

  const arrows = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
  function onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { seen } = model.get("form");
    if (arrows[event.key]) {
      cursor = cursor.map((at, i) => Math.min(seen[i] - 1, Math.max(0, at + arrows[event.key][i])));
    } else if (/^\d$/.test(event.key)) {
      model.send({ row: cursor[0], column: cursor[1], value: Number(event.key) });
    } else return;
    event.preventDefault();
    event.stopPropagation();
    schedule();
  }

  function setUp() {
    canvas.setAttribute("role", model.get("editable") ? "application" : "img");
    if (!model.get("editable")) return;
    canvas.tabIndex = 0;
    canvas.title = HINT;
    canvas.style.cursor = "cell";
    canvas.addEventListener("pointerdown", (event) => { cursor = cellAt(event) ?? cursor; schedule(); });
    canvas.addEventListener("focus", () => { cursor ??= [0, 0]; schedule(); });
    canvas.addEventListener("blur", () => { cursor = null; schedule(); });
    canvas.addEventListener("keydown", onKey);
  }

  const changes = ["form", "words", "shades", "hatched", "marks", "title", "alt"].map((name) => `change:${name}`);
  const onForm = () => { if (cursor) cursor = cursor.map((at, i) => Math.min(at, model.get("form").seen[i] - 1)); };
  const endings = [
    guardWhenShown(el),
    onThemeChange(schedule),
    listen(model, ["change:form"], onForm),
    listen(model, changes, schedule),
  ];
  const sizes = new ResizeObserver(schedule);
  sizes.observe(root);
  setUp();
  schedule();
  return () => { sizes.disconnect(); endings.forEach((end) => end()); };
}

export default { render };

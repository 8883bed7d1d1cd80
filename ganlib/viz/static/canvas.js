// A 2-D scene: layers of numbers from the kernel, axes, a crosshair, and points that the reader draws.

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
  if (!view.legend) return;
  let [x, y] = [left + 8, 10];
  g.textAlign = "left";
  for (const layer of layers.filter((l) => l.label)) {
    const width = g.measureText(layer.label).width;
    if (x > left + 8 && x + 23 + width > left + place.w) [x, y] = [left + 8, y + 14];
    g.strokeStyle = colours[layer.colour];
    g.lineWidth = 2;
    g.setLineDash(layer.dashed ? [5, 3] : []);
    g.beginPath(); g.moveTo(x, y); g.lineTo(x + 18, y); g.stroke();
    g.setLineDash([]);
    g.fillText(layer.label, x + 23, y);
    x += 35 + width;
  }
}

/** What there is at (x, y), in words: the field's value, or each line's value at the nearest x. */
function reading(view, layers, x, y) {
  const number = (v) => v.toFixed(Math.abs(v) < 100 ? 2 : 0).replace("-", "\u2212");
  const words = [`${view.xname} = ${number(x)}`];
  const lines = layers.filter((l) => l.kind === "line" && l.label);
  if (!lines.length) words.push(`${view.yname} = ${number(y)}`);
  for (const { values, label } of lines) {
    let best = -1;
    for (let i = 0; i + 1 < values.length; i += 2) {
      if (!Number.isFinite(values[i] + values[i + 1])) continue;
      if (best < 0 || Math.abs(values[i] - x) < Math.abs(values[best] - x)) best = i;
    }
    if (best >= 0) words.push(`${label} ${values[best + 1].toPrecision(3)}`);
  }
  for (const { kind, values, shape: [rows, columns] = [], extent, label } of layers) {
    if (kind !== "field") continue;
    const column = Math.floor(((x - extent[0]) / (extent[1] - extent[0])) * columns);
    const row = Math.floor(((y - extent[2]) / (extent[3] - extent[2])) * rows);
    if (column >= 0 && column < columns && row >= 0 && row < rows)
      words.push(`${label} = ${number(values[row * columns + column])}`);
  }
  return words.join("   ");
}

function render({ model, el }) {
  const root = document.createElement("div");
  root.className = "ganlib-canvas";
  const canvas = document.createElement("canvas");
  canvas.tabIndex = 0;
  canvas.setAttribute("role", "application");
  const readout = document.createElement("div");
  readout.className = "ganlib-readout";
  readout.setAttribute("aria-live", "polite");
  root.append(canvas, readout);
  el.append(root);
  const g = canvas.getContext("2d");
  let layers = [], place = null, cross = null, morph = null, queued = false, drawn = model.get("drawn");

  /** Cut the frame into the layers' numbers. */
  function unpack() {
    const numbers = floats(model.get("frame"));
    let at = 0;
    const all = model.get("layers").map((l) => ({ ...l, values: numbers.subarray(at, (at += l.length)) }));
    if (at === numbers.length) layers = all;
  }

  /** A layer's numbers, on their way while an animation runs. */
  function current(layer) {
    const from = morph?.from[layer.name];
    if (!from || from.length !== layer.values.length) return layer.values;
    const t = Math.min(1, (performance.now() - morph.start) / morph.ms);
    const eased = morph.jump ? Number(t >= 0.5) : t * t * (3 - 2 * t);
    return layer.values.map((v, i) => from[i] + eased * (v - from[i]));
  }

  function draw() {
    queued = false;
    const view = model.get("view");
    const width = root.clientWidth || model.get("size")[0];
    const height = Math.round((width * model.get("size")[1]) / model.get("size")[0]);
    const dense = window.devicePixelRatio || 1;
    if (canvas.width !== Math.round(width * dense) || canvas.height !== Math.round(height * dense)) {
      [canvas.width, canvas.height] = [Math.round(width * dense), Math.round(height * dense)];
      canvas.style.height = height + "px";
    }
    const colours = model.get("palette")[isDark(el) ? "dark" : "light"];
    canvas.setAttribute("aria-label", view.alt);
    place = placing(view, width, height);
    g.setTransform(dense, 0, 0, dense, 0, 0);
    g.globalAlpha = 1;
    g.fillStyle = colours.background;
    g.fillRect(0, 0, width, height);
    g.save();
    g.beginPath();
    g.rect(MARGIN.left, MARGIN.top, place.w, place.h);
    g.clip();
    for (const layer of layers) {
      g.globalAlpha = 1;
      marks[layer.kind](g, layer, current(layer), place, colours);
    }
    if (model.get("drawing"))
      marks.points(g, { size: 4, marker: "o", colour: "real", alpha: 0.9 }, drawn.flat(), place, colours);
    if (cross) drawCross(colours);
    g.restore();
    drawFrame(g, view, layers, place, colours);
    const words = cross ? reading(view, layers, ...cross) : model.get("hint");
    if (readout.textContent !== words) readout.textContent = words; // what has not changed is not to be read out again
    canvas.classList.toggle("ganlib-drawing", model.get("drawing"));
    if (morph && performance.now() - morph.start >= morph.ms) morph = null; else if (morph) schedule();
  }

  function drawCross(colours) {
    const [x, y] = [place.x(cross[0]), place.y(cross[1])];
    g.globalAlpha = 0.8;
    g.strokeStyle = colours.text;
    g.lineWidth = 1;
    g.beginPath();
    g.moveTo(x - 9, y); g.lineTo(x + 9, y); g.moveTo(x, y - 9); g.lineTo(x, y + 9);
    g.stroke();
  }

  function schedule() {
    if (!queued) { queued = true; requestAnimationFrame(draw); }
  }

  function setDrawn(points) {
    drawn = points;
    schedule();
  }
  function tellDrawn() { model.set("drawn", drawn); model.save_changes(); }

  function point(event) {
    const box = canvas.getBoundingClientRect();
    const at = place.back(event.clientX - box.left, event.clientY - box.top);
    const { xlim, ylim } = model.get("view");
    return [Math.min(xlim[1], Math.max(xlim[0], at[0])), Math.min(ylim[1], Math.max(ylim[0], at[1]))];
  }
  function far([x, y]) {
    const last = drawn.at(-1);
    const { xlim, ylim } = model.get("view");
    return !last || Math.hypot((x - last[0]) / (xlim[1] - xlim[0]), (y - last[1]) / (ylim[1] - ylim[0])) > 0.01;
  }

  canvas.addEventListener("pointermove", (event) => {
    cross = point(event);
    if (model.get("drawing") && event.buttons & 1 && far(cross)) setDrawn([...drawn, cross]);
    schedule();
  });
  canvas.addEventListener("pointerdown", (event) => {
    if (!model.get("drawing") || event.button !== 0) return;
    canvas.setPointerCapture(event.pointerId);
    setDrawn([...drawn, point(event)]);
  });
  canvas.addEventListener("pointerup", () => { if (model.get("drawing")) tellDrawn(); });
  for (const name of ["pointerleave", "blur"])
    canvas.addEventListener(name, () => { cross = null; schedule(); });
  const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { xlim, ylim } = model.get("view");
    cross ??= [(xlim[0] + xlim[1]) / 2, (ylim[0] + ylim[1]) / 2];
    const step = event.shiftKey ? 0.1 : 0.02;
    if (arrows[event.key]) {
      const [right, up] = arrows[event.key];
      cross = [cross[0] + right * step * (xlim[1] - xlim[0]), cross[1] + up * step * (ylim[1] - ylim[0])];
      cross = [Math.min(xlim[1], Math.max(xlim[0], cross[0])), Math.min(ylim[1], Math.max(ylim[0], cross[1]))];
    } else if (model.get("drawing") && event.key === " ") { setDrawn([...drawn, cross]); tellDrawn(); }
    else if (model.get("drawing") && event.key === "Backspace") { setDrawn(drawn.slice(0, -1)); tellDrawn(); }
    else return;
    event.preventDefault();
    event.stopPropagation();
    schedule();
  });

  const onMessage = (message, buffers) => {
    if (message.do !== "morph") return;
    const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    const from = Object.fromEntries(message.layers.map((name, i) => [name, floats(buffers[i])]));
    morph = { from, start: performance.now(), ms: 1000 * message.seconds, jump: still };
    schedule();
  };
  const onFrame = () => { unpack(); schedule(); };
  const onDrawn = () => setDrawn(model.get("drawn"));
  const endings = [
    guardWhenShown(el),
    onThemeChange(schedule),
    listen(model, ["change:frame", "change:layers"], onFrame),
    listen(model, ["change:view", "change:drawing", "change:hint"], schedule),
    listen(model, ["change:drawn"], onDrawn),
    listen(model, ["msg:custom"], onMessage),
  ];
  const sizes = new ResizeObserver(schedule);
  sizes.observe(root);
  onFrame();
  return () => { sizes.disconnect(); endings.forEach((end) => end()); };
}

export default { render };

// A 2-D scene: layers of numbers from the kernel, axes, a crosshair, and a tool for the reader's hand.

/** A number for people, with two decimals where they matter. */
const number = (v) => v.toFixed(Math.abs(v) < 100 ? 2 : 0).replace(/^-(?!0\.00$)/, "\u2212").replace("-", "");

/** What there is at (x, y), in words: the field's value, or each line's value at the nearest x. */
function reading(view, layers, x, y) {
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

/**
 * Shows the scene of a model in `el`; returns the function that ends it. `makeTool(stage)` makes the tool:
 *   active()          whether pointer and keys are for the tool, besides moving the crosshair
 *   layers()          what it draws over the scene
 *   down, move, up    the pointer was pressed, moved while pressed, or let go; the first two get the place [x, y]
 *   hover(at)         the pointer moved without being pressed
 *   key(event, at)    a key was pressed while the crosshair was at a place; true if it meant something
 *   carry(at)         the arrow keys took the crosshair to a place
 *   held()            the place of what the arrow keys move, if they move something
 *   leave()           the canvas lost the focus
 *   words(at)         what to read out with the crosshair at a place, in place of what lies there
 *   end()             the view goes away
 */
function showScene({ model, el }, makeTool) {
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
  let layers = [], place = null, cross = null, morph = null, queued = false, pressed = false;
  const pixels = () => place;
  const tool = makeTool({ model, root, canvas, schedule, pixels, within });

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
    const shown = [...layers, ...tool.layers()];
    for (const layer of shown) {
      g.globalAlpha = 1;
      marks[layer.kind](g, layer, current(layer), place, colours);
    }
    if (cross) drawCross(colours);
    g.restore();
    drawFrame(g, view, shown, place, colours);
    const words = tool.words(cross) || (cross ? reading(view, layers, ...cross) : model.get("hint"));
    if (readout.textContent !== words) readout.textContent = words; // what has not changed is not to be read out again
    canvas.classList.toggle("ganlib-drawing", tool.active());
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

  function within([x, y]) {
    const { xlim, ylim } = model.get("view");
    return [Math.min(xlim[1], Math.max(xlim[0], x)), Math.min(ylim[1], Math.max(ylim[0], y))];
  }
  function point(event) {
    const box = canvas.getBoundingClientRect();
    return within(place.back(event.clientX - box.left, event.clientY - box.top));
  }

  canvas.addEventListener("pointermove", (event) => {
    cross = point(event);
    if (pressed) tool.move(cross); else tool.hover(cross);
    schedule();
  });
  canvas.addEventListener("pointerdown", (event) => {
    if (!tool.active() || event.button !== 0) return;
    canvas.setPointerCapture(event.pointerId);
    pressed = true;
    tool.down(point(event), event);
    schedule();
  });
  for (const name of ["pointerup", "pointercancel"])
    canvas.addEventListener(name, () => { if (pressed) { pressed = false; tool.up(); schedule(); } });
  canvas.addEventListener("pointerleave", () => { cross = null; schedule(); });
  canvas.addEventListener("blur", () => { cross = null; tool.leave(); schedule(); });

  const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
  canvas.addEventListener("keydown", (event) => {
    const { xlim, ylim } = model.get("view");
    const at = tool.held() ?? cross ?? [(xlim[0] + xlim[1]) / 2, (ylim[0] + ylim[1]) / 2];
    const combination = event.ctrlKey || event.metaKey || event.altKey;
    if (arrows[event.key] && !combination) {
      const step = event.shiftKey ? 0.1 : 0.02;
      const [right, up] = arrows[event.key];
      cross = within([at[0] + right * step * (xlim[1] - xlim[0]), at[1] + up * step * (ylim[1] - ylim[0])]);
      tool.carry(cross);
    } else if (tool.active() && tool.key(event, at)) cross = combination ? cross : tool.held() ?? at;
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
  const endings = [
    guardWhenShown(el),
    onThemeChange(schedule),
    listen(model, ["change:frame", "change:layers"], onFrame),
    listen(model, ["change:view", "change:hint"], schedule),
    listen(model, ["msg:custom"], onMessage),
    tool.end,
  ];
  const sizes = new ResizeObserver(schedule);
  sizes.observe(root);
  onFrame();
  return () => { sizes.disconnect(); endings.forEach((end) => end()); };
}

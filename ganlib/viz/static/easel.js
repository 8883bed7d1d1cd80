// A sheet to draw on by mouse, pen, finger or keys, and beside it the kernel's picture of it.

const TELL_MS = 50; // between two reports to the kernel while a line is drawn
const FAR = 4; // pixels that an arrow key moves with Shift
const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function element(name, className, ...children) {
  const made = document.createElement(name);
  made.className = className;
  made.append(...children);
  return made;
}

/** Pixels as large as the canvas, each a square; `over` draws on top, in units of a pixel. */
function enlarge(canvas, rgba, [height, width], over = () => {}) {
  const side = Math.round(canvas.clientWidth * (window.devicePixelRatio || 1));
  if (!side || !height) return;
  if (canvas.width !== side || canvas.height !== side) [canvas.width, canvas.height] = [side, side];
  const sheet = new OffscreenCanvas(width, height), g = canvas.getContext("2d");
  sheet.getContext("2d").putImageData(new ImageData(rgba, width, height), 0, 0);
  g.setTransform(side / width, 0, 0, side / height, 0, 0);
  g.imageSmoothingEnabled = false;
  g.drawImage(sheet, 0, 0);
  over(g, width / canvas.clientWidth);
}

/** A line that is seen on light and on dark. */
function outline(g, dot, path) {
  for (const [colour, width] of [["#ffffff", 3], ["#222222", 1.25]]) {
    [g.strokeStyle, g.lineWidth] = [colour, width * dot];
    g.beginPath();
    path();
    g.stroke();
  }
}

function render({ model, el }) {
  const sheet = element("canvas", "ganlib-sheet"), result = element("canvas", "ganlib-result");
  const captions = [element("figcaption", ""), element("figcaption", "")];
  const readout = element("div", "ganlib-readout"), said = element("div", "ganlib-words"), help = element("div", "ganlib-help");
  const left = element("figure", "", sheet, captions[0], readout), right = element("figure", "", result, captions[1], said);
  const sheets = element("div", "ganlib-sheets", left, right);
  el.append(element("div", "ganlib-easel", sheets, help));
  const size = model.get("size");
  const bytes = (name) => new Uint8Array(model.get(name).buffer, model.get(name).byteOffset, model.get(name).byteLength);
  let ink = bytes("ink").slice(), sent = model.get("ink"), version = model.get("version");
  let cursor = [0, 1].map(() => Math.floor(size / 2) + 0.5);
  let pointer = null, last = null, held = false, down = false, gesture = 0, toldAt = 0, later = null, queued = false;

  const width = () => model.get("widths")[model.get("pen")][Number(model.get("erasing"))];

  function tell() {
    clearTimeout(later);
    [later, toldAt] = [null, performance.now()];
    sent = new DataView(ink.slice().buffer);
    for (const [name, value] of Object.entries({ gesture, base: version, ink: sent })) model.set(name, value);
    model.save_changes();
  }
  function tellSoon() { later ??= setTimeout(tell, Math.max(0, toldAt + TELL_MS - performance.now())); }
  function tellNow() { if (later !== null) tell(); }
  function ask(counter) {
    tellNow();
    model.set(counter, model.get(counter) + 1);
    model.save_changes();
  }
  function choose(name, value) {
    model.set(name, value);
    model.save_changes();
  }

  function begin(at) {
    tellNow();
    gesture = model.get("gesture") + 1;
    last = at;
    lineTo(at);
  }
  function lineTo(at) {
    const mirrored = ([x, y]) => [size - x, y];
    drawLine(ink, size, last, at, width(), model.get("erasing"));
    if (model.get("mirror")) drawLine(ink, size, mirrored(last), mirrored(at), width(), model.get("erasing"));
    last = at;
    tellSoon();
    schedule();
  }
  function end() {
    tellNow();
    last = null;
    schedule();
  }

  /** The cursor, the width of the line and the axis of the mirror. */
  function marks(g, dot) {
    if (model.get("mirror")) {
      g.setLineDash([4 * dot, 4 * dot]);
      outline(g, dot, () => { g.moveTo(size / 2, 0); g.lineTo(size / 2, size); });
      g.setLineDash([]);
    }
    const at = pointer ?? (document.activeElement === sheet ? cursor : null);
    if (!at) return;
    const [x, y] = at, radius = Math.max(width() / 2, 3 * dot), arm = radius + 7 * dot;
    outline(g, dot, () => {
      g.arc(x, y, radius, 0, 2 * Math.PI);
      for (const [dx, dy] of Object.values(MOVES)) { g.moveTo(x + dx * radius, y + dy * radius); g.lineTo(x + dx * arm, y + dy * arm); }
    });
  }

  function words() {
    const [column, row] = cursor.map(Math.floor);
    const pen = last ? (model.get("erasing") ? "eraser down" : "pen down") : "pen up";
    return `column ${column + 1}, row ${row + 1}, ${Math.round(ink[row * size + column] / 2.55)} % ink, ${pen}`;
  }

  function draw() {
    queued = false;
    enlarge(sheet, inked(ink, model.get("colour")), [size, size], marks);
    enlarge(result, opaque(bytes("picture")), model.get("shape"));
    const said = document.activeElement === sheet && !pointer ? words() : "";
    if (readout.textContent !== said) readout.textContent = said;
  }
  function schedule() {
    if (!queued) { queued = true; requestAnimationFrame(draw); }
  }

  function place(event) {
    const box = sheet.getBoundingClientRect();
    return [((event.clientX - box.left) / box.width) * size, ((event.clientY - box.top) / box.height) * size];
  }
  const onPointer = {
    pointerdown(event) {
      if (event.button !== 0 || held || down) return;
      sheet.setPointerCapture(event.pointerId);
      pointer = place(event);
      begin(pointer);
    },
    pointermove(event) {
      pointer = place(event);
      if (last && !held && !down) for (const step of event.getCoalescedEvents?.() ?? [event]) lineTo(place(step));
      schedule();
    },
    pointerup(event) {
      if (last && !held && !down) { cursor = pointer.map((at) => Math.min(size - 1, Math.max(0, Math.floor(at))) + 0.5); end(); }
      if (event.pointerType === "touch") pointer = null;
    },
    pointerleave() { pointer = null; schedule(); },
  };
  onPointer.pointercancel = onPointer.pointerup;

  function moveBy([dx, dy], far) {
    const within = (at) => Math.min(size - 0.5, Math.max(0.5, at));
    cursor = [within(cursor[0] + far * dx), within(cursor[1] + far * dy)];
    pointer = null;
    if (last) lineTo(cursor);
    schedule();
  }
  /** Puts the pen down or lifts it: it is down while Space is held, or since Enter. */
  function hold(space, enter) {
    const before = down || held;
    [down, held] = [space, enter];
    pointer = null;
    if (!before && (down || held)) begin(cursor);
    if (before && !down && !held) end();
  }
  function onKey(event) {
    const key = event.key.toLowerCase();
    if (event.ctrlKey || event.metaKey) {
      if (event.altKey || !"zy".includes(key)) return;
      ask(key === "y" || event.shiftKey ? "redone" : "undone");
    } else if (event.altKey) return;
    else if (MOVES[event.key]) moveBy(MOVES[event.key], event.shiftKey ? FAR : 1);
    else if (key === " ") { if (!event.repeat) hold(true, held); }
    else if (key === "enter") { if (!event.repeat) hold(down, !held); }
    else if (key === "e") choose("erasing", !model.get("erasing"));
    else if (key === "m") choose("mirror", !model.get("mirror"));
    else if (model.get("widths")[Number(key) - 1]) choose("pen", Number(key) - 1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  function setUp() {
    sheet.tabIndex = 0;
    sheet.setAttribute("role", "application");
    sheet.dataset.ganlibKeys = "zy";
    help.id = `ganlib-help-${Math.random().toString(36).slice(2)}`;
    sheet.setAttribute("aria-describedby", help.id);
    readout.setAttribute("role", "status");
    result.setAttribute("role", "img");
    for (const [name, heard] of Object.entries(onPointer)) sheet.addEventListener(name, heard);
    sheet.addEventListener("keydown", onKey);
    sheet.addEventListener("keyup", (event) => { if (event.key === " ") hold(false, held); });
    sheet.addEventListener("blur", () => hold(false, false));
    sheet.addEventListener("focus", schedule);
  }
  function describe() {
    const names = model.get("names");
    captions.forEach((caption, i) => { caption.textContent = names[i]; });
    help.textContent = model.get("help");
    sheet.setAttribute("aria-label", `${names[0]}, ${size} by ${size} pixels`);
    said.textContent = model.get("said") && `The judge reads: ${model.get("said")}.`;
    result.setAttribute("aria-label", `${names[1]}. ${said.textContent}`);
    schedule();
  }

  const onInk = () => { // what did not come from here is drawn on from now on
    version = model.get("version");
    if (model.get("ink") !== sent) {
      clearTimeout(later);
      [ink, sent, later] = [bytes("ink").slice(), model.get("ink"), null];
    }
    schedule();
  };
  const endings = [
    listen(model, ["change:ink", "change:version"], onInk),
    listen(model, ["change:picture", "change:shape", "change:pen", "change:erasing", "change:mirror"], schedule),
    listen(model, ["change:names", "change:said", "change:help"], describe),
    guardWhenShown(el),
  ];
  const sizes = new ResizeObserver(schedule);
  sizes.observe(sheets);
  setUp();
  describe();
  return () => { tellNow(); sizes.disconnect(); endings.forEach((ending) => ending()); };
}

export default { render };

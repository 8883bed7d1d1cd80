// Two pictures in one place: a curtain that is dragged, or moved by its slider, shows the one or the other.

const TELL_MS = 50;

function render({ model, el }) {
  const root = document.createElement("div"), canvas = document.createElement("canvas");
  const row = document.createElement("label"), ends = [0, 1].map(() => document.createElement("span"));
  const slider = document.createElement("input");
  root.className = "ganlib-wipe";
  [slider.type, slider.min, slider.max, slider.step] = ["range", 0, 1, 0.02];
  row.append(ends[0], slider, ends[1]);
  root.append(canvas, row);
  el.append(root);
  const g = canvas.getContext("2d");
  let dragged = false, later = null, queued = false, sheets = [];
  let moved = null; // where the reader has put the curtain, until the kernel is told; what it says is older
  const position = () => moved ?? model.get("position");

  /** The two pictures, each a canvas of its own pixels. */
  function unpack() {
    const [height, width] = model.get("shape"), bytes = model.get("pixels");
    const rgb = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength), area = height * width;
    sheets = !area ? [] : [0, 1].map((which) => {
      const sheet = new OffscreenCanvas(width, height), pen = sheet.getContext("2d"), image = pen.createImageData(width, height);
      for (let at = 0; at < area; at++) {
        for (let k = 0; k < 3; k++) image.data[4 * at + k] = rgb[3 * (which * area + at) + k];
        image.data[4 * at + 3] = 255;
      }
      pen.putImageData(image, 0, 0);
      return sheet;
    });
    schedule();
  }

  function draw() {
    queued = false;
    if (!sheets.length) return;
    const [height, width] = model.get("shape"), dense = window.devicePixelRatio || 1;
    const side = Math.round(Math.min(model.get("side"), root.clientWidth || model.get("side")) * dense);
    const down = Math.round((side * height) / width), at = Math.round(position() * side);
    if (canvas.width !== side || canvas.height !== down) [canvas.width, canvas.height] = [side, down];
    [canvas.style.width, row.style.width] = [`${side / dense}px`, `${side / dense}px`];
    g.imageSmoothingEnabled = false;
    g.drawImage(sheets[1], 0, 0, side, down);
    g.save();
    g.beginPath();
    g.rect(0, 0, at, down);
    g.clip();
    g.drawImage(sheets[0], 0, 0, side, down);
    g.restore();
    for (const [colour, wide] of [["#ffffff", 4], ["#222222", 2]]) {
      g.fillStyle = colour;
      g.fillRect(at - (wide * dense) / 2, 0, wide * dense, down);
    }
  }
  function schedule() {
    if (!queued) { queued = true; requestAnimationFrame(draw); }
  }

  function describe() {
    const names = model.get("names"), share = Math.round(100 * position());
    ends.forEach((end, i) => { end.textContent = names[i]; });
    if (Number(slider.value) !== position()) slider.value = position();
    slider.setAttribute("aria-label", `${names[0]} against ${names[1]}`);
    slider.setAttribute("aria-valuetext", `${share} % ${names[0]}`);
    canvas.setAttribute("aria-label", `${model.get("alt")}: ${names[0]} on the left, ${names[1]} on the right. ${model.get("hint")}`);
    canvas.title = model.get("hint");
    schedule();
  }

  function tell() {
    model.set("position", moved);
    [later, moved] = [null, null];
    model.save_changes();
  }
  function put(place) {
    moved = Math.min(1, Math.max(0, place));
    describe();
    later ??= setTimeout(tell, TELL_MS);
  }
  function drag(event) {
    const box = canvas.getBoundingClientRect();
    put((event.clientX - box.left) / box.width);
  }
  function onKey(event) {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    model.send({ step });
  }

  canvas.tabIndex = 0;
  canvas.setAttribute("role", "application");
  canvas.addEventListener("keydown", onKey);
  canvas.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    canvas.setPointerCapture(event.pointerId);
    dragged = true;
    drag(event);
  });
  canvas.addEventListener("pointermove", (event) => { if (dragged) drag(event); });
  for (const name of ["pointerup", "pointercancel"]) canvas.addEventListener(name, () => { dragged = false; });
  slider.addEventListener("input", () => put(Number(slider.value)));

  const endings = [
    listen(model, ["change:pixels", "change:shape"], unpack),
    listen(model, ["change:names", "change:position", "change:alt", "change:hint", "change:side"], describe),
    guardWhenShown(el),
  ];
  const sizes = new ResizeObserver(schedule);
  sizes.observe(root);
  unpack();
  describe();
  return () => { clearTimeout(later); sizes.disconnect(); endings.forEach((ending) => ending()); };
}

export default { render };

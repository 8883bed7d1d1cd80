// Small pictures side by side: the kernel sends bytes, the browser enlarges them by a whole number.

const BETWEEN = 3; // pixels between two tiles
const FRAME = 3; // pixels around all, for the frames of marked tiles

function render({ model, el }) {
  const root = document.createElement("div");
  root.className = "ganlib-gallery";
  root.setAttribute("role", "group");
  [root.style.gap, root.style.padding] = [`${BETWEEN}px`, `${FRAME}px`];
  el.append(root);
  let tiles = [], heads = [], focus = 0, across = 1, scheduled = false;

  function makeTile(index) {
    const pressable = model.get("pressable");
    const tile = document.createElement(pressable ? "button" : "div");
    tile.className = "ganlib-tile";
    if (pressable) {
      tile.type = "button";
      tile.addEventListener("click", () => { focusOn(index); model.send({ press: index }); });
    } else tile.setAttribute("role", "img");
    tile.append(document.createElement("canvas"), document.createElement("span"));
    return tile;
  }

  function makeHead(words) {
    const head = document.createElement("span");
    [head.className, head.textContent, head.ariaHidden] = ["ganlib-head", words, "true"]; // each tile's label says it
    return head;
  }

  function build(count) {
    tiles = Array.from({ length: count }, (_, index) => makeTile(index));
    heads = model.get("heads");
    root.replaceChildren(...heads.map(makeHead), ...tiles);
    focusOn(Math.min(focus, count - 1));
  }

  /** One tile at a time is a stop of the Tab key. */
  function focusOn(index) {
    focus = index;
    if (model.get("pressable")) tiles.forEach((tile, i) => { tile.tabIndex = i === index ? 0 : -1; });
  }

  function paint(canvas, rgb, height, width) {
    if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
    const image = new ImageData(width, height);
    for (let from = 0, to = 0; from < rgb.length; from += 3, to += 4) {
      image.data[to] = rgb[from];
      image.data[to + 1] = rgb[from + 1];
      image.data[to + 2] = rgb[from + 2];
      image.data[to + 3] = 255;
    }
    canvas.getContext("2d").putImageData(image, 0, 0);
  }

  function describe(tile, index, marked) {
    const caption = model.get("captions")[index] ?? "", label = model.get("labels")[index] || `picture ${index + 1}`;
    tile.lastChild.textContent = caption;
    tile.title = label;
    tile.setAttribute("aria-label", label);
    tile.classList.toggle("marked", marked);
    if (model.get("pressable")) tile.setAttribute("aria-pressed", marked);
  }

  function show() {
    scheduled = false;
    const [count, height, width] = model.get("shape");
    if (!count) return;
    if (tiles.length !== count || heads.join() !== model.get("heads").join()) build(count);
    const bytes = model.get("pixels"), area = 3 * height * width, marked = new Set(model.get("marked"));
    const rgb = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    tiles.forEach((tile, index) => {
      paint(tile.firstChild, rgb.subarray(index * area, (index + 1) * area), height, width);
      describe(tile, index, marked.has(index));
    });
    root.setAttribute("aria-label", model.get("name"));
    arrange();
  }

  /** Screen pixels for one of a picture's: few enough for whole rows where these are to stay whole. */
  function enlargement(height, width) {
    const wanted = Math.max(1, Math.round(model.get("side") / height));
    if (!model.get("aligned")) return wanted;
    const share = (room() + BETWEEN) / model.get("columns") - BETWEEN;
    return Math.max(1, Math.min(wanted, Math.floor(share / width)));
  }
  const room = () => root.clientWidth - 2 * FRAME;

  /** As many in a row as there is room for, and rows of about one length. */
  function arrange() {
    const [count, height, width] = model.get("shape");
    if (!count || tiles.length !== count) return;
    const zoom = enlargement(height, width);
    for (const tile of tiles) {
      tile.style.width = `${zoom * width}px`;
      [tile.firstChild.style.width, tile.firstChild.style.height] = [`${zoom * width}px`, `${zoom * height}px`];
    }
    root.classList.toggle("tight", zoom * width < 48);
    const fit = Math.floor((room() + BETWEEN) / (zoom * width + BETWEEN)), wanted = model.get("columns");
    const rows = Math.ceil(count / Math.max(1, model.get("aligned") ? wanted : Math.min(fit, wanted)));
    across = Math.ceil(count / rows);
    root.style.gridTemplateColumns = `repeat(${across}, ${zoom * width}px)`;
  }

  root.addEventListener("keydown", (event) => {
    const moves = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -across, ArrowDown: across, Home: -focus, End: tiles.length - 1 - focus };
    if (!model.get("pressable") || !(event.key in moves) || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    const next = focus + moves[event.key];
    if (next < 0 || next >= tiles.length) return;
    focusOn(next);
    tiles[next].focus();
  });
  const soon = () => {
    if (!scheduled) queueMicrotask(show);
    scheduled = true;
  };
  const traits = ["shape", "pixels", "captions", "labels", "heads", "marked", "columns", "name", "side", "aligned"];
  const endChanges = listen(model, traits.map((name) => `change:${name}`), soon);
  const size = new ResizeObserver(arrange);
  size.observe(root);
  show();
  const endGuard = guardWhenShown(el);
  return () => { size.disconnect(); endGuard(); endChanges(); };
}

export default { render };

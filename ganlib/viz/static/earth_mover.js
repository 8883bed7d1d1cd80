// The ground of the earth-mover puzzle: blocks are carried by mouse, finger or keyboard; finished moves go to the kernel.

/** The words for a place: "column 3", or "row 1, column 3". */
function placeName(level, i) {
  return level.line ? `column ${i}` : `row ${Math.floor(i / level.columns)}, column ${i % level.columns}`;
}

/** What stands in a place and what is wanted there, in words. */
function placeWords(level, heaps, i) {
  const [here, goal] = [heaps[i], level.goal[i]];
  const name = placeName(level, i);
  const state = here > goal ? `${here - goal} too many` : here < goal ? `${goal - here} missing` : "right";
  if (!here && !goal) return `${name[0].toUpperCase()}${name.slice(1)}: empty, and so is the goal.`;
  return `${name[0].toUpperCase()}${name.slice(1)}: ${here} here, goal ${goal}, ${state}.`;
}

function render({ model, el }) {
  const root = document.createElement("div");
  root.className = "ganlib-earth";
  const svg = put(root, "svg", { tabindex: 0, role: "application" });
  const words = document.createElement("div");
  words.className = "ganlib-earth-words";
  words.setAttribute("aria-live", "polite");
  root.append(words);
  el.append(root);

  const me = Math.random().toString(36).slice(2);
  const hint = "Drag blocks, or click to pick up and again to put down. Keys: arrows, space, Escape, digits, U, R.";
  let hand = null, cursor = null, pointer = null, away = false; // away: the pointer has left the place it lifted from
  let pending = [], sent = 0, queued = false, flight = null;

  const level = () => model.get("level");
  const game = () => model.get("game");
  const showsPlan = () => game().plan.length > 0;

  /** The heaps with the moves that the kernel has not answered yet. */
  function heaps() {
    const now = [...game().heaps];
    if (!showsPlan()) for (const { source, target, mass } of pending) { now[source] -= mass; now[target] += mass; }
    return now;
  }

  function draw() {
    queued = false;
    const width = root.clientWidth || 600;
    const colours = model.get("palette")[isDark(el) ? "dark" : "light"];
    for (const [name, colour] of Object.entries(colours)) root.style.setProperty(`--ganlib-${name}`, colour);
    const now = heaps(), { prices, plan } = game();
    if (flight) now[flight.target] = Math.max(0, now[flight.target] - flight.mass); // not there yet
    const place = layout(level(), now, width, prices.length);
    svg.setAttribute("viewBox", `0 0 ${width} ${place.height}`);
    svg.style.height = `${place.height}px`;
    svg.setAttribute("aria-label", model.get("alt"));
    svg.classList.toggle("holding", hand !== null);
    svg.replaceChildren();
    const shown = hand || svg.matches(":focus") ? cursor : null;
    drawGround(svg, level(), place, { heaps: now, hand, cursor: shown, pointer, prices, plan, width });
    if (flight) drawFlight(place);
  }
  function schedule() {
    if (!queued) { queued = true; requestAnimationFrame(draw); }
  }
  function say(text) { words.textContent = text; }

  /** A move of the keyboard or of the kernel, on its way; whoever wants less motion sees none. */
  function drawFlight(place) {
    const t = Math.min(1, (performance.now() - flight.start) / 260);
    const path = put(svg, "path", { d: place.way(flight.source, flight.target).d, fill: "none" });
    const at = path.getPointAtLength(t * t * (3 - 2 * t) * path.getTotalLength());
    drawBlocks(put(svg, "g", { class: "moving" }), [at.x, at.y], flight.mass, place.slot(flight.source, 0));
    if (t < 1) schedule(); else flight = null;
    if (!flight) schedule();
  }
  function fly(source, target, mass) {
    if (!window.matchMedia("(prefers-reduced-motion: reduce)").matches)
      flight = { source, target, mass, start: performance.now() };
  }

  function pickUp(i) {
    if (showsPlan()) return say("This is an optimal plan. Press its button again to go on with your game.");
    const mass = Math.min(model.get("at_once"), heaps()[i]);
    if (!mass) return say(`${placeWords(level(), heaps(), i)} Nothing to pick up.`);
    [hand, cursor] = [{ source: i, mass }, i];
    tellHand();
  }
  function tellHand() {
    const { source, mass } = hand;
    const holding = `Holding ${mass} from ${placeName(level(), source)}.`;
    const distance = level().distances[source][cursor];
    const price = `${mass} \u00d7 ${numeral(distance)} = ${numeral(mass * distance)}`;
    say(cursor === source ? holding : `${holding} To ${placeName(level(), cursor)}: ${price}.`);
  }
  function putDown(animate) {
    const { source, mass } = hand;
    [hand, pointer] = [null, null];
    if (cursor === source) return say(placeWords(level(), heaps(), source));
    if (animate) fly(source, cursor, mass);
    say(`Moved ${mass} from ${placeName(level(), source)} to ${placeName(level(), cursor)}.`);
    ask("move", { source, target: cursor, mass });
  }
  function putBack() {
    if (!hand) return;
    [cursor, hand, pointer] = [hand.source, null, null];
    say(`Put back. ${placeWords(level(), heaps(), cursor)}`);
  }

  /** Tell the kernel; a move is shown at once, and for good when the kernel says so. */
  function ask(wish, details = {}) {
    const message = { do: wish, view: me, number: ++sent, ...details };
    if (wish === "move") pending.push(message);
    model.send(message);
    const waits = () => { if (pending.includes(message)) say("Your move waits until the kernel has time for it."); };
    setTimeout(waits, 1500);
  }

  const columns = () => level().columns;
  const steps = {
    ArrowLeft: (i) => (i % columns() ? i - 1 : i),
    ArrowRight: (i) => ((i + 1) % columns() ? i + 1 : i),
    ArrowUp: (i) => (i >= columns() ? i - columns() : i),
    ArrowDown: (i) => (i + columns() < level().goal.length ? i + columns() : i),
    Home: (i) => i - (i % columns()),
    End: (i) => i - (i % columns()) + columns() - 1,
  };
  function onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (steps[key]) {
      cursor = cursor === null ? 0 : steps[key](cursor);
      pointer = null;
      if (hand) tellHand(); else say(placeWords(level(), heaps(), cursor));
    } else if (key === " " || key === "Enter") {
      if (hand) putDown(true); else pickUp((cursor ??= 0));
    } else if (key === "Escape") putBack();
    else if (/^[1-9]$/.test(key)) carry(Number(key));
    else if (key === "u") undo();
    else if (key === "r") { putBack(); ask("restart"); say("Started again."); }
    else return;
    event.preventDefault();
    event.stopPropagation();
    schedule();
  }
  function undo() {
    putBack();
    say(game().moves ? "Took the last move back." : "Nothing to take back.");
    ask("undo");
  }
  function carry(mass) {
    const most = Math.min(9, Math.max(...level().start));
    model.set("at_once", Math.min(mass, most));
    model.save_changes();
    if (hand) {
      hand.mass = Math.min(mass, heaps()[hand.source]);
      tellHand();
    } else say(`Carrying up to ${Math.min(mass, most)} at once.`);
  }
  /** Ctrl-Z is JupyterLab's, but not here: the window hears it first. */
  function onUndoKey(event) {
    if (!root.contains(event.target) || !(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z") return;
    event.preventDefault();
    event.stopImmediatePropagation();
    undo();
    schedule();
  }

  /** The place under the pointer, or null. */
  function under(event) {
    const box = svg.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    const place = layout(level(), heaps(), box.width, game().prices.length);
    const found = level().goal.findIndex((_, i) => {
      const cell = place.cell(i);
      return x >= cell.x && x < cell.x + cell.width && y >= (level().line ? 0 : cell.y) && y < cell.y + cell.height;
    });
    return [found < 0 ? null : found, [x, y]];
  }
  function onDown(event) {
    if (event.button !== 0) return;
    svg.focus({ preventScroll: true });
    const [i] = under(event);
    away = hand !== null;
    if (i === null) putBack();
    else if (hand) { cursor = i; }
    else { pickUp(i); cursor = i; }
    if (hand) svg.setPointerCapture(event.pointerId);
    schedule();
  }
  function onMove(event) {
    if (!hand) return;
    const [i, at] = under(event);
    pointer = at;
    if (i !== null && i !== cursor) { cursor = i; away = true; tellHand(); }
    schedule();
  }
  /** Let go elsewhere, or after a second click: put down. Let go where it was picked up: it stays in the hand. */
  function onUp(event) {
    if (!hand) return;
    const [i] = under(event);
    if (i === null) putBack(); else if (away) putDown(false);
    schedule();
  }

  /** The kernel has spoken. */
  function onGame() {
    const { view, number } = game().answered;
    pending = view === me ? pending.filter((message) => message.number > number) : pending;
    if (hand && (showsPlan() || heaps()[hand.source] < hand.mass)) putBack();
    schedule();
  }
  function onLevel() {
    [hand, pointer, cursor, pending, flight] = [null, null, null, [], null];
    say(hint);
    schedule();
  }

  svg.addEventListener("keydown", onKey);
  // A finger that carries blocks does not scroll the page; elsewhere it does.
  svg.addEventListener("touchstart", (event) => { if (hand) event.preventDefault(); }, { passive: false });
  svg.addEventListener("pointerdown", onDown);
  svg.addEventListener("pointermove", onMove);
  svg.addEventListener("pointerup", onUp);
  svg.addEventListener("pointercancel", () => { putBack(); schedule(); });
  svg.addEventListener("focus", schedule);
  svg.addEventListener("blur", () => { putBack(); schedule(); });
  window.addEventListener("keydown", onUndoKey, true);
  const endings = [
    guardWhenShown(el),
    onThemeChange(schedule),
    listen(model, ["change:game"], onGame),
    listen(model, ["change:level"], onLevel),
  ];
  const sizes = new ResizeObserver(schedule);
  sizes.observe(root);
  onLevel();
  return () => {
    window.removeEventListener("keydown", onUndoKey, true);
    sizes.disconnect();
    endings.forEach((end) => end());
  };
}

export default { render };

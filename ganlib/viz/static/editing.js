// A tool for the canvas: the reader drags, adds and removes points of several groups, by mouse, touch or keyboard.

const REACH = 14; // pixels around a point's centre that belong to it, and more for a finger
const FINGER = 24;
const TELL_MS = 50; // between two reports to the kernel while something moves

function editingTool({ model, root, canvas, schedule, pixels, within }) {
  let points = model.get("points"), chosen = -1, moving = false, grip = [0, 0], said = "", gesture = null;
  let toldAt = 0, later = null;
  const groups = () => model.get("groups");
  const removing = () => model.get("tool") < 0;
  const count = (group) => points.filter((p) => p[2] === group).length;
  const place = (p) => [p[0], p[1]];

  const help = document.createElement("div");
  help.className = "ganlib-help";
  help.id = `ganlib-help-${Math.random().toString(36).slice(2)}`;
  canvas.setAttribute("aria-describedby", help.id);
  canvas.dataset.ganlibKeys = "z"; // with Ctrl, too, this key is the canvas's own
  root.append(help);
  const showHelp = () => { help.textContent = model.get("help"); };
  showHelp();

  /** The kernel learns the points as they are now; what belongs to one gesture is undone at once. */
  function tell() {
    clearTimeout(later);
    [later, toldAt] = [null, performance.now()];
    model.set("gesture", gesture);
    model.set("points", points);
    model.save_changes();
  }
  function tellSoon() {
    later ??= setTimeout(tell, Math.max(0, toldAt + TELL_MS - performance.now()));
  }
  function tellNow() { if (later !== null) tell(); }
  function begin() {
    tellNow();
    gesture = model.get("gesture") + 1;
  }

  /** The point within reach of a place: the nearest one, the last drawn first. */
  function near([x, y], reach) {
    const at = pixels();
    const gap = ([px, py]) => Math.hypot(at.x(px) - at.x(x), at.y(py) - at.y(y));
    let best = -1;
    points.forEach((p, i) => { if (gap(p) <= reach && (best < 0 || gap(p) <= gap(points[best]))) best = i; });
    return best;
  }

  function choose(index) {
    tellNow();
    [chosen, moving, grip] = [index, false, [0, 0]];
    said = index < 0 ? "" : `${name(index)}: arrows move it, Space lets go`;
  }
  function name(index) {
    const group = points[index][2];
    const { name: words, fixed } = groups()[group];
    const order = points.slice(0, index + 1).filter((p) => p[2] === group).length;
    return fixed ? words : `${words}, point ${order} of ${count(group)}`;
  }

  function moveTo(at) {
    if (!moving) { begin(); moving = true; }
    const [from, to] = [points[chosen], within(at)];
    const taken = groups()[from[2]].takes; // the group that goes along, if any
    const along = ([x, y, group]) => (group === taken ? [x + to[0] - from[0], y + to[1] - from[1], group] : [x, y, group]);
    points = points.map(along).with(chosen, [...to, from[2]]);
    said = name(chosen);
    tellSoon();
  }
  function add(at) {
    begin();
    const group = model.get("tool");
    points = [...points, [...at, group]];
    tell();
    said = `Added, ${count(group)} points in ${groups()[group].name}`;
  }
  function remove(index) {
    const group = points[index][2];
    if (groups()[group].fixed) { said = `${groups()[group].name} can be moved, not removed`; return; }
    begin();
    points = points.toSpliced(index, 1);
    choose(-1);
    tell();
    said = `Removed, ${count(group)} points left in ${groups()[group].name}`;
  }
  function undo() {
    choose(-1);
    model.set("undone", model.get("undone") + 1); // with what is still on its way, and after it
    model.save_changes();
    said = "Taken back";
  }
  /** Choose the next point to the right, or to the left, and at first the nearest one. */
  function walk(step, at) {
    const order = points.map((_, i) => i).sort((i, j) => points[i][0] - points[j][0]);
    const next = (order.indexOf(chosen) + step + order.length) % order.length;
    choose(chosen < 0 ? near(at, Infinity) : order[next]);
  }
  function press(at) {
    const index = near(at, REACH);
    if (removing()) { if (index >= 0) remove(index); }
    else if (chosen >= 0) choose(-1);
    else if (index >= 0) choose(index);
    else add(at);
  }
  function toGroup(group) {
    if (!groups()[group] || groups()[group].fixed) return false;
    model.set("tool", group);
    model.save_changes();
    said = `New points go to ${groups()[group].name}`;
    return true;
  }

  const onPoints = () => { // what did not come from here ends what is being done here
    if (model.get("points") !== points) [points, chosen, moving] = [model.get("points"), -1, false];
    schedule();
  };
  const endings = [
    listen(model, ["change:points", "change:groups", "change:tool"], onPoints),
    listen(model, ["change:help"], showHelp),
  ];

  return {
    active: () => true,
    layers() {
      const style = { kind: "points", alpha: 1, edge: "background" };
      const drawn = groups().map(({ name: label, colour, marker, size }, group) => {
        const values = points.filter((p) => p[2] === group).flatMap(place);
        return { ...style, values, size, marker, colour, label };
      });
      const ring = { ...style, size: 11, marker: "ring", colour: "text", edge: "" };
      return chosen < 0 ? drawn : [...drawn, { ...ring, values: place(points[chosen]) }];
    },
    down(at, event) {
      const index = near(at, event.pointerType === "touch" ? FINGER : REACH);
      if (removing()) { if (index >= 0) remove(index); return; }
      if (index < 0) add(at);
      const taken = index < 0 ? points.length - 1 : index;
      const words = said;
      choose(taken);
      if (index < 0) [said, moving] = [words, true]; // where it is dragged at once belongs to its adding
      grip = [points[taken][0] - at[0], points[taken][1] - at[1]];
    },
    move([x, y]) { if (chosen >= 0) moveTo([x + grip[0], y + grip[1]]); },
    hover(at) {
      said = "";
      canvas.style.cursor = near(at, REACH) < 0 ? "" : removing() ? "pointer" : "grab";
    },
    up() {
      tellNow();
      [moving, grip] = [false, [0, 0]];
    },
    key(event, at) {
      const key = event.key.toLowerCase();
      if (key === "z" && (event.ctrlKey || event.metaKey) && !event.shiftKey) undo();
      else if (event.ctrlKey || event.metaKey || event.altKey) return false;
      else if (key === "u") undo();
      else if (key === " ") press(at);
      else if (key === "escape" && chosen >= 0) choose(-1);
      else if (key === "n") walk(1, at);
      else if (key === "p") walk(-1, at);
      else if (key === "delete" || key === "backspace") {
        const index = chosen >= 0 ? chosen : near(at, REACH);
        if (index >= 0) remove(index);
      } else return /^[1-9]$/.test(key) && toGroup(Number(key) - 1);
      return true;
    },
    carry(at) { if (chosen >= 0) moveTo(at); else said = ""; },
    held: () => (chosen < 0 ? undefined : place(points[chosen])),
    leave() { choose(-1); },
    words(at) {
      if (!said || !at) return said;
      return `${said}   ${model.get("view").xname} = ${number(at[0])}   ${model.get("view").yname} = ${number(at[1])}`;
    },
    end() { tellNow(); endings.forEach((end) => end()); },
  };
}

export default { render: (view) => showScene(view, editingTool) };

// A tool for the canvas: while `drawing` is on, the reader draws points, by mouse or with space bar and Backspace.

function drawingTool({ model, schedule, pixels }) {
  let drawn = model.get("drawn");
  const active = () => model.get("drawing");
  const set = (points) => { drawn = points; schedule(); };
  const tell = () => { model.set("drawn", drawn); model.save_changes(); };
  const far = ([x, y]) => {
    const [place, last] = [pixels(), drawn.at(-1)];
    return !last || Math.hypot(place.x(x) - place.x(last[0]), place.y(y) - place.y(last[1])) > 4;
  };
  return {
    active,
    layers: () =>
      active() ? [{ kind: "points", values: drawn.flat(), size: 4, marker: "o", colour: "real", alpha: 0.9 }] : [],
    down: (at) => set([...drawn, at]),
    move: (at) => { if (far(at)) set([...drawn, at]); },
    up: tell,
    key(event, at) {
      if (event.ctrlKey || event.metaKey || event.altKey) return false;
      if (event.key === " ") set([...drawn, at]);
      else if (event.key === "Backspace") set(drawn.slice(0, -1));
      else return false;
      tell();
      return true;
    },
    hover() {},
    carry() {},
    held() {},
    leave() {},
    words: () => "",
    end: listen(model, ["change:drawn", "change:drawing"], () => set(model.get("drawn"))),
  };
}

export default { render: (view) => showScene(view, drawingTool) };

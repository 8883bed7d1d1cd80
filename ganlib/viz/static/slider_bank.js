// A slider for each number of a vector. All of them are one model, so that a new vector is one message.

const TELL_EVERY_MS = 50;

function render({ model, el }) {
  const root = document.createElement("div");
  root.className = "ganlib-bank";
  root.setAttribute("role", "group");
  el.append(root);
  // What the reader has moved since the kernel was told: its answer to an earlier message must not undo that.
  const moved = new Map();
  const values = () => model.get("values").map((value, index) => moved.get(index) ?? value);
  let rows = [], toldAt = 0, later = null;

  function tell() {
    clearTimeout(later);
    [later, toldAt] = [null, performance.now()];
    model.set("values", values());
    moved.clear();
    model.save_changes();
  }
  function tellSoon() {
    later ??= setTimeout(tell, Math.max(0, toldAt + TELL_EVERY_MS - performance.now()));
  }

  function makeRow(index) {
    const row = document.createElement("label"), name = document.createElement("span");
    const input = document.createElement("input"), value = document.createElement("output");
    input.type = "range";
    input.addEventListener("input", () => {
      moved.set(index, Number(input.value));
      show();
      tellSoon();
    });
    input.addEventListener("focus", () => { model.set("chosen", index); tell(); });
    row.append(name, input, value);
    return { row, name, input, value };
  }

  function build() {
    const labels = model.get("labels");
    root.setAttribute("aria-label", model.get("name"));
    if (rows.length !== labels.length) {
      rows = labels.map((_, index) => makeRow(index));
      root.replaceChildren(...rows.map(({ row }) => row));
    }
    rows.forEach(({ row, name, input }, index) => {
      [input.min, input.max, input.step] = ["low", "high", "step"].map((name) => model.get(name));
      name.textContent = labels[index];
      row.title = model.get("hints")[index] ?? "";
      input.setAttribute("aria-label", labels[index]);
      input.setAttribute("aria-description", row.title);
      name.style.setProperty("--weight", `${100 * (model.get("weights")[index] ?? 0)}%`);
    });
    show();
  }

  function show() {
    const shown = values(), chosen = model.get("chosen");
    rows.forEach(({ row, input, value }, index) => {
      const words = (shown[index] ?? 0).toFixed(2).replace(/^-0\.00$/, "0.00").replace("-", "\u2212");
      if (Number(input.value) !== shown[index]) input.value = shown[index];
      value.textContent = words;
      input.setAttribute("aria-valuetext", words);
      row.classList.toggle("chosen", index === chosen);
    });
  }

  const endLabels = listen(model, ["change:labels", "change:hints", "change:weights"], build);
  const endValues = listen(model, ["change:values", "change:chosen"], show);
  build();
  const endGuard = guardWhenShown(el);
  return () => { clearTimeout(later); endGuard(); endLabels(); endValues(); };
}

export default { render };

// A text field: what is typed travels at once, Enter enters it, the arrow keys bring back what was entered before.

const TELL_EVERY_MS = 60;

function render({ model, el }) {
  const [root, name, input, hint] = ["div", "label", "input", "small"].map((tag) => document.createElement(tag));
  root.className = "ganlib-caption";
  Object.assign(input, { type: "text", autocomplete: "off", spellcheck: false, maxLength: 200 });
  const id = Math.random().toString(36).slice(2);
  [input.id, name.htmlFor, hint.id] = [`ganlib-caption-${id}`, `ganlib-caption-${id}`, `ganlib-hint-${id}`];
  input.setAttribute("aria-describedby", hint.id);
  root.append(name, input, hint);
  el.append(root);
  let place = -1, draft = "", told = null, toldAt = 0, later = null; // place: of the history, -1 for what is being typed

  function tell(entered) {
    clearTimeout(later);
    [later, told, toldAt] = [null, input.value, performance.now()];
    model.set("value", told);
    if (entered) model.set("entered", [...model.get("entered"), told]);
    model.save_changes();
  }
  const tellSoon = () => { later ??= setTimeout(() => tell(false), Math.max(0, toldAt + TELL_EVERY_MS - performance.now())); };

  /** One step back (1) or forward (-1) in the history; what was being typed is kept at its end. */
  function recall(step) {
    const past = [...model.get("history")].reverse();
    let next = place + step;
    if (step > 0 && past[next] === input.value) next += step; // what has just been entered is still there
    if (next < -1 || next >= past.length) return;
    if (place === -1) draft = input.value;
    place = next;
    input.value = place === -1 ? draft : past[place];
    input.setSelectionRange(input.value.length, input.value.length);
    tell(false);
  }

  input.addEventListener("input", () => { place = -1; tellSoon(); });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    if (event.key === "Enter") {
      tell(true);
      place = -1;
    } else if (event.key === "ArrowUp") recall(1);
    else if (event.key === "ArrowDown") recall(-1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });

  function show() {
    name.textContent = model.get("label");
    hint.textContent = model.get("hint");
    input.setAttribute("aria-invalid", model.get("wrong"));
  }
  /** The kernel's text, except where it only repeats an earlier state of what is being typed. */
  function take() {
    const value = model.get("value");
    if (value === input.value || later !== null || value === told) return;
    [input.value, told, place] = [value, value, -1];
  }
  const endLooks = listen(model, ["change:label", "change:hint", "change:wrong"], show);
  const endValue = listen(model, ["change:value"], take);
  input.value = model.get("value");
  show();
  const endGuard = guardWhenShown(el);
  return () => { clearTimeout(later); endGuard(); endLooks(); endValue(); };
}

export default { render };

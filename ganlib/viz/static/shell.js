// What every widget of the course shares: theme, keyboard, labels, downloads.

/** True where the page is dark: JupyterLab says so, elsewhere the background behind `el` decides. */
function isDark(el) {
  const said = document.body.dataset.jpThemeLight;
  if (said) return said === "false";
  for (let node = el; node; node = node.parentElement) {
    const rgba = getComputedStyle(node).backgroundColor.match(/[\d.]+/g)?.map(Number);
    if (rgba && (rgba[3] ?? 1) > 0.5) return 0.3 * rgba[0] + 0.6 * rgba[1] + 0.1 * rgba[2] < 128;
  }
  return false;
}

/** Calls `changed` whenever the page's theme changes; returns a function that ends this. */
function onThemeChange(changed) {
  const observer = new MutationObserver(changed);
  observer.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light", "class"] });
  return () => observer.disconnect();
}

/** The output that `el` lies in, with all its controls. */
function outputOf(el) {
  return el.closest(".jp-OutputArea-output, .cell-output-ipywidget-background, .output_subarea") ?? el.parentElement;
}

/** Names for assistive technology that the controls of ipywidgets lack. */
function label(output) {
  for (const handle of output.querySelectorAll(".noUi-handle")) {
    const slider = handle.closest(".widget-slider");
    const words = { label: slider?.querySelector("label"), valuetext: slider?.querySelector(".widget-readout") };
    for (const [name, part] of Object.entries(words))
      if (part?.textContent && handle.getAttribute(`aria-${name}`) !== part.textContent)
        handle.setAttribute(`aria-${name}`, part.textContent);
  }
  for (const group of output.querySelectorAll(".widget-toggle-buttons")) {
    const words = group.querySelector(".widget-label")?.textContent;
    if (words) [group.role, group.ariaLabel] = ["group", words];
  }
  for (const button of output.querySelectorAll(".ganlib-upload")) button.setAttribute("aria-label", "Load run");
  for (const words of output.querySelectorAll(".ganlib-words")) words.setAttribute("role", "status");
  for (const button of output.querySelectorAll(".jupyter-button")) {
    if (button.classList.contains("widget-toggle-button") || button.closest(".widget-toggle-buttons"))
      button.setAttribute("aria-pressed", button.classList.contains("mod-active"));
  }
}

/**
 * Keeps JupyterLab's one-letter shortcuts away from the controls in `el`'s output (typing "b" there must not insert a
 * cell), while combinations with Ctrl, Alt or Cmd go through, except with the keys that the element's data-ganlib-keys
 * claims. Lumino asks the focused element for this attribute.
 */
function guard(el) {
  const output = outputOf(el);
  const onKey = (event) => {
    if (!output.contains(event.target)) return;
    const combination = event.ctrlKey || event.metaKey || event.altKey;
    const claimed = event.target.dataset?.ganlibKeys?.includes(event.key.toLowerCase());
    event.target.toggleAttribute("data-lm-suppress-shortcuts", !combination || Boolean(claimed));
  };
  const onFocus = () => label(output);
  const moved = new MutationObserver(onFocus); // a slider that has moved says its position, not its value
  moved.observe(output, { subtree: true, childList: true, attributes: true, attributeFilter: ["aria-valuetext", "class"] });
  window.addEventListener("keydown", onKey, true);
  output.addEventListener("focusin", onFocus);
  output.addEventListener("click", onFocus);
  return () => {
    moved.disconnect();
    window.removeEventListener("keydown", onKey, true);
    output.removeEventListener("focusin", onFocus);
    output.removeEventListener("click", onFocus);
  };
}

/** Guards once the element is in the page, and marks it as alive; returns the function that ends it. */
function guardWhenShown(el) {
  el.classList.add("ganlib-live");
  let end = () => {};
  const frame = requestAnimationFrame(() => { end = guard(el); label(outputOf(el)); });
  return () => { cancelAnimationFrame(frame); end(); };
}

/** Offers bytes from the kernel as a file to save. */
function download(name, mime, bytes) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([bytes], { type: mime }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

/** Calls `heard` on each of the model's events; returns the function that ends it. */
function listen(model, events, heard) {
  for (const event of events) model.on(event, heard);
  return () => events.forEach((event) => model.off(event, heard));
}

/** The float32 numbers in bytes from the kernel, which need not begin at a multiple of four. */
function floats(bytes) {
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}

// Shows the kernel's picture and tells the kernel whether the page is dark.

function render({ model, el }) {
  const image = document.createElement("img");
  image.className = "ganlib-figure";
  el.append(image);
  let url = "";
  const show = () => {
    const old = url;
    url = URL.createObjectURL(new Blob([model.get("png")], { type: "image/png" }));
    image.onload = image.onerror = () => URL.revokeObjectURL(old);
    image.src = url;
    image.alt = model.get("alt");
    image.style.maxWidth = model.get("width") + "px";
  };
  const tellTheme = () => {
    const dark = isDark(el);
    if (dark !== model.get("dark")) { model.set("dark", dark); model.save_changes(); }
  };
  const endChanges = listen(model, ["change:png", "change:alt"], show);
  show();
  const first = requestAnimationFrame(tellTheme);
  const endGuard = guardWhenShown(el);
  const endTheme = onThemeChange(tellTheme);
  return () => {
    cancelAnimationFrame(first);
    endTheme();
    endGuard();
    endChanges();
    URL.revokeObjectURL(url);
  };
}

export default { render };

// A widget without a face: it guards the controls beside it and hands files to the browser.

function render({ model, el }) {
  const endGuard = guardWhenShown(el);
  const onMessage = (message, buffers) => {
    if (message.do === "download") download(message.name, message.mime, buffers[0]);
  };
  const endMessages = listen(model, ["msg:custom"], onMessage);
  return () => { endGuard(); endMessages(); };
}

export default { render };

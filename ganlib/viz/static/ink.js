// Lines of ink on a sheet of pixels; ink.py computes the same.

/** Covers pixels of the sheet along a line of this width, or takes their ink away. Points are in pixels from the corner. */
function drawLine(ink, size, [x0, y0], [x1, y1], width, erasing) {
  const reach = (1 + width) / 2, length = Math.max((x1 - x0) ** 2 + (y1 - y0) ** 2, 1e-12);
  const range = (a, b) => [Math.max(0, Math.floor(Math.min(a, b) - reach)), Math.min(size - 1, Math.ceil(Math.max(a, b) + reach))];
  const [left, right] = range(x0, x1), [top, bottom] = range(y0, y1);
  for (let row = top; row <= bottom; row++) {
    for (let column = left; column <= right; column++) {
      const [x, y] = [column + 0.5 - x0, row + 0.5 - y0];
      const along = Math.min(1, Math.max(0, (x * (x1 - x0) + y * (y1 - y0)) / length));
      const distance = Math.hypot(x - along * (x1 - x0), y - along * (y1 - y0));
      const share = Math.floor(255 * Math.min(1, Math.max(0, reach - distance)) + 0.5), at = row * size + column;
      ink[at] = erasing ? Math.min(ink[at], 255 - share) : Math.max(ink[at], share);
    }
  }
}

/** The sheet as red, green, blue and opacity: white paper, darker to the colour of ink. */
function inked(ink, colour) {
  const rgba = new Uint8ClampedArray(4 * ink.length).fill(255);
  ink.forEach((share, at) => { for (let k = 0; k < 3; k++) rgba[4 * at + k] = 255 + (share / 255) * (colour[k] - 255); });
  return rgba;
}

/** Red, green and blue as above. */
function opaque(rgb) {
  const rgba = new Uint8ClampedArray((4 * rgb.length) / 3).fill(255);
  for (let at = 0; at < rgb.length / 3; at++) rgba.set(rgb.subarray(3 * at, 3 * at + 3), 4 * at);
  return rgba;
}

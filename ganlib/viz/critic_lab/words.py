"""The critics' numbers in a table."""

from collections.abc import Sequence
from math import isfinite

from ganlib.viz.critic_lab.charts import GLYPHS
from ganlib.viz.critic_lab.trials import Reading

HEADS = ("critic", "E f(real) \u2212 E f(fake)", "slope at the data", "gradient, layer by layer", "at \u00b1c")


def table(readings: Sequence[Reading]) -> str:
    """Estimate, slope, growth of the gradient from layer to layer, and share of weights at the limit; as HTML."""
    rows = [_row("th", HEADS)]
    for glyph, reading in zip(GLYPHS, readings, strict=True):
        slope = reading.norms.activations[0].item()
        share = "" if reading.clip is None else f"{reading.at_limit:.0%}"
        numbers = (short(reading.estimate), short(slope), _growth(reading), share)
        rows.append(_row("td", (f"{glyph} {reading.name}", *numbers)))
    narrow = "width: 0; min-width: 100%; overflow-x: auto"  # a narrow page scrolls the table, not the laboratory
    return f'<div style="{narrow}; line-height: 1.5"><table>{"".join(rows)}</table></div>'


def short(x: float) -> str:
    """A number in three digits; a very large or very small one in two, with a power of ten. As HTML."""
    if not isfinite(x):
        return "\u2013"
    if x == 0 or 1e-3 <= abs(x) < 1e4:
        return (f"{x:.3g}" if abs(x) < 1e3 else f"{x:,.0f}").replace("-", "\u2212")
    mantissa, exponent = f"{x:.1e}".split("e")
    return f"{mantissa} \u00b7 10<sup>{int(exponent)}</sup>".replace("-", "\u2212")


def span(glyph: str, name: str, low: float, high: float) -> str:
    """A critic's name and where its score lies; as HTML."""
    where = f"from {short(low)} to {short(high)}" if low < high else "the same everywhere"
    return f'<div style="line-height: 1.4">{glyph} {name}<br><small>f is {where}</small></div>'


def _growth(reading: Reading) -> str:
    """By what the gradient is multiplied from layer to layer; a dash where it is 0 or not finite somewhere."""
    try:
        factor, r_squared = reading.norms.growth()
    except ValueError:
        return "\u2013"
    return f"\u00d7 {short(factor)} (R\u00b2 {r_squared:.2f})"


def _row(tag: str, cells: Sequence[str]) -> str:
    style = "padding: 0 18px 0 0; text-align: left; white-space: nowrap"
    filled = "".join(f'<{tag} style="{style}">{cell}</{tag}>' for cell in cells)
    return f"<tr>{filled}</tr>"

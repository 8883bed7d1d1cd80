"""Numbers and sentences as several widgets write them."""

from html import escape


def number(value: float, digits: int = 2) -> str:
    """A number with a true minus, and none in front of a zero."""
    return f"{round(value, digits) + 0.0:.{digits}f}".replace("-", "\u2212")


def percent(share: float) -> str:
    """A share in percent: a digit more where it is near none or all, and never 0 or 100 in place of them."""
    if share < 1e-4 or share > 1 - 1e-4:
        return "less than 0.01 %" if share < 0.5 else "more than 99.99 %"
    return f"{100 * share:.2f} %" if min(share, 1 - share) < 0.01 else f"{100 * share:.0f} %"


def paragraphs(*sentences: str) -> str:
    """Sentences as HTML, one below the other; empty ones are left out."""
    return "".join(f'<p style="margin:0 0 .4em;line-height:1.4">{escape(words)}</p>' for words in sentences if words)

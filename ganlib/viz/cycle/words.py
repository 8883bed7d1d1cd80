"""What the cycle viewer says of its pictures."""

from collections.abc import Mapping, Sequence

from ganlib.viz.translation import table
from ganlib.viz.wording import paragraphs


def captions(names: Sequence[str]) -> dict[str, str]:
    """What each part of a cycle is called, where ``names`` are the domain that is translated and the other one."""
    one, other = names
    return {
        "before": f"before: {one}",
        "after": f"after: {other}",
        "back": f"back again: {one}",
        "partner": f"true partner: {other}",
    }


def told(shown: Mapping[str, float], whole: Mapping[str, float], n: int, said: Mapping[str, str]) -> str:
    """The errors of the picture that is shown and of all n, and what a judge has said of each picture, as HTML."""
    head = ["mean |difference| of a pixel", "this picture", f"all {n}"]
    body = [[name, f"{error:.3f}", f"{whole[name]:.3f}"] for name, error in shown.items()]
    read = [f"{name}. The judge reads: {words}." for name, words in said.items() if words]
    return table([head, *body], "right") + paragraphs(*read)

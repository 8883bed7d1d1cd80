"""What the animation says: titles, the arithmetic of sizes, and what the present step adds up."""

from ganlib.viz.transposed.board import short
from ganlib.viz.transposed.settings import Settings
from ganlib.viz.transposed.story import Story

TERMS = 9  # longer sums are cut short
TIMES, MINUS, PRIME = "\u00d7", "\u2212", "\u2032"


def extent(shape: tuple[int, ...], dimensions: int) -> str:
    """A shape in words: "3 x 3", or "3" in one dimension."""
    return f" {TIMES} ".join(map(str, shape[-dimensions:]))


def size(settings: Settings) -> str:
    """The arithmetic of the output's size along an axis, in letters and in numbers."""
    n, k, s, p = settings.size, settings.kernel_size, settings.stride, settings.padding
    o, result = settings.output_padding, f"<b>{settings.output_size}</b>"
    if settings.operation == "transposed":
        letters = f"(n {MINUS} 1) s {MINUS} 2p + k + o"
        numbers = f"({n} {MINUS} 1) {TIMES} {s} {MINUS} 2 {TIMES} {p} + {k} + {o}"
    elif settings.operation == "convolution":
        letters = f"\u230a(n + 2p {MINUS} k) / s\u230b + 1"
        numbers = f"\u230a({n} + 2 {TIMES} {p} {MINUS} {k}) / {s}\u230b + 1"
    else:
        letters = f"n s + 2p {MINUS} k + 1"
        numbers = f"{n} {TIMES} {s} + 2 {TIMES} {p} {MINUS} {k} + 1"
    return f"output size = {letters} = {numbers} = {result}"


def step(story: Story, steps: int) -> str:
    """What the latest step did, in two lines: where, and the sum in one output cell; as HTML."""
    if not steps:
        return f"{_beginning(story)}<br>&nbsp;"
    done = f"Step {steps} of {story.total}: "
    focus = story.focus(steps)
    if focus is None:
        return f"{done}{_stamp(story, steps)}<br>All of this stamp is cut off."
    what = _stamp(story, steps) if story.stamps else _reading(story, steps)
    return f"{done}{what}<br>{_sum(story, steps, focus)}"


def matrices(story: Story, steps: int) -> str:
    """What the present step has to do with the matrices, in words."""
    q = f"{steps - 1}" if steps else "q"
    if story.settings.operation == "upsample":
        return f"U repeats cells, C convolves. Row {q} of C U is what output cell {q} takes from each input cell."
    row = f"Row {q} of C is the kernel, laid out at its place {q} on the {extent(_wide(story), _d(story))} side."
    stamps = "the transposed convolution stamps with it" if story.stamps else "its adjoint would stamp with it"
    return f"{row} The convolution reads with it; {stamps}, as column {q} of C{PRIME}."


def alt(story: Story, steps: int) -> str:
    """The present view in words, without markup."""
    settings = story.settings
    name = {"transposed": "Transposed convolution", "convolution": "Convolution"}.get(settings.operation)
    name = name or "Upsampling, then a convolution,"
    shapes = f"of {extent(story.x.shape, _d(story))} cells to {extent(story.output.shape, _d(story))}"
    return (
        f"{name} {shapes}, kernel {settings.kernel_size}, stride {settings.stride}, padding {settings.padding}, "
        f"after step {steps} of {story.total}: input, kernel, products, output, how many products each output cell "
        "is the sum of, and the matrix."
    )


def _d(story: Story) -> int:
    return story.settings.dimensions


def _wide(story: Story) -> tuple[int, int]:
    return tuple(axis.wide for axis in story.axes)


def _beginning(story: Story) -> str:
    if story.stamps:
        return "Nothing is stamped yet. Each step stamps the kernel, times one input cell, on the output."
    return "Nothing is computed yet. Each step lays the kernel on the input and adds up the products."


def _place(name: str, cell: tuple[int, int], story: Story) -> str:
    return f"{name}[{', '.join(map(str, cell[-_d(story) :]))}]"


def _seen(cell: tuple[int, int], story: Story) -> tuple[int, int]:
    """A cell of ``Story.after``, as the output counts it."""
    return tuple(i - axis.padding for i, axis in zip(cell, story.axes, strict=True)) if story.stamps else cell


def _stamp(story: Story, steps: int) -> str:
    place = story.places[steps - 1]
    value = short(story.x[place])
    return f"{_place('x', place, story)} = {value}, so {value} {TIMES} kernel is added to the dashed cells."


def _reading(story: Story, steps: int) -> str:
    window = story.windows[steps - 1]
    outside = int((~story.inside[window]).sum())
    rest = f" {outside} of them lie in the padding and count 0." if outside else ""
    return f"the kernel lies on the dashed cells.{rest}"


def _sum(story: Story, steps: int, focus: tuple[int, int]) -> str:
    terms = story.terms(focus, steps)
    shown = " + ".join(f"{_factor(x)} {TIMES} {_factor(w)}" for x, w in terms[:TERMS])
    shown += f" + \u2026 ({len(terms)} products)" if len(terms) > TERMS else ""
    total = short(story.after(steps)[focus])
    so_far = " so far" if story.stamps and steps < story.total else ""
    result = f"{shown} = <b>{total}</b>{so_far}" if terms else f"<b>{total}</b>"
    return f"{_place('out', _seen(focus, story), story)} = {result}"


def _factor(value: float) -> str:
    return f"({short(value)})" if value < 0 else short(value)

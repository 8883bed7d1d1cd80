"""Diagrams of the systems that the chapters explain."""

from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from ganlib.viz.style import Picture


def _box(ax: Axes, x: float, y: float, title: str, words: str, colour: str) -> None:
    """A rounded box of width 1.7 and height 0.9, centred at (x, y)."""
    theme = ax.figure.theme
    shape = FancyBboxPatch(
        (x - 0.85, y - 0.45), 1.7, 0.9, "round,pad=0,rounding_size=0.12", fc=theme.background, ec=colour, lw=2
    )
    ax.add_patch(shape)
    ax.text(x, y + 0.13, title, ha="center", va="center", color=theme.text, fontsize=11, weight="bold")
    ax.text(x, y - 0.18, words, ha="center", va="center", color=theme.text, fontsize=9)


def _arrow(ax: Axes, start: tuple[float, float], end: tuple[float, float], words: str = "", bend: float = 0.0) -> None:
    """An arrow with its words above the middle."""
    theme = ax.figure.theme
    style = f"arc3,rad={bend}"
    ax.add_patch(
        FancyArrowPatch(start, end, arrowstyle="-|>", mutation_scale=13, color=theme.text, connectionstyle=style)
    )
    middle = (start[0] + end[0]) / 2, (start[1] + end[1]) / 2 + 0.16
    ax.text(*middle, words, ha="center", va="center", color=theme.text, fontsize=9.5)


def gan_diagram() -> Picture:
    """Noise to generator to fake; fake or real to discriminator; its gradient goes back to the generator."""
    picture = Picture(
        9,
        2.9,
        "Noise z enters the generator G, which makes a fake. The discriminator D sees fakes and real samples and "
        "says how real each one looks. An arrow leads from D back to G: its gradient says what would look more real.",
    )
    ax, theme = picture.axes_of(), picture.theme
    ax.set(xlim=(0.5, 9.2), ylim=(0, 3.0), aspect="equal")
    ax.set_axis_off()
    _box(ax, 3.0, 0.95, "generator G", "the counterfeiter", theme.generator)
    _box(ax, 3.0, 2.45, "real samples x", "genuine notes", theme.real)
    _box(ax, 6.6, 1.7, "discriminator D", "the police", theme.discriminator)
    _arrow(ax, (0.6, 0.95), (2.1, 0.95), "noise z")
    _arrow(ax, (3.9, 1.05), (5.7, 1.55), "fake G(z)")
    _arrow(ax, (3.9, 2.35), (5.7, 1.9), "real x")
    _arrow(ax, (7.5, 1.7), (9.1, 1.7), "D(x): how real?")
    _arrow(ax, (6.6, 1.2), (3.9, 0.65), bend=-0.3)
    ax.text(
        6.55,
        0.3,
        "its gradient says what would look more real",
        ha="center",
        color=theme.text,
        fontsize=9.5,
        style="italic",
    )
    return picture


def _gradient(ax: Axes, y: float, end: float, words: str, colour: str) -> None:
    """A dashed arrow from a loss back to x = ``end``, in the colour of the player whom it moves, its words below."""
    dashes = (0, (4, 2))
    ax.add_patch(
        FancyArrowPatch((8.6, y), (end, y), arrowstyle="-|>", mutation_scale=13, color=colour, lw=1.6, linestyle=dashes)
    )
    middle = (8.6 + end) / 2, y - 0.2
    ax.text(*middle, words, ha="center", va="center", color=ax.figure.theme.text, fontsize=9, style="italic")


def _half_iteration(ax: Axes, y: float, player: str, roles: tuple[str, str], fake: str) -> None:
    """One row: noise, generator, fake, discriminator, loss; ``roles`` says what G and D do meanwhile."""
    theme = ax.figure.theme
    ax.text(-0.4, y + 0.75, f"{player}'s step", ha="left", va="center", color=theme.text, fontsize=11, weight="bold")
    _arrow(ax, (0.1, y), (1.35, y), "noise z")
    _box(ax, 2.2, y, "generator G", roles[0], theme.generator)
    _arrow(ax, (3.05, y), (5.05, y), fake)
    _box(ax, 5.9, y, "discriminator D", roles[1], theme.discriminator)
    _arrow(ax, (6.75, y), (8.2, y), "logits")
    ax.text(8.3, y, f"loss of {player}", ha="left", va="center", color=theme.text, fontsize=10.5)


def training_step_diagram() -> Picture:
    """The two halves of an iteration: what is computed, and how far each loss's gradient reaches."""
    picture = Picture(
        9,
        4.0,
        "Two rows. In D's step noise becomes a fake, which is detached; D judges it and a real sample; the gradient of "
        "D's loss reaches D and goes no further. In G's step noise becomes a fake, D, frozen, judges it, and the "
        "gradient of G's loss passes through D and reaches G.",
    )
    ax, theme = picture.axes_of(), picture.theme
    ax.set(xlim=(-0.45, 9.15), ylim=(-0.15, 4.1), aspect="equal")
    ax.set_axis_off()
    _half_iteration(ax, 3.0, "D", ("stands still", "is trained"), "fake, detached")
    for x in (3.25, 3.33):
        ax.plot([x - 0.05, x + 0.05], [2.85, 3.15], color=theme.text, lw=1.6)
    _arrow(ax, (5.9, 4.05), (5.9, 3.45))
    ax.text(5.75, 3.85, "real x", ha="right", va="center", color=theme.text, fontsize=9.5)
    _gradient(ax, 2.4, 5.3, "reaches D; the cut keeps it from G", theme.discriminator)
    _half_iteration(ax, 0.75, "G", ("is trained", "frozen"), "fake")
    _gradient(ax, 0.15, 1.6, "passes through D and reaches G", theme.generator)
    return picture


def cycle_diagram() -> Picture:
    """One of CycleGAN's two ways: a picture of A, its translation, which D_B judges, and what comes back."""
    picture = Picture(
        9,
        2.9,
        "A picture a of domain A enters the generator G_AB, which makes a fake of domain B. The discriminator D_B "
        "compares it with real pictures of B. The generator G_BA brings the fake back. A dashed arrow joins what "
        "comes back with a: the cycle loss wants them equal.",
    )
    ax, theme = picture.axes_of(), picture.theme
    ax.set(xlim=(0.05, 9.25), ylim=(-0.1, 2.9), aspect="equal")
    ax.set_axis_off()
    _box(ax, 1.0, 0.95, "a", "from heap A", theme.real)
    _box(ax, 4.65, 0.95, "G_AB(a)", "a fake of B", theme.fake)
    _box(ax, 8.3, 0.95, "G_BA(G_AB(a))", "back again", theme.fake)
    _box(ax, 4.65, 2.4, "D_B", "real B, or fake?", theme.discriminator)
    _box(ax, 1.0, 2.4, "b", "from heap B", theme.real)
    _arrow(ax, (1.85, 0.95), (3.8, 0.95), "generator G_AB")
    _arrow(ax, (5.5, 0.95), (7.45, 0.95), "generator G_BA")
    _arrow(ax, (4.65, 1.4), (4.65, 1.95))
    _arrow(ax, (1.85, 2.4), (3.8, 2.4))
    ax.add_patch(
        FancyArrowPatch(
            (8.3, 0.5),
            (1.0, 0.5),
            arrowstyle="<|-|>",
            mutation_scale=13,
            color=theme.generator,
            linestyle=(0, (4, 2)),
            connectionstyle="bar,fraction=-0.04",
        )
    )
    ax.text(4.65, 0.02, "the cycle loss wants these two equal", ha="center", color=theme.text, fontsize=9.5)
    return picture

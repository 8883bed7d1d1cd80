"""Check of chapter 01: drawing a picture pixel by pixel."""

import torch
from torch import Tensor

from ganlib.checks.core import check, expect

MANY = 40_000
TOLERANCE = 0.02  # more than eight standard deviations of a share of MANY draws


class _Recorder:
    """A rule for the next pixel that notes what it was shown."""

    def __init__(self, rule):
        self.rule, self.shown = rule, []

    def __call__(self, before: Tensor) -> Tensor:
        self.shown.append(before.clone())
        return self.rule(before)


def _sure(before: Tensor) -> Tensor:
    """Ink, ink, then the opposite of the pixel two before: no chance in it, and it needs what was drawn."""
    if before.shape[1] < 2:
        return torch.ones(len(before))
    return (before[:, -2] < 0).float()


def _drawn(answer, rule, n: int, d: int) -> Tensor:
    """The pixels that an answer drew, if they can be pixels."""
    pixels = answer(rule, n, d)
    expect(pixels is not None, "it returned None: does it end with return?")
    expect(isinstance(pixels, Tensor), f"it returned a {type(pixels).__name__}, expected a tensor.")
    shape = tuple(pixels.shape)
    expect(shape == (n, d), f"it returned shape {shape}, expected (n, d) = ({n}, {d}).")
    values = set(pixels.unique().tolist())
    expect(0.0 not in values, "some pixels are 0. Ink is +1 and paper is -1.")
    expect(
        values <= {-1.0, 1.0}, f"the pixels hold {sorted(values)[:3]}, expected only -1 and +1: draw, do not average."
    )
    return pixels.float()


def _judge_order(answer) -> None:
    """Each pixel is asked for once, in order, with all the pixels before it."""
    rule = _Recorder(_sure)
    pixels = _drawn(answer, rule, 3, 6)
    widths = [before.shape[1] if before.dim() == 2 else None for before in rule.shown]
    expect(
        widths == [0, 1, 2, 3, 4, 5],
        f"p_ink was shown {widths} pixels, expected 0, 1, ... d - 1: for pixel i exactly the i pixels before it.",
    )
    right = torch.tensor([1.0, 1.0, -1.0, -1.0, 1.0, 1.0])
    expect(
        not torch.equal(pixels, -right.expand(3, 6)) and not (pixels[:, 0] < 0).all(),
        "ink and paper are swapped: where p_ink is 1 the pixel must be +1.",
    )
    expect(
        all(torch.equal(before.float(), pixels[:, :i]) for i, before in enumerate(rule.shown)),
        "p_ink was shown other pixels than the ones in the result.",
    )
    expect(torch.equal(pixels, right.expand(3, 6)), f"a rule without chance gave {pixels[0].tolist()}.")


def _judge_chance(answer) -> None:
    """Pixels are ink as often as p_ink says, and independently of each other."""
    pixels = _drawn(answer, lambda before: torch.full((len(before),), 0.3), MANY, 20)
    share = (pixels > 0).float().mean(0)
    expect(
        not (share == 0).all(),
        "where p_ink says 0.3 there is never ink: this is the likelier value each time. Draw it with probability 0.3.",
    )
    expect(
        not (pixels == pixels[:1]).all(),
        "all pictures are equal: draw n random numbers for each pixel, one for each picture.",
    )
    expect(
        not (pixels == pixels[:, :1]).all(),
        "all pixels of a picture are equal where p_ink does not change: draw new random numbers for each pixel.",
    )
    expect(
        bool(((share - 0.3).abs() < TOLERANCE).all()),
        f"where p_ink says 0.3 the shares of ink are {share.min():.3f} to {share.max():.3f}, expected 0.3.",
    )
    both = ((pixels[:, 0] > 0) & (pixels[:, 1] > 0)).float().mean().item()
    expect(
        abs(both - 0.09) < TOLERANCE,
        f"two pixels with p_ink = 0.3 are both ink in {both:.3f} of the pictures, expected 0.3 x 0.3 = 0.09.",
    )


@check
def sample_pixels(answer) -> None:
    """Judge ``sample_pixels(p_ink, n, d)``: n pictures of d pixels, each +1 with p_ink(pixels before), else -1."""
    _judge_order(answer)
    _judge_chance(answer)

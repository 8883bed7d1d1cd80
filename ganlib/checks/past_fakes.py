"""Check of chapter 08: the buffer of past fakes."""

from math import sqrt

import torch
from torch import Tensor

from ganlib.checks.core import CheckFailed, check, expect

SIZE, CALLS = 4, 2000
SIGMAS = 6  # how far chance may lead: a right answer fails in two of 10^9 runs


def _picture(number: int) -> Tensor:
    """A picture that can be told by its first pixel; it comes from a generator, so it carries a graph."""
    return torch.full((1, 2, 2), float(number), requires_grad=True) * 1.0


def _number(picture) -> int:
    expect(picture is not None, "it returned None: does it end with return, on every way through it?")
    expect(isinstance(picture, Tensor), f"it returned a {type(picture).__name__}, expected a picture, a tensor.")
    shape = tuple(picture.shape)
    expect(shape == (1, 2, 2), f"for a picture of shape (1, 2, 2) it returned one of shape {shape}.")
    return int(picture.flatten()[0])


def _filled(answer) -> list[Tensor]:
    """A list that the answer filled, if it does so rightly."""
    past: list[Tensor] = []
    for number in range(SIZE):
        returned = _number(answer(past, _picture(number), SIZE))
        expect(
            returned == number,
            f"the buffer held {number} of {SIZE} pictures, and picture {returned} came back instead of the new one. "
            "While it is not full, D sees the new fakes.",
        )
        expect(
            len(past) == number + 1,
            f"after {number + 1} calls the buffer holds {len(past)} pictures, expected {number + 1}: while it is not "
            "full, every new fake goes in.",
        )
    held = [_number(picture) for picture in past]
    expect(sorted(held) == list(range(SIZE)), f"after {SIZE} calls the buffer holds pictures {held}.")
    return past


def _judge_copies(answer) -> None:
    """What is kept is a copy without its graph."""
    past: list[Tensor] = []
    fake = _picture(7)
    answer(past, fake, SIZE)
    expect(
        not past[0].requires_grad,
        "what is kept still carries its graph, and with it the whole generator of that moment: keep fake.detach().",
    )
    with torch.no_grad():
        fake.detach().zero_()
    expect(
        _number(past[0]) == 7,
        "the buffer shares memory with the fake: when the fake is overwritten, the past changes. Keep a copy, clone().",
    )


def _swaps(answer, past: list[Tensor]) -> list[int]:
    """For many calls on a full buffer, the places that were swapped."""
    places, after = [], list(map(_number, past))
    for number in range(SIZE, SIZE + CALLS):
        before = after
        returned = _number(answer(past, _picture(number), SIZE))
        expect(
            len(past) == SIZE,
            f"the buffer grew to {len(past)} pictures, expected at most size = {SIZE}."
            if len(past) > SIZE
            else f"the buffer shrank to {len(past)} pictures: who takes one out must put the new one in.",
        )
        after = list(map(_number, past))
        place = _place_of(returned, number, before, after)
        places += [] if place is None else [place]
    return places


def _place_of(returned: int, number: int, before: list[int], after: list[int]) -> int | None:
    """The place whose picture was exchanged for the new one, None where the buffer was passed by."""
    stored, kept = number in after, [i for i, held in enumerate(before) if held == returned]
    if returned == number:
        expect(not stored, "the new fake was returned, and kept as well. Either it is passed on, or it is swapped in.")
        return None
    expect(bool(kept), f"picture {returned} came back, which was neither new nor in the buffer.")
    expect(stored, "a past fake was returned, but the new one was not put into its place: the buffer never changes.")
    expect(returned not in after, "another picture than the one that came back was replaced.")
    return kept[0]


@check
def exchange(answer) -> None:
    """Judge ``exchange(past, fake, size)``: the picture that D sees; ``past`` is a list that is changed in place.

    While ``past`` is not full, the new fake goes in and is returned. Then, with probability 1/2, it is exchanged for
    a past one, drawn uniformly; otherwise it is returned and not kept.
    """
    past = _filled(answer)
    _judge_copies(answer)
    places = _swaps(answer, past)
    share, chance = len(places) / CALLS, SIGMAS * 0.5 / sqrt(CALLS)
    expect(share > 0, "a full buffer always returns the new fake, so D never sees a past one.")
    expect(share < 1, "a full buffer never returns the new fake. Toss a coin: half of what D sees is new.")
    if abs(share - 0.5) > chance:
        raise CheckFailed(f"a full buffer returns a past fake in {share:.0%} of the calls, expected 50%.")
    _judge_places(places)


def _judge_places(places: list[int]) -> None:
    """Each place is drawn equally often."""
    counted = [places.count(i) for i in range(SIZE)]
    expect(
        counted[0] != len(places),
        "it is always the first of the list that comes back. Draw the place at random, so that some fakes stay long.",
    )
    expect(counted[-1] != len(places), "it is always the last of the list that comes back. Draw the place at random.")
    expect(
        counted[-1] > 0,
        "the last of the list never comes back: draw from all places, 0 to size - 1 (the upper end of torch.randint "
        "and of range is left out).",
    )
    expect(counted[0] > 0, "the first of the list never comes back: draw from all places, 0 to size - 1.")
    share = 1 / SIZE
    chance = SIGMAS * sqrt(share * (1 - share) / len(places))
    off = [abs(count / len(places) - share) > chance for count in counted]
    expect(not any(off), f"the places came back {counted} times, expected equally often: draw them uniformly.")

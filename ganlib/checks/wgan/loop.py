"""The check of the training loop: its steps are stand-ins that write down who was called with what."""

from collections.abc import Callable, Iterator
from itertools import pairwise

import torch
from torch import Tensor

from ganlib.checks.core import check, expect
from ganlib.checks.wgan.part import Draw, Part, Property

DEFAULT = 5


class Diary:
    """The data, the noise and the two steps of a run, and what happened to them, in order.

    Every batch and every draw of noise is a tensor object of its own, so each can be told again. ``sizes`` are those of
    one pass through the data.
    """

    def __init__(self, sizes: tuple[int, ...], most: int):
        self.sizes, self.most = sizes, most
        self.batches: list[Tensor] = []
        self.noises: list[Tensor] = []
        self.places: list[tuple[int, int]] = []
        self.calls: list[tuple[str, int, int]] = []
        self.passes = 0

    def __iter__(self) -> Iterator[Tensor]:
        """One more pass through the data, which makes new tensors, as a shuffling loader does."""
        self.passes += 1
        for place, size in enumerate(self.sizes):
            taken, steps = len(self.batches), len(self.calls)
            expect(
                taken < 2 * self.most, f"{taken} batches were taken for {steps} steps: the loop does not end in time."
            )
            self.batches.append(torch.zeros(size, 1))
            self.places.append((self.passes, place))
            yield self.batches[-1]

    def __len__(self) -> int:
        return len(self.sizes)

    def noise(self, n: int) -> Tensor:
        """n latent vectors."""
        expect(isinstance(n, int), f"noise was called with a {type(n).__name__}, expected a number: noise(len(real)).")
        self.noises.append(torch.zeros(n, 2))
        return self.noises[-1]

    def critic_step(self, real: Tensor, z: Tensor) -> float:
        """A step of the critic."""
        batch = _index(self.batches, real, "critic_step was given another real batch than those in batches")
        self._note("critic", batch, z)
        expect(
            len(z) == len(real),
            f"critic_step got {len(real)} real samples and noise for {len(z)}: the last batch can be smaller, so draw "
            "noise(len(real)).",
        )
        return 0.0

    def generator_step(self, z: Tensor) -> float:
        """A step of the generator."""
        self._note("generator", -1, z)
        return 0.0

    def _note(self, player: str, batch: int, z: Tensor) -> None:
        self.calls.append(
            (player, batch, _index(self.noises, z, f"{player}_step was given noise that noise(n) never made"))
        )
        expect(len(self.calls) <= self.most, f"more than {self.most} steps were taken: the loop does not end in time.")


def _index(known: list[Tensor], tensor, otherwise: str) -> int:
    """Which of the known tensors this one is."""
    found = next((i for i, each in enumerate(known) if each is tensor), None)
    expect(found is not None, f"{otherwise}: pass on what you were given, as it is.")
    return found


def _run(answer: Callable, sizes: tuple[int, ...], steps: int, n_critic: int | None) -> Diary:
    """Let the answer train with the stand-ins."""
    diary = Diary(sizes, most=100 + 2 * steps * ((n_critic or DEFAULT) + len(sizes)))
    extra = () if n_critic is None else (n_critic,)
    answer(diary, diary.noise, diary.critic_step, diary.generator_step, steps, *extra)
    expect(len(diary.calls) > 0, "no step was taken. Does the function run, or does it yield?")
    return diary


def _counts(diary: Diary) -> list[int]:
    """How many critic steps came before each generator step, and after the last."""
    counts = [0]
    for player, *_ in diary.calls:
        if player == "critic":
            counts[-1] += 1
        else:
            counts.append(0)
    return counts


def _out_of_order(counts: list[int], steps: int, n_critic: int) -> str:
    """What is wrong when it is not n_critic steps of the critic, then one of the generator, ``steps`` times."""
    before, made = counts[:-1], len(counts) - 1
    if made == 0:
        return "the generator never moved."
    if before[0] == 0:
        return "the generator moved first: n_critic steps of the critic come before each of its steps."
    if n_critic > 1 and before == ([1] + [0] * (n_critic - 1)) * steps:
        return "n_critic counted the generator's steps. It is the number of critic steps before each generator step."
    if made > steps:
        return f"there were {made} generator steps: generator_steps counts these, not passes through the data."
    if made < steps:
        return f"there were {made} generator steps, expected {steps}."
    if before == [n_critic] * steps:
        return "the critic moved on after the last generator step: a round ends with the generator."
    if len(set(before)) > 1:
        return f"the critic steps before the generator's are {', '.join(map(str, before))}: take n_critic always."
    return f"the number of critic steps before each generator step is {before[0]}: take n_critic."


def _in_order(diary: Diary, steps: int, n_critic: int) -> None:
    counts = _counts(diary)
    told = f"with {len(diary.sizes)} batches, generator_steps = {steps} and n_critic = {n_critic}"
    right = counts == [n_critic] * steps + [0]
    expect(right, f"{told}: {_out_of_order(counts, steps, n_critic)}")


def _next_batches(diary: Diary) -> None:
    """Every critic step has the next real batch; when the data ends, a new pass begins."""
    used, length = [batch for player, batch, _ in diary.calls if player == "critic"], len(diary.sizes)
    places = [diary.places[batch] for batch in used]
    in_order = [(1 + i // length, i % length) for i in range(len(used))]
    first = all(place == 0 for _, place in places) and len({turn for turn, _ in places}) == len(places)
    expect(
        not first or places == in_order,
        "every critic step got the first batch: next(iter(batches)) begins anew each time. Keep one iterator.",
    )
    again = any(a == b for a, b in pairwise(used))
    expect(not again, "critic steps in a row got the same real batch: take the next one for each critic step.")
    expect(
        len(set(used)) == len(used),
        "after the last batch the old ones came again: go through batches anew, iter(batches), so that it can shuffle. "
        "itertools.cycle and list() keep the first pass, and all of it in memory.",
    )
    wrong = next((k for k, (got, right) in enumerate(zip(places, in_order, strict=True)) if got != right), None)
    expect(
        wrong is None, f"critic step {(wrong or 0) + 1} did not get the next batch: use all of them, in their order."
    )


def _fresh_noise(diary: Diary) -> None:
    """No noise is used twice."""
    owner: dict[int, str] = {}
    for player, _, z in diary.calls:
        both = f"two {player} steps" if owner.get(z) == player else "a critic step and a generator step"
        expect(z not in owner, f"{both} got the same noise: draw it anew for each step, noise(n).")
        owner[z] = player


def _settings(draw: Draw) -> list[tuple[tuple[int, ...], int, int]]:
    """Sizes of the batches, generator steps, n_critic: the data lasts, ends within a round, ends between rounds."""
    n_critic, steps = draw.integer(4, 5), draw.integer(3, 4)
    few = (4,) * draw.integer(1, 2) + (draw.integer(1, 3),)
    return [((4,) * (n_critic * steps + 2), steps, n_critic), (few, steps + 1, n_critic), ((3, 2), steps, 1)]


def _rounds(answer: Callable, draw: Draw) -> None:
    for sizes, steps, n_critic in _settings(draw):
        _in_order(_run(answer, sizes, steps, n_critic), steps, n_critic)


def _by_default(answer: Callable, draw: Draw) -> None:
    steps = draw.integer(2, 3)
    _in_order(_run(answer, (4,) * draw.integer(16, 19), steps, None), steps, DEFAULT)


def _batches(answer: Callable, draw: Draw) -> None:
    for setting in _settings(draw):
        _next_batches(_run(answer, *setting))


def _noises(answer: Callable, draw: Draw) -> None:
    for setting in _settings(draw):
        _fresh_noise(_run(answer, *setting))


TRAINING_LOOP = Part(
    "training_loop",
    asked=(
        Property("n_critic critic steps, then the generator", 4, _rounds),
        Property("n_critic = 5 by default", 1, _by_default),
    ),
    kept=(
        Property("the next real batch for every critic step", 3, _batches),
        Property("fresh noise for every step", 2, _noises),
    ),
    errors={
        "StopIteration": "the data came to its end: begin a new pass, iter(batches).",
        "positional argument": (
            "the calls are critic_step(real, z), generator_step(z), noise(n); it is called itself as "
            "training_loop(batches, noise, critic_step, generator_step, generator_steps, n_critic)."
        ),
    },
)


@check
def training_loop(answer) -> None:
    """Judge ``training_loop(batches, noise, critic_step, generator_step, generator_steps, n_critic=5)``.

    ``generator_steps`` times: n_critic calls of ``critic_step(real, z)``, then one of ``generator_step(z)``. Each
    critic step has the next batch of ``batches``, an iterable that is gone through anew when it ends, and its own noise
    z = noise(len(real)); the generator has its own too. What it returns is not judged.

    Source: Arjovsky et al. 2017, arXiv 1701.07875, algorithm 1.
    """
    TRAINING_LOOP.judge(answer)

"""The check of the training loop knows the mistakes and refuses no right answer."""

import pytest
from wgan_answers import STUB, accepted, answer, earned, never_alarmed, refused

from ganlib.checks import wgan

PART = "training_loop"
HEAD = "def training_loop(batches, noise, critic_step, generator_step, generator_steps, n_critic=5):"
FOREVER = "def forever():\n    while True:\n        yield from batches\nbatch = forever()\n"
FRESH = "real = next(batch)\ncritic_step(real, noise(len(real)))"
LAST = "generator_step(noise(len(real)))"


def indented(text, by):
    return "".join(f"{' ' * by}{line}\n" for line in text.splitlines())


def loop(start=FOREVER, before="", critic=FRESH, generator=LAST, rounds="generator_steps", times="n_critic", end=""):
    return (
        f"{start}for _ in range({rounds}):\n{indented(before, 4)}    for _ in range({times}):\n"
        f"{indented(critic, 8)}{indented(generator, 4)}{end}"
    )


def epochs(step, after=""):
    """The loop of many repositories: passes through the data, with a counter that says when G moves."""
    return (
        f"done = 0\nwhile done < generator_steps:\n    for i, real in enumerate(batches):\n{indented(step, 8)}{after}"
    )


WRONG = {
    "stub": (STUB, "still raises NotImplementedError"),
    "pass": ("pass", "no step was taken"),
    "yields": (loop(generator=LAST + "\nyield"), "or does it yield"),
    # the order
    "one to one": (loop(times="1"), "before each generator step is 1: take n_critic"),
    "always five": (loop(times="5"), r"before each generator step is 5: take n_critic"),
    "one more": (loop(times="n_critic + 1"), r"before each generator step is [56]: take n_critic"),
    "one less": (loop(times="n_critic - 1"), r"before each generator step is [34]: take n_critic"),
    "turned round": (
        loop(critic="real = next(batch)", generator="critic_step(real, noise(len(real)))\n"
             "for _ in range(n_critic): generator_step(noise(len(real)))", times="1"),
        "n_critic counted the generator's steps",
    ),
    "generator first": (loop(before="generator_step(noise(4))", generator=""), "the generator moved first"),
    "no generator": (loop(generator=""), "the generator never moved"),
    "no critic": (loop(critic="pass", generator="generator_step(noise(4))"), "the generator moved first"),
    "all critic steps first": (
        f"{FOREVER}for _ in range(n_critic * generator_steps):\n{indented(FRESH, 4)}"
        f"for _ in range(generator_steps):\n{indented(LAST, 4)}",
        "are \\d+, 0, 0.*: take n_critic always",
    ),
    "once too often": (loop(rounds="generator_steps + 1"), "generator_steps counts these"),
    "once too few": (loop(rounds="generator_steps - 1"), r"there were [23] generator steps, expected [34]"),
    "critic at the end": (loop(end=FRESH.replace("\n", "; ")), "the critic moved on after the last generator step"),
    "passes": (
        f"for _ in range(generator_steps):\n    for i, real in enumerate(batches):\n"
        f"        critic_step(real, noise(len(real)))\n        if (i + 1) % n_critic == 0: {LAST}",
        "generator_steps counts these, not passes",
    ),
    "a generator step a pass": (
        "for _ in range(generator_steps):\n    for real in batches:\n        critic_step(real, noise(len(real)))\n"
        f"    {LAST}",
        r"before each generator step is \d+: take n_critic",
    ),
    "counted from 0": (
        epochs(f"critic_step(real, noise(len(real)))\nif i % n_critic == 0:\n    {LAST}; done += 1\n"
               "    if done == generator_steps: return"),
        r"are 1, [45], [45].*: take n_critic always",
    ),
    "counted in each pass": (
        epochs(f"critic_step(real, noise(len(real)))\nif i % n_critic == n_critic - 1 or i + 1 == len(batches):\n"
               f"    {LAST}; done += 1\n    if done == generator_steps: return"),
        r"before each generator step is [23]: take n_critic|are \\d, \\d, .*: take n_critic always",
    ),
    "more at the beginning": (
        f"k = 100\n{FOREVER}for _ in range(generator_steps):\n    for _ in range(k):\n{indented(FRESH, 8)}"
        f"    k = n_critic\n    {LAST}",
        r"are 100, \d, .*: take n_critic always",
    ),
    "endless": (f"{FOREVER}while True:\n{indented(FRESH, 4)}", "the loop does not end in time"),
    "default 1": (loop(), "n_critic = 5: .* each generator step is 1", HEAD.replace("=5", "=1")),
    "no default": (loop(), "it is called itself as", HEAD.replace("=5", "")),
    # the batches
    "data ends": (loop(start="batch = iter(batches)\n"), "the data came to its end"),
    "first batch always": (
        loop(critic="real = next(iter(batches))\ncritic_step(real, noise(len(real)))"),
        "got the first batch",
    ),
    "one batch a round": (
        loop(before="real = next(batch)", critic="critic_step(real, noise(len(real)))"),
        "in a row got the same real batch",
    ),
    "one batch for all": (loop(start="real = next(iter(batches))\n", critic="critic_step(real, noise(len(real)))"),
        "in a row got the same real batch"),
    "cycle": (loop(start="from itertools import cycle\nbatch = cycle(batches)\n"), "go through batches anew"),
    "list": (
        loop(start="kept = list(batches); k = 0\n", critic="real = kept[k % len(kept)]; k += 1\n"
             "critic_step(real, noise(len(real)))"),
        "go through batches anew",
    ),
    "random batches": (
        loop(start="import random\nkept = list(batches)\n",
             critic="real = random.choice(kept)\ncritic_step(real, noise(len(real)))"),
        "real batch|go through batches anew",
    ),
    "every other": (loop(critic="next(batch)\n" + FRESH), "did not get the next batch"),
    "a batch for the generator": (loop(generator="real = next(batch)\n" + LAST), "did not get the next batch"),
    "small batches left out": (
        loop(critic="real = next(batch)\nwhile len(real) < 4: real = next(batch)\ncritic_step(real, noise(len(real)))"),
        "batches were taken for 0 steps: the loop does not end",
    ),
    "a new pass each round": (loop(start="", before=FOREVER), "did not get the next batch"),
    "cut to one size": (loop(critic="real = next(batch)[:2]\ncritic_step(real, noise(2))"), "another real batch than"),
    "a copy": (loop(critic="real = next(batch)\ncritic_step(real.clone(), noise(len(real)))"), "another real batch"),
    # the noise
    "one noise for all": (
        loop(start=FOREVER + "z = noise(4)\n", critic="critic_step(next(batch), z)", generator="generator_step(z)"),
        "real samples and noise for 4",
    ),
    "one noise a round": (
        loop(
            before="z = noise(4)",
            critic="real = next(batch); n = len(real)\ncritic_step(real, z if n == 4 else noise(n))",
        ),
        "two critic steps got the same noise",
    ),
    "the critic's noise for the generator": (
        loop(critic="real = next(batch); z = noise(len(real))\ncritic_step(real, z)", generator="generator_step(z)"),
        "a critic step and a generator step got the same noise",
    ),
    "the same noise for the generator": (
        loop(start=FOREVER + "fixed = noise(4)\n", generator="generator_step(fixed)"),
        "two generator steps got the same noise",
    ),
    "a fixed batch size": (loop(critic="critic_step(next(batch), noise(64))", generator="generator_step(noise(64))"),
        "noise for 64"),
    "the shape": (loop(critic="real = next(batch)\ncritic_step(real, noise(real.shape))"), "called with a Size"),
    "own noise": (
        loop(critic="real = next(batch)\ncritic_step(real, torch.randn(len(real), 2))"),
        r"that noise\(n\) never made",
    ),
    "the function": (loop(critic="critic_step(next(batch), noise)", generator="generator_step(noise)"), "never made"),
    "players passed on": (loop(critic="critic_step(None, None, next(batch))"), r"the calls are critic_step\(real, z\)"),
    "an error of its own": (loop(critic="critic_step(x, noise(4))"), "stopped with NameError"),
}  # fmt: skip
RIGHT = {
    "a generator function": loop(),
    "chain": loop(start="from itertools import chain, repeat\nbatch = chain.from_iterable(repeat(batches))\n"),
    "StopIteration": loop(
        start="batch = iter(batches)\n",
        critic="try:\n    real = next(batch)\nexcept StopIteration:\n    batch = iter(batches); real = next(batch)\n"
        "critic_step(real, noise(len(real)))",
    ),
    "a default for next": loop(
        start="batch = iter(batches)\n",
        critic="real = next(batch, None)\nif real is None: batch = iter(batches); real = next(batch)\n"
        "critic_step(real, noise(len(real)))",
    ),
    "a counter over passes": (
        "step = done = 0\nwhile done < generator_steps:\n    for real in batches:\n"
        "        critic_step(real, noise(len(real))); step += 1\n"
        "        if step % n_critic == 0:\n            generator_step(noise(64)); done += 1\n"
        "        if done == generator_steps: break"
    ),
    "islice": (
        "from itertools import islice\n" + FOREVER + "for _ in range(generator_steps):\n"
        "    for real in islice(batch, n_critic): critic_step(real, noise(real.size(0)))\n    generator_step(noise(4))"
    ),
    "by name, with a diary": loop(
        start=FOREVER + "diary = []\n",
        critic="real = next(batch); loss = critic_step(real=real, z=noise(n=len(real)))",
        generator="diary.append((loss, generator_step(z=noise(real.shape[0]))))",
        end="return diary",
    ),
}  # fmt: skip


def training_loop(text, head=HEAD):
    return answer(head, text)


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_wrong_loops_get_the_diagnosis_that_fits(wrong):
    text, diagnosis, *head = wrong
    refused(wgan.training_loop, PART, training_loop(text, *head), diagnosis)


@pytest.mark.parametrize("text", RIGHT.values(), ids=RIGHT)
def test_right_loops_pass(text, capsys):
    accepted(wgan.training_loop, PART, training_loop(text), capsys)


@pytest.mark.slow
def test_no_false_alarm():
    never_alarmed(PART, [training_loop(text) for text in RIGHT.values()])


@pytest.mark.parametrize("name", ["stub", "pass", "one to one"])
def test_a_stub_and_the_loop_of_dcgan_earn_little(name):
    assert earned(PART, training_loop(WRONG[name][0])) <= 4 * (name == "one to one")

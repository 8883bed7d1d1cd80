"""How a check speaks: it says what is wrong with an answer, or that it is right."""

import os
from collections.abc import Callable, Mapping
from functools import wraps
from textwrap import wrap
from traceback import walk_tb

import torch
from torch import Tensor


class CheckFailed(AssertionError):
    """What is wrong with an answer, in words for the person who wrote it."""


def expect(condition: bool, diagnosis: str) -> None:
    """Raise ``CheckFailed`` with the diagnosis unless the condition holds."""
    if not condition:
        raise CheckFailed(diagnosis)


def expect_close(got: Tensor, right: Tensor, mistakes: Mapping[str, Tensor], otherwise: str) -> None:
    """Raise ``CheckFailed`` unless ``got`` is ``right`` to rounding.

    ``mistakes`` maps a diagnosis to the values that somebody with this mistake gets; the first that fits is told, and
    ``otherwise`` when none does.
    """

    def fits(values: Tensor) -> bool:
        return got.shape == values.shape and torch.allclose(got, values, rtol=1e-4, atol=1e-6)

    if not fits(right):
        raise CheckFailed(next((diagnosis for diagnosis, values in mistakes.items() if fits(values)), otherwise))


def strict() -> bool:
    """True where ``GANLIB_STRICT=1``, as in every test run: then a failed check raises instead of printing."""
    return os.environ.get("GANLIB_STRICT") == "1"


def in_words(error: BaseException, name: str) -> str:
    """What is wrong with the answer ``name`` when its code stopped with ``error``."""
    if isinstance(error, NotImplementedError) and not error.args:  # PyTorch's own come with a message
        return f"{_unwritten(error) or name} still raises NotImplementedError: replace that line."
    return f"{name} stopped with {type(error).__name__}: {error}"


def _unwritten(error: BaseException) -> str:
    """The function or class that raised the error, which may be an earlier exercise; "" when it has no name."""
    frames = [frame for frame, _ in walk_tb(error.__traceback__)]
    name = frames[-1].f_code.co_qualname.split("<locals>.")[-1].split(".")[0] if frames else ""
    return name if name.isidentifier() else ""


def _in_lines(text: str, width: int = 88) -> str:
    """The text in lines that a notebook shows whole; JupyterLab breaks longer ones inside a word."""
    whole = {"break_long_words": False, "break_on_hyphens": False}
    return "\n".join("\n".join(wrap(line, width, **whole)) for line in text.split("\n"))


def check(judge: Callable[[Callable], None]) -> Callable[[Callable], bool]:
    """Turn a judge, which raises ``CheckFailed``, into a check: it prints the verdict and returns True or False.

    Whatever the answer itself raises becomes a diagnosis. The global random stream is left as it was.
    """

    @wraps(judge)
    def checked(answer: Callable) -> bool:
        name = getattr(answer, "__name__", judge.__name__)
        try:
            with torch.random.fork_rng(devices=[]):
                torch.default_generator.manual_seed(0)
                judge(answer)
        except CheckFailed as failure:
            diagnosis = str(failure)
        except Exception as error:  # whatever a learner's code can raise is part of the diagnosis
            diagnosis = in_words(error, name)
        else:
            print(f"Correct: {name}.")
            return True
        if strict():
            raise CheckFailed(diagnosis)
        print(_in_lines(f"Not yet: {diagnosis}"))
        return False

    return checked

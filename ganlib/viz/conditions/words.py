"""What is said of a picture: what was asked, what the judge reads in it, and whether the two agree.

``asked`` has a value for each condition, None where a word is on its way to another. ``read`` has the judge's words,
some perhaps for names that were not asked for, such as the digit in a picture made from a learned code.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import groupby

from torch import Tensor

from ganlib.viz.wording import number

RIGHT, WRONG, READ_AS = "\u2713", "\u2717", "\u2192"
Asked = Mapping[str, str | float | None]
Reading = dict[str, str]
Judge = Callable[[Tensor], Mapping[str, Sequence[str]]]


def readings(judge: Judge | None, images: Tensor) -> list[Reading]:
    """What the judge reads in each of n images; nothing without a judge.

    Raises: ValueError when the judge does not answer with n words for each name.
    """
    if judge is None:
        return [{} for _ in images]
    said = judge(images)
    if not isinstance(said, Mapping) or not all(_are_words(words, len(images)) for words in said.values()):
        raise ValueError(f"judge says {said!r} of {len(images)} images, expected {{name: [so many words], ...}}")
    return [{name: words[i] for name, words in said.items()} for i in range(len(images))]


def _are_words(words: object, n: int) -> bool:
    return not isinstance(words, str) and len(words) == n and all(isinstance(word, str) for word in words)


def value(asked: str | float | None) -> str:
    """A word as it is, a number with two digits."""
    return asked if isinstance(asked, str) else number(asked)


def compared(asked: Asked, read: Reading) -> list[str]:
    """The names whose word was asked for and is read."""
    return [name for name, wanted in asked.items() if isinstance(wanted, str) and name in read]


def mistaken(asked: Asked, read: Reading) -> list[str]:
    """The names that are read otherwise than asked."""
    return [name for name in compared(asked, read) if read[name] != asked[name]]


def verdict(asked: Asked, read: Reading) -> str:
    """A mark for right; for wrong what is read instead, or of several names a mark for each; what is read unasked."""
    names, wrong = compared(asked, read), mistaken(asked, read)
    if not names:
        return f"{READ_AS} {', '.join(read.values())}" if read else ""
    if not wrong:
        return RIGHT
    return f"{WRONG} {read[names[0]]}" if len(names) == 1 else WRONG * len(wrong)


def line(name: str, asked: Asked, read: Reading) -> str:
    """What was asked and what is read under one name."""
    if name not in asked:
        return f"{name}: read {read[name]}"
    if name in compared(asked, read) and name not in mistaken(asked, read):
        return f"{RIGHT} {name}: {read[name]}, as asked"
    wanted = "between two" if asked[name] is None else f"asked {value(asked[name])}"
    mark = f"{WRONG} " if name in mistaken(asked, read) else ""
    return f"{mark}{name}: {wanted}{f', read {read[name]}' if name in read else ''}"


def lines(asked: Asked, read: Reading) -> list[str]:
    """A line for each name."""
    return [line(name, asked, read) for name in dict.fromkeys([*asked, *read])]


def named(choice: Asked) -> str:
    """A choice in words: "digit 3", "hair blue, eyes red"."""
    return ", ".join(f"{name} {value(wanted)}" for name, wanted in choice.items())


def tally(asked: Sequence[Asked], read: Sequence[Reading]) -> str:
    """In how many pictures the judge reads what was asked, name by name and in all, and how mistakes are marked."""
    pairs = [*zip(asked, read, strict=True)]
    names = compared(asked[0], read[0])
    if not names:
        return ""
    each = [f"the {name} in {sum(name not in mistaken(*pair) for pair in pairs)}" for name in names]
    whole = sum(not mistaken(*pair) for pair in pairs)
    total = f"; all of them in {whole}" if len(names) > 1 else ""
    mark = f"{WRONG} and what it reads instead" if len(names) == 1 else f"one {WRONG} for each that it reads otherwise"
    key = f" Below the others stands {mark}." if whole < len(pairs) else ""
    return f"Of {len(pairs)} pictures the judge reads as asked {', '.join(each)}{total}.{key}"


def runs(words: Sequence[str]) -> list[tuple[str, int, int]]:
    """Equal words in a row as one: (word, first place, last place)."""
    together = [[*group] for _, group in groupby(enumerate(words), lambda pair: pair[1])]
    return [(group[0][1], group[0][0], group[-1][0]) for group in together]


def commonest(words: Sequence[str]) -> str:
    """Words with how often they come, the commonest first: "smile 5, open 3"."""
    return ", ".join(f"{word} {count}" for word, count in Counter(words).most_common())

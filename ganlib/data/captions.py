"""What captions of avatars may say, as words and as numbers: "blue hair, red eyes, twintails, smile, no glasses".

A caption tells some attributes, in any order, and leaves the others free. Commas and little words count for nothing.
"""

import re
from collections.abc import Sequence
from difflib import get_close_matches

import torch
from torch import Generator, Tensor

from ganlib.data.avatars import CAPTIONED, VOCABULARY, Attributes, caption, render

LITTLE_WORDS = ("a", "an", "and", "the", "with")


def _phrases(name: str) -> tuple[str, ...]:
    """How each value of an attribute is told, in the order of `VOCABULARY`."""
    values = Attributes.of(len(VOCABULARY[name]), torch.Generator(), **{name: range(len(VOCABULARY[name]))})
    return tuple(phrase or f"no {name}" for phrase in caption(values, [name]))


PHRASES = {name: _phrases(name) for name in CAPTIONED}
MEANINGS = {phrase: (name, VOCABULARY[name][index]) for name in CAPTIONED for index, phrase in enumerate(PHRASES[name])}
WORDS = ("", *dict.fromkeys(word for phrase in MEANINGS for word in phrase.split()))
"""All words. The number of a word is its place here; 0 is padding."""
NUMBERS = {word: number for number, word in enumerate(WORDS)}
_NUMBERED = {
    name: torch.tensor([[NUMBERS[word] for word in phrase.split()] + [0] * (" " not in phrase) for phrase in phrases])
    for name, phrases in PHRASES.items()
}
NOUNS = tuple(dict.fromkeys(phrase.split()[-1] for phrase in MEANINGS))
LENGTH = 2 * len(CAPTIONED)
"""Words in the longest caption: two for each attribute."""


def parse(text: str) -> dict[str, str]:
    """What a caption asks for, in its order: "glasses, long blue hair" is glasses, hairstyle long, hair blue.

    Several words may stand before one noun ("long blue hair", "blue twintails"), and saying the same thing twice is no
    mistake. What is not told is free.

    Raises: ValueError for a word that is unknown (with the words that are like it), that lacks its noun ("blue"), that
    does not go with its noun ("green mouth"), or that contradicts an earlier one.
    """
    asked: dict[str, str] = {}
    before: list[str] = []
    for word in _known_words(text):
        if word not in NOUNS:
            before.append(word)
            continue
        for name, value in _told(before, word, text):
            if asked.setdefault(name, value) != value:
                both = f"{_phrase(name, asked[name])!r} and {_phrase(name, value)!r}"
                raise ValueError(f"caption {text!r} says both {both}, expected one of them")
        before = []
    if before:
        choices = [phrase for phrase in MEANINGS if phrase.startswith(f"{before[-1]} ")]
        raise ValueError(f"caption {text!r} ends in {before[-1]!r}, expected {' or '.join(choices)}")
    return asked


def _known_words(text: str) -> list[str]:
    words = [word for word in re.split(r"[\s,.;:!-]+", text.lower()) if word and word not in LITTLE_WORDS]
    for word in words:
        if word not in NUMBERS:
            like = get_close_matches(word, WORDS[1:])
            advice = f"did you mean {' or '.join(like)}?" if like else f"expected words among {', '.join(WORDS[1:])}"
            raise ValueError(f"caption {text!r} has the unknown word {word!r}: {advice}")
    return words


def _told(before: list[str], noun: str, text: str) -> list[tuple[str, str]]:
    """The meanings of a noun together with the words before it."""
    phrases = [f"{word} {noun}" for word in before]
    if noun == "twintails":  # they are hair: "blue twintails"
        phrases = [*(f"{word} hair" for word in before), noun]
    for phrase in phrases or [noun]:
        if phrase not in MEANINGS:
            choices = [known for known in MEANINGS if known.split()[-1] == noun]
            raise ValueError(f"caption {text!r} says {phrase!r}, expected {', '.join(choices)}")
    return [MEANINGS[phrase] for phrase in phrases or [noun]]


def _phrase(name: str, value: str) -> str:
    return PHRASES[name][VOCABULARY[name].index(value)]


def write(asked: dict[str, str]) -> str:
    """A caption that asks for this and nothing else, in this order: the inverse of `parse`.

    Raises: ValueError for an attribute or a value that captions cannot tell.
    """
    for name, value in asked.items():
        if name not in PHRASES or value not in VOCABULARY[name]:
            raise ValueError(f"{name} = {value!r}, expected attributes among {', '.join(PHRASES)} with their values")
    return ", ".join(_phrase(name, value) for name, value in asked.items())


def encode(texts: str | Sequence[str]) -> Tensor:
    """Captions as numbers of words, (N, 10) int64, padded with 0; a single text gives N = 1.

    Little words and commas are gone, and each attribute is told once, as "blue hair" and not as part of "long blue
    hair"; the order stays.

    Raises: ValueError as `parse`.
    """
    texts = [texts] if isinstance(texts, str) else texts
    tokens = torch.zeros(len(texts), LENGTH, dtype=torch.long)
    for row, text in zip(tokens, texts, strict=True):
        numbers = [NUMBERS[word] for word in write(parse(text)).replace(",", "").split()]
        row[: len(numbers)] = torch.tensor(numbers, dtype=torch.long)
    return tokens


def decode(tokens: Tensor) -> list[str]:
    """The texts of captions (N, L): "blue hair, red eyes, smile"."""
    texts = []
    for row in tokens.tolist():
        words = [WORDS[number] + "," * (WORDS[number] in NOUNS) for number in row if number]
        texts.append(" ".join(words).removesuffix(","))
    return texts


def tokens_of(attributes: Attributes) -> Tensor:
    """Captions that tell all that captions can tell, in the order of `CAPTIONED`; (N, 10) int64, padded with 0."""
    return _packed(_told_in_numbers(attributes))


def random_tokens(attributes: Attributes, share: float = 0.8, generator: Generator | None = None) -> Tensor:
    """Captions that tell each attribute with probability `share`, in random order; (N, 10) int64, padded with 0.

    Raises: ValueError when `share` is not between 0 and 1.
    """
    if not 0 <= share <= 1:
        raise ValueError(f"share = {share}, expected a probability, 0 to 1")
    phrases = _told_in_numbers(attributes)
    chance = torch.rand(phrases.shape[:2], generator=generator).to(phrases.device)
    kept = phrases * (chance < share)[:, :, None]
    return _packed(kept.take_along_dim(chance.argsort(1)[:, :, None], 1))


def surprise(generator: Generator | None = None) -> str:
    """A random caption."""
    return decode(random_tokens(Attributes.sample(1, generator), generator=generator))[0]


def _told_in_numbers(attributes: Attributes) -> Tensor:
    """(N, attributes, 2): the words of each phrase, the second 0 where there is only one."""
    return torch.stack([_NUMBERED[name].to(attributes.device)[getattr(attributes, name)] for name in CAPTIONED], 1)


def _packed(phrases: Tensor) -> Tensor:
    """Phrases (N, k, 2) to rows (N, 2 k) whose zeros all stand at the end."""
    numbers = phrases.flatten(1)
    return numbers.gather(1, torch.argsort((numbers == 0).int(), dim=1, stable=True))


def values_of(tokens: Tensor) -> dict[str, Tensor]:
    """What captions (N, L) ask for: for each attribute in `CAPTIONED` indices (N,) int64, -1 where it is left free."""
    asked = [parse(text) for text in decode(tokens)]
    return {
        name: torch.tensor([VOCABULARY[name].index(one[name]) if name in one else -1 for one in asked])
        for name in CAPTIONED
    }


def held_out(attributes: Attributes) -> Tensor:
    """Which avatars have a combination of hair colour, hairstyle and glasses kept for the examination, (N,) bool.

    12 of the 64 combinations. Each single value stays frequent outside them, so that a generator can know its parts.
    """
    return (attributes.hair + 2 * attributes.hairstyle + 3 * attributes.glasses) % 5 == 3


def seen(text: str) -> bool:
    """Whether training pictures show what a caption says of hair colour, hairstyle and glasses together.

    Raises: ValueError as `parse`.
    """
    asked = parse(text)
    if not {"hair", "hairstyle", "glasses"} <= set(asked):
        return True
    return not held_out(Attributes.of(1, torch.Generator(), **asked)).item()


def captioned_avatars(n: int, size: int = 32, seed: int = 0) -> tuple[Tensor, Tensor]:
    """n flat avatars without the held-out combinations: pictures (n, 3, size, size) in [-1, 1], tokens (n, 10).

    Each picture has one caption, as `random_tokens` makes them. A larger n only adds avatars after the others.
    """
    drawn = Attributes.sample(2 * n + 32, torch.Generator().manual_seed(seed))
    attributes = drawn[~held_out(drawn)][:n]
    return render(attributes, size), random_tokens(attributes, generator=torch.Generator().manual_seed(seed + 1))

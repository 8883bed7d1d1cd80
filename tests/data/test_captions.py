"""Captions of avatars: what they may say, what is wrong with others, and the same as numbers."""

from itertools import permutations

import pytest
import torch

from ganlib.data import captions
from ganlib.data.avatars import CAPTIONED, VOCABULARY, Attributes, avatars, caption
from ganlib.data.captions import LENGTH, NOUNS, WORDS


def sample(n, seed=0):
    return Attributes.sample(n, torch.Generator().manual_seed(seed))


def equal_values(one, other):
    return all(torch.equal(one[name], other[name]) for name in CAPTIONED)


def told(attributes):
    return {name: getattr(attributes, name) for name in CAPTIONED}


def test_what_the_avatars_own_captions_say_is_understood():
    attributes = sample(300)
    for text, index in zip(caption(attributes), range(300), strict=True):
        meant = {name: VOCABULARY[name][getattr(attributes, name)[index]] for name in CAPTIONED}
        if meant["glasses"] == "none":
            del meant["glasses"]  # not told, so free
        assert captions.parse(text) == meant


def test_every_value_of_every_attribute_can_be_told():
    phrases = [phrase for name in CAPTIONED for phrase in captions.PHRASES[name]]
    meanings = [(name, value) for name in CAPTIONED for value in VOCABULARY[name]]
    assert [next(iter(captions.parse(phrase).items())) for phrase in phrases] == meanings
    assert len(WORDS) == len(set(WORDS)) and WORDS[0] == ""


@pytest.mark.parametrize(
    "text",
    [
        "blue hair, red eyes, glasses",
        "glasses, red eyes and blue hair",
        "  Blue HAIR with red eyes. The glasses!",
        "red eyes; glasses; blue-hair",
        "blue hair, blue hair, a glasses, red eyes",
    ],
)
def test_order_commas_and_little_words_are_free(text):
    assert captions.parse(text) == {"hair": "blue", "eyes": "red", "glasses": "glasses"}


def test_several_words_may_stand_before_a_noun():
    assert captions.parse("long blue hair") == {"hairstyle": "long", "hair": "blue"}
    assert captions.parse("blue twintails, smile") == {"hair": "blue", "hairstyle": "twintails", "mouth": "smile"}
    assert captions.parse("no glasses") == {"glasses": "none"}
    assert captions.parse("") == {}


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("green hare", "caption 'green hare' has the unknown word 'hare': did you mean hair?"),
        ("grey eyes", "unknown word 'grey': did you mean gray or green?"),
        ("smiling", "did you mean smile?"),
        ("blue hair, xylophone", "unknown word 'xylophone': expected words among black, hair, "),
        ("蓝 hair", "unknown word '蓝': expected words among"),
        ("smile, blue", "ends in 'blue', expected blue hair or blue eyes"),
        ("glasses, no", "ends in 'no', expected no glasses"),
        ("hair", "says 'hair', expected black hair, brown hair"),
        ("green mouth", "says 'green mouth', expected neutral mouth, open mouth"),
        ("orange hair", "says 'orange hair', expected black hair"),
        ("no smile", "says 'no smile', expected smile"),
        ("red hair, blue hair", "says both 'red hair' and 'blue hair', expected one of them"),
        ("short spiky hair", "says both 'short hair' and 'spiky hair'"),
        ("long twintails", "says both 'long hair' and 'twintails'"),
        ("glasses, no glasses", "says both 'glasses' and 'no glasses'"),
    ],
)
def test_what_is_wrong_gets_a_clear_answer(text, answer):
    for understand in (captions.parse, captions.encode, captions.seen):
        with pytest.raises(ValueError) as refused:
            understand(text)
        assert answer in str(refused.value)


def test_tokens_and_texts_are_there_and_back():
    tokens = captions.random_tokens(sample(200), 0.6, torch.Generator().manual_seed(1))
    assert tokens.shape == (200, LENGTH) and tokens.dtype == torch.long
    assert torch.equal(captions.encode(captions.decode(tokens)), tokens)
    assert captions.decode(captions.encode("long blue hair, glasses")) == ["long hair, blue hair, glasses"]
    assert captions.encode("").tolist() == [[0] * LENGTH] and captions.decode(captions.encode("")) == [""]
    assert captions.encode([]).shape == (0, LENGTH)


def test_the_longest_caption_fills_a_row_and_padding_stands_at_the_end():
    longest = "blue hair, red eyes, long hair, open mouth, no glasses"
    assert captions.encode(longest).count_nonzero() == LENGTH
    tokens = captions.random_tokens(sample(500), generator=torch.Generator().manual_seed(1))
    assert ((tokens != 0).long().diff(dim=1) <= 0).all()
    assert {len(text.split()) for text in captions.decode(captions.tokens_of(sample(300)))} == {7, 8, 9, 10}


def test_full_captions_say_all_that_captions_can():
    attributes = sample(300)
    tokens = captions.tokens_of(attributes)
    assert equal_values(captions.values_of(tokens), told(attributes))
    kept = caption(attributes.replace(glasses=1))
    assert captions.decode(captions.tokens_of(attributes.replace(glasses=1))) == kept


def test_random_captions_tell_the_truth_each_part_with_its_probability_and_in_any_order():
    attributes = sample(4000)
    tokens = captions.random_tokens(attributes, 0.7, torch.Generator().manual_seed(2))
    values = captions.values_of(tokens)
    for name in CAPTIONED:
        free = values[name] < 0
        assert torch.equal(values[name][~free], getattr(attributes, name)[~free])
        assert free.float().mean().item() == pytest.approx(0.3, abs=0.03)  # four standard errors
    whole = captions.random_tokens(attributes, 1.0, torch.Generator().manual_seed(2))
    orders = {tuple(captions.parse(text)) for text in captions.decode(whole)}
    assert orders == set(permutations(CAPTIONED)) and equal_values(captions.values_of(whole), told(attributes))
    assert not captions.random_tokens(attributes, 0.0).any()


@pytest.mark.parametrize("share", [-0.1, 1.1, float("nan")])
def test_an_impossible_share_is_refused(share):
    with pytest.raises(ValueError, match=r"share = .*, expected a probability"):
        captions.random_tokens(sample(2), share)


def test_another_picture_s_caption_fits_by_chance_as_often_as_the_mismatching_pairs_say():
    """For uniform attributes told with probability s: the product of 1 - s + s / values, for s = 0.8 one in 99."""
    attributes = sample(60_000)
    values = captions.values_of(captions.random_tokens(attributes[:30_000], generator=torch.Generator().manual_seed(3)))
    other = told(attributes[30_000:])
    fits = torch.stack([(values[name] < 0) | (values[name] == other[name]) for name in CAPTIONED]).all(0)
    assert fits.float().mean().item() == pytest.approx(1 / 99.2, abs=0.0024)  # four standard errors


def test_a_surprise_is_a_caption_and_repeatable():
    texts = {captions.surprise(torch.Generator().manual_seed(seed)) for seed in range(20)}
    assert len(texts) > 15 and all(captions.parse(text) or text == "" for text in texts)
    assert captions.surprise(torch.Generator().manual_seed(0)) in texts


def test_a_fifth_of_the_combinations_is_held_out_and_every_value_stays_frequent():
    attributes = sample(40_000)
    out = captions.held_out(attributes)
    combinations = (attributes.hair * 4 + attributes.hairstyle) * 2 + attributes.glasses
    assert len(combinations[out].unique()) == 12 and len(combinations[~out].unique()) == 52
    for name in ("hair", "hairstyle", "glasses"):
        kept = torch.bincount(getattr(attributes, name)[~out]) / torch.bincount(getattr(attributes, name))
        assert kept.min() > 0.7


def test_seen_says_whether_training_pictures_show_the_combination():
    attributes = sample(400)
    texts = captions.decode(captions.tokens_of(attributes))
    assert [not captions.seen(text) for text in texts] == captions.held_out(attributes).tolist()
    new = next(text for text in texts if not captions.seen(text))
    without_glasses = ", ".join(phrase for phrase in new.split(", ") if "glasses" not in phrase)
    assert captions.seen(without_glasses)


def test_captioned_avatars_hold_nothing_back_but_what_is_held_out():
    images, tokens = captions.captioned_avatars(60, 16)
    everything, attributes = avatars(152, 16)
    known = ~captions.held_out(attributes)
    assert torch.equal(images, everything[known][:60])
    values = captions.values_of(tokens)
    for name in CAPTIONED:
        told_here = values[name] >= 0
        assert torch.equal(values[name][told_here], getattr(attributes[known][:60], name)[told_here])
    fewer = captions.captioned_avatars(20, 16)
    assert torch.equal(fewer[0], images[:20]) and torch.equal(fewer[1], tokens[:20])


def test_nouns_end_phrases():
    assert set(NOUNS) == {phrase.split()[-1] for name in CAPTIONED for phrase in captions.PHRASES[name]}

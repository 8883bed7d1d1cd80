"""Chroma: zero for gray, less for mixtures."""

import pytest
import torch

from ganlib.data.avatars import Attributes, render
from ganlib.metrics import chroma


def test_known_pictures():
    red, gray = torch.tensor([1.0, -1.0, -1.0]), torch.tensor([0.3, 0.3, 0.3])
    half = torch.stack([red, gray]).T.view(1, 3, 1, 2)
    images = torch.cat([red.view(1, 3, 1, 1).expand(1, 3, 1, 2), gray.view(1, 3, 1, 1).expand(1, 3, 1, 2), half])
    assert chroma(images).tolist() == [2, 0, 1]


def test_channels_places_and_brightness_do_not_matter():
    x = torch.rand(5, 3, 4, 6)
    for same in (x.flip(1), x.roll(1, 1), x.flip(3), x.transpose(2, 3), x - 0.7):
        torch.testing.assert_close(chroma(same), chroma(x))
    torch.testing.assert_close(chroma(x / 2), chroma(x) / 2)


def test_a_mixture_is_never_more_colourful_than_what_is_mixed():
    images = render(Attributes.sample(40, torch.Generator().manual_seed(0)))
    assert chroma(images.mean(0, keepdim=True)) < 0.8 * chroma(images).mean()
    for _ in range(20):
        weights = torch.rand(40, 1, 1, 1).pow(4)
        weights /= weights.sum()
        assert chroma((weights * images).sum(0, keepdim=True)) <= (weights.flatten() * chroma(images)).sum() + 1e-6


@pytest.mark.parametrize("shape", [(3, 4, 4), (2, 1, 4, 4), (2, 4, 4, 3)])
def test_other_shapes_are_refused(shape):
    with pytest.raises(ValueError, match=r"expected \(N, 3, H, W\)"):
        chroma(torch.zeros(shape))

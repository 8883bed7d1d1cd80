"""The translator that paints anew has no path from x to the output, and the pair that hides colours is stored whole."""

import pytest
import torch

from ganlib import models
from ganlib.data import unpaired_avatars
from ganlib.studies import hidden_colours
from ganlib.training import evaluation


@pytest.mark.parametrize(("size", "channels"), [(16, 1), (32, 3), (64, 3)])
def test_pictures_keep_their_shape_and_range(size, channels):
    network = models.RepaintingTranslator(size, channels, width=4, blocks=1)
    y = network(3 * torch.randn(2, channels, size, size))
    assert y.shape == (2, channels, size, size) and y.abs().max() <= 1


def test_without_the_layers_between_nothing_of_x_is_left():
    """Where ``ResidualTranslator`` would return x, a last layer of zeros returns grey."""
    network = models.RepaintingTranslator(16, 3, width=4, blocks=2)
    for weight in network.net[-2].parameters():
        torch.nn.init.zeros_(weight)
    assert not network(torch.randn(2, 3, 16, 16)).any()


def test_pictures_are_translated_one_by_one():
    network = models.RepaintingTranslator(16, 3, width=4, blocks=2)
    x = torch.randn(3, 3, 16, 16)
    with evaluation(network):
        assert torch.allclose(network(x)[1:2], network(x[1:2]), atol=1e-6)


def test_what_it_refuses():
    with pytest.raises(ValueError, match="size = 15, expected an even number"):
        models.RepaintingTranslator(15)
    with pytest.raises(ValueError, match=r"x has shape \(1, 3, 16, 16\), expected \(N, 3, 32, 32\)"):
        models.RepaintingTranslator(32, width=4, blocks=1)(torch.zeros(1, 3, 16, 16))


@pytest.fixture(scope="module")
def stored():
    return models.pretrained("flat_to_sketch"), models.pretrained("sketch_to_flat")


def test_the_stored_pair_hides_the_colour_of_the_hair(stored):
    """Guessing one of eight colours is right in 12.5 % of the cases."""
    measured = hidden_colours.measure(*stored)
    assert measured["hair"] > 0.7
    assert measured["hair_from_true"] < 0.25


def test_its_drawings_are_nearer_to_true_ones_than_the_flat_pictures(stored):
    flat, sketch, _ = hidden_colours.held_out(hidden_colours.STYLES)
    assert hidden_colours.measure(*stored)["drawing"] < 0.6 * hidden_colours.difference(flat, sketch)


def test_a_training_starts_from_its_seed_alone(monkeypatch):
    monkeypatch.setattr(hidden_colours, "pictures", lambda styles: unpaired_avatars(20, 32, styles=styles))
    torch.manual_seed(3)
    first = next(hidden_colours.trainer(3, updates=2).rounds(1)).losses()
    torch.manual_seed(3)
    assert first == next(hidden_colours.trainer(3, updates=2).rounds(1)).losses()

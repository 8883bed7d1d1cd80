"""Tiles that can be pressed, and sliders in a bank: what the browser is told, and what is understood from it."""

import numpy as np
import pytest
import torch

from ganlib import viz
from ganlib.viz.slider_bank import SliderBank


def test_a_tile_s_bytes_are_its_pixels():
    images = torch.rand(3, 3, 4, 6) * 2 - 1
    gallery = viz.Gallery("Pictures")
    gallery.show(images)
    assert gallery.shape == [3, 4, 6]
    shown = np.frombuffer(gallery.pixels, np.uint8).reshape(3, 4, 6, 3)
    np.testing.assert_allclose(shown / 127.5 - 1, images.permute(0, 2, 3, 1), atol=0.51 / 127.5)


def test_captions_are_labels_unless_there_are_others():
    gallery = viz.Gallery("Pictures")
    gallery.show(torch.zeros(2, 1, 4, 4), ["a", "b"], marked=[1])
    assert gallery.captions == gallery.labels == ["a", "b"] and gallery.marked == [1]
    gallery.show(torch.zeros(2, 1, 4, 4), ["a", "b"], ["first", "second"])
    assert gallery.captions == ["a", "b"] and gallery.labels == ["first", "second"] and gallery.marked == []


def test_all_that_changes_travels_in_one_message(monkeypatch):
    gallery, sent = viz.Gallery("Pictures"), []
    monkeypatch.setattr(gallery, "send_state", lambda key=None: sent.append(set(key)))
    gallery.show(torch.rand(2, 1, 4, 4), ["a", "b"], marked=[0])
    assert sent == [{"shape", "pixels", "captions", "labels", "marked"}]
    gallery.show(torch.rand(2, 1, 4, 4), ["a", "b"], heads=["one", "two"])
    assert gallery.heads == ["one", "two"] and {"pixels", "marked", "heads"} == sent[1]


def test_presses_from_browser_and_python_are_one():
    gallery, pressed = viz.Gallery("Pictures", pressable=True), []
    gallery.on_press(pressed.append)
    with pytest.raises(ValueError, match="i = 0, expected a tile"):
        gallery.press(0)
    gallery.show(torch.zeros(2, 1, 4, 4))
    gallery.press(1)
    gallery._handle_custom_msg({"press": 0}, [])
    assert pressed == [1, 0]
    for i in (2, -1):
        with pytest.raises(ValueError, match=f"i = {i}, expected a tile from 0 to 1"):
            gallery.press(i)


def test_images_that_are_none_are_explained():
    with pytest.raises(ValueError, match="expected"):
        viz.Gallery("Pictures").show(torch.zeros(2, 5, 4, 4))


def test_a_bank_has_sliders_and_names_for_them():
    bank = SliderBank("Dimensions", ["z1", "z2"])
    assert bank.values == [0, 0] and bank.labels == ["z1", "z2"]
    bank.lay(["z2", "z1"], ["much", "little"], [1.0, 0.1])
    assert bank.labels == ["z2", "z1"] and bank.hints == ["much", "little"] and bank.weights == [1.0, 0.1]
    with pytest.raises(ValueError, match="labels are empty"):
        SliderBank("Dimensions", [])

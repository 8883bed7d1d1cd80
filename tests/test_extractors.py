"""From pictures to features; Inception's are compared with torch-fidelity's in ``oracle``."""

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from ganlib import metrics
from ganlib.data import avatars, digits
from ganlib.metrics import extract, extractors


def noise(n=9, channels=1, size=16):
    return torch.rand(n, channels, size, size, generator=torch.Generator().manual_seed(0)) * 2 - 1


@pytest.fixture(scope="module")
def faces():
    return avatars.avatars(60, 32)[0]


def test_digits_are_the_judge_s_features_and_classes():
    images, labels = digits(16, "test")
    judge, features = metrics.digit_classifier(), extract(images, "digits")
    with torch.no_grad():
        torch.testing.assert_close(features.values, judge.features(images))
        torch.testing.assert_close(features.probabilities, judge(images).softmax(1))
    assert features.extractor == "digits" and len(features) == len(images)
    assert (features.probabilities.argmax(1) == labels).float().mean() > 0.98


def test_avatars_have_a_class_for_each_combination_that_coverage_counts(faces):
    judge, features = metrics.avatar_classifier(), extract(faces, "avatars")
    with torch.no_grad():
        torch.testing.assert_close(features.values, judge.features(faces))
    assert features.probabilities.shape == (60, 64)
    torch.testing.assert_close(features.probabilities.sum(1), torch.ones(60))
    read = metrics.read_avatars(faces).values
    assert torch.equal(features.probabilities.argmax(1), (read["hair"] * 4 + read["hairstyle"]) * 2 + read["glasses"])


def test_pixels_and_thumbnails_are_what_they_say():
    images = noise(5, 3, 24)
    assert torch.equal(extract(images, "pixels").values, images.flatten(1))
    torch.testing.assert_close(extract(images, "thumbnails").values, F.avg_pool2d(images, 3).flatten(1))
    assert extract(images, "pixels").probabilities is None


def test_any_function_of_pictures_is_an_extractor_and_batches_change_nothing():
    body, head = nn.Conv2d(1, 2, 3), nn.Linear(2 * 14 * 14, 3)
    sizes = []

    def look(x):
        sizes.append(len(x))
        return body(x)  # four axes: flattened

    one = metrics.Extractor("mine", look, lambda v: head(v).softmax(1), batch=4)
    features = extract(noise(), one)
    assert sizes == [4, 4, 1] and features.extractor == "mine"
    torch.testing.assert_close(features.values, body(noise()).detach().flatten(1))
    torch.testing.assert_close(features.probabilities, head(features.values).softmax(1).detach())


def test_features_can_be_trained_with():
    """They are ordinary tensors, although no graph was recorded to make them."""
    features = extract(noise(), "digits")
    assert not features.values.requires_grad
    weight = torch.ones(64, requires_grad=True)
    (features.values @ weight).sum().backward()
    torch.testing.assert_close(weight.grad, features.values.sum(0))


def test_extracting_draws_no_random_numbers_and_hands_out_no_judge():
    before = torch.get_rng_state()
    for name, channels in (("digits", 1), ("avatars", 3), ("pixels", 1), ("thumbnails", 3)):
        extract(noise(channels=channels), name)
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize(
    ("images", "extractor", "message"),
    [
        (torch.zeros(4, 16, 16), "digits", r"images has shape \(4, 16, 16\), expected \(N, C, H, W\)"),
        (torch.zeros(0, 1, 16, 16), "digits", r"images has shape \(0, 1, 16, 16\)"),
        (torch.zeros(4, 3, 16, 16), "digits", r"images has shape \(4, 3, 16, 16\), expected \(N, 1, S, S\)"),
        (torch.full((4, 1, 16, 16), torch.nan), "pixels", "images holds NaN or infinity"),
        (
            torch.zeros(4, 1, 16, 16),
            "vgg",
            "extractor = 'vgg', expected an Extractor or one of digits, avatars, pixels",
        ),
        (torch.zeros(4, 1, 16, 16), metrics.Extractor("log", torch.log), "values holds NaN or infinity"),
    ],
)
def test_bad_pictures_and_names_are_told(images, extractor, message):
    with pytest.raises(ValueError, match=message):
        extract(images, extractor)


def test_inception_says_what_is_missing(monkeypatch, tmp_path):
    monkeypatch.setattr(extractors, "find_spec", lambda name: None)
    assert not metrics.has_inception()
    with pytest.raises(ImportError, match="needs torch-fidelity: pip install torch-fidelity"):
        extract(noise(), "inception")
    monkeypatch.setattr(extractors, "find_spec", lambda name: name)
    monkeypatch.setenv("GANLIB_INCEPTION", str(tmp_path / "none.pth"))
    assert not metrics.has_inception()
    with pytest.raises(FileNotFoundError, match=r"none\.pth: .* release v0\.2\.0 .*download=True"):
        extract(noise(), "inception")


def test_weights_are_looked_for_where_torch_hub_keeps_them(monkeypatch, tmp_path):
    monkeypatch.delenv("GANLIB_INCEPTION", raising=False)
    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path))
    monkeypatch.setattr(extractors, "find_spec", lambda name: name)
    assert metrics.inception_weights().parent == tmp_path / "checkpoints" and not metrics.has_inception()
    metrics.inception_weights().parent.mkdir()
    metrics.inception_weights().touch()
    assert metrics.has_inception()


def test_bytes_are_those_of_a_saved_picture():
    images = torch.tensor([-1.2, -1, -0.999, 0, 0.5, 1, 1.7]).view(1, 1, 1, 7)
    assert extractors._bytes(images)[0, :, 0].tolist() == [[0, 0, 0, 128, 191, 255, 255]] * 3
    levels = torch.arange(256, dtype=torch.uint8).expand(1, 3, 2, 256)
    assert torch.equal(extractors._bytes(levels / 127.5 - 1), levels)
    with pytest.raises(ValueError, match=r"images has shape \(2, 4, 8, 8\), expected \(N, 1, H, W\) or \(N, 3, H, W\)"):
        extractors._bytes(torch.zeros(2, 4, 8, 8))


@pytest.mark.gpu
def test_features_stay_on_the_gpu(faces):
    features = extract(faces.cuda(), "avatars")
    assert features.values.is_cuda and features.probabilities.is_cuda
    torch.testing.assert_close(features.values.cpu(), extract(faces, "avatars").values, rtol=2e-2, atol=2e-2)

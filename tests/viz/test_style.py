"""Colours that everyone can tell apart and read, in both themes."""

from io import BytesIO
from itertools import combinations

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_rgb
from PIL import Image

from ganlib import viz
from ganlib.viz import style

# Machado, Oliveira and Fernandes 2009, "A physiologically-based model for simulation of color vision deficiency",
# severity 1, on linear RGB.
VISION = {
    "normal": np.eye(3),
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}


def linear(colour):
    c = np.array(to_rgb(colour))
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def luminance(colour):
    return linear(colour) @ [0.2126, 0.7152, 0.0722]


def contrast(a, b):
    """WCAG 2.1 contrast ratio, 1 to 21."""
    high, low = sorted([luminance(a), luminance(b)], reverse=True)
    return (high + 0.05) / (low + 0.05)


def lab(rgb):
    """CIE L*a*b* of linear RGB under D65."""
    xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]) @ np.clip(rgb, 0, 1)
    t = xyz / [0.9505, 1.0, 1.089]
    f = np.where(t > 0.008856, np.cbrt(t), 7.787 * t + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.fixture(params=style.THEMES.values(), ids=style.THEMES)
def theme(request):
    return request.param


def test_words_and_data_stand_out_from_the_background(theme):
    assert contrast(theme.text, theme.background) >= 7
    for colour in (theme.real, theme.fake, theme.discriminator, theme.class_a, theme.class_b):
        assert contrast(colour, theme.background) >= 3


@pytest.mark.parametrize("vision", VISION)
def test_the_three_meanings_differ_for_every_kind_of_colour_vision(theme, vision):
    seen = [lab(np.array(VISION[vision]) @ linear(c)) for c in (theme.real, theme.fake, theme.discriminator)]
    assert min(np.linalg.norm(a - b) for a, b in combinations(seen, 2)) > 20


@pytest.mark.parametrize("vision", VISION)
def test_the_two_classes_differ_for_every_kind_of_colour_vision(theme, vision):
    a, b, *others = (
        lab(np.array(VISION[vision]) @ linear(c))
        for c in (theme.class_a, theme.class_b, theme.real, theme.fake, theme.discriminator)
    )
    assert np.linalg.norm(a - b) > 25
    nearest = min(np.linalg.norm(own - other) for own in (a, b) for other in others)
    assert nearest > (25 if vision == "normal" else 12)  # the classes differ in shape as well, from all of these


def test_points_and_lines_stand_out_from_the_tints_of_the_classes(theme):
    tints = theme.tints("class_a", "background", "class_b")
    for value in np.linspace(0, 1, 21):
        for colour in (theme.class_a, theme.class_b, theme.fake, theme.discriminator):
            assert contrast(colour, tints(value)[:3]) >= 2.4


def test_verdict_runs_from_fake_over_background_to_real(theme):
    ends = [theme.verdict(v)[:3] for v in (0.0, 0.5, 1.0)]
    for got, wanted in zip(
        ends, (theme.pale(theme.fake), to_rgb(theme.background), theme.pale(theme.real)), strict=True
    ):
        assert np.allclose(got, wanted, atol=0.01)


def test_points_stand_out_from_every_verdict_of_the_discriminator(theme):
    for value in np.linspace(0, 1, 21):
        for colour in (theme.real, theme.fake):
            assert contrast(colour, theme.verdict(value)[:3]) >= 2.4


def test_theme_variable(monkeypatch):
    monkeypatch.setenv("GANLIB_THEME", "dark")
    assert viz.theme() is viz.DARK
    monkeypatch.setenv("GANLIB_THEME", "blue")
    with pytest.raises(ValueError, match="GANLIB_THEME = 'blue'"):
        viz.theme()


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ('{\n    // a comment\n    "theme": "JupyterLab Dark"\n}', viz.DARK),
        ('{"theme": "JupyterLab Dark High Contrast"}', viz.DARK),
        ('{\n    "theme": "JupyterLab Light"\n}', viz.LIGHT),
        ('{\n    // "theme": "JupyterLab Dark"\n}', viz.LIGHT),
        ("", viz.LIGHT),
        (None, viz.LIGHT),
    ],
)
def test_theme_follows_jupyterlab(monkeypatch, tmp_path, settings, expected):
    monkeypatch.delenv("GANLIB_THEME", raising=False)
    monkeypatch.setenv("JUPYTERLAB_SETTINGS_DIR", str(tmp_path))
    if settings is not None:
        folder = tmp_path / "@jupyterlab" / "apputils-extension"
        folder.mkdir(parents=True)
        (folder / "themes.jupyterlab-settings").write_text(settings)
    assert viz.theme() is expected


def test_a_picture_shows_itself_and_leaves_pyplot_alone():
    picture = viz.Picture(3, 2, "three words here")
    picture.axes_of().plot([0, 1], [0, 1])
    data, metadata = picture._repr_mimebundle_()
    assert data["text/plain"] == "three words here"
    assert metadata["image/png"] == {"width": 300, "height": 200, "alt": "three words here"}
    image = Image.open(BytesIO(data["image/png"]))
    assert image.size == (600, 400)
    assert not plt.get_fignums()


def test_a_picture_has_the_theme_s_background(monkeypatch):
    monkeypatch.setenv("GANLIB_THEME", "dark")
    picture = viz.Picture(1, 1, "")
    ax = picture.axes_of()
    assert picture.get_facecolor()[:3] == to_rgb(viz.DARK.background) == ax.get_facecolor()[:3]
    assert ax.xaxis.label.get_color() == viz.DARK.text

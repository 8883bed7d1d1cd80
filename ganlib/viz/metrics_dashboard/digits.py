"""Handwritten digits: real scans as the course's classifier sees them, and what can go wrong with pictures of them."""

from collections.abc import Mapping
from functools import cached_property

import torch
import torch.nn.functional as F
from torch import Generator, Tensor

from ganlib import metrics
from ganlib.data import digits
from ganlib.metrics import DigitClassifier
from ganlib.viz.metrics_dashboard.world import Knob, Sample, World, first

SIZE, CLASSES = 16, 10
FOOLING_STEPS, FOOLING_RATE = 12, 0.15
PRESENT = 0.01  # share of the pictures from which on a class counts as there
KNOBS = {
    "dropped": Knob("classes dropped", 0, 7, 1, 0, "So many digits, from 9 downwards, never come up"),
    "sameness": Knob("sameness", 0, 1, 0.05, 0, "In this share, each class is always the same clear picture"),
    "copies": Knob("copies", 0, 1, 0.05, 0, "This share of the fakes are training pictures, exactly"),
    "fooling": Knob("noise it likes", 0, 1, 0.05, 0, "This share is noise, changed until the classifier is sure"),
    "blur": Knob("blur", 0, 2, 0.05, 0, "Standard deviation of a Gaussian blur, in pixels"),
    "noise": Knob("noise", 0, 1, 0.05, 0, "Standard deviation of noise in each pixel; paper to ink is 2"),
    "contrast": Knob("contrast", 0.2, 1.8, 0.05, 1, "The ink of each pixel, times this"),
}
PRESETS = {
    "drop half the classes": {"dropped": 5},
    "one picture per class": {"sameness": 1.0},
    "blur": {"blur": 0.9},
    "memorise": {"copies": 1.0},
    "noise": {"noise": 0.3},
    "noise the classifier likes": {"fooling": 1.0},
}


class Digits(World):
    """Scans of digits, dealt anew for each seed: some to learn from, as many held out, and the rest are the fakes.

    A generator at rest is thus as good as can be: its pictures are real scans that none of the others are. Features
    are those of the course's classifier, which has seen four in five of all scans, each set as often as the others.
    """

    sizes = (100, 200, 300)
    knobs, presets = KNOBS, PRESETS

    def fake(self, settings: Mapping[str, float], n: int, seed: int) -> Sample:
        """Scans that no other set holds, some replaced, then all harmed in the same way."""
        learnt, _, rest = self._deal(n, seed)
        rows = rest[self.labels[rest] < CLASSES - settings["dropped"]][:n]
        random = Generator().manual_seed(seed)
        turn = torch.stack([torch.randperm(n, generator=random) for _ in range(3)])  # who is replaced first
        rows = torch.where(first(settings["sameness"], turn[0]), self._clearest[self.labels[rows]], rows)
        rows = torch.where(first(settings["copies"], turn[1]), learnt, rows)
        rows = torch.where(first(settings["fooling"], turn[2]), len(self.labels) + torch.arange(n), rows)
        edits = {name: settings[name] for name in ("contrast", "blur", "noise")}
        if all(value == self.knobs[name].rest for name, value in edits.items()):
            return self._known(rows)
        return self._seen(harmed(self._known(rows).x, **edits, random=random))

    def count(self, sample: Sample) -> int:
        """Classes that the classifier reads in at least 1 % of the pictures."""
        shares = torch.bincount(sample.probabilities.argmax(1), minlength=CLASSES) / len(sample)
        return int((shares >= PRESENT).sum())

    def _sets(self, n: int, seed: int) -> tuple[Sample, Sample]:
        learnt, held_out, _ = self._deal(n, seed)
        return self._known(learnt), self._known(held_out)

    def _deal(self, n: int, seed: int) -> tuple[Tensor, Tensor, Tensor]:
        """Rows of the scans: to learn from, held out, and all others."""
        order = torch.randperm(len(self.labels), generator=Generator().manual_seed(seed))
        return order[:n], order[n : 2 * n], order[2 * n :]

    @cached_property
    def classifier(self) -> DigitClassifier:
        """The judge, in the memory layout in which it is quicker."""
        return metrics.digit_classifier().to(memory_format=torch.channels_last)

    @cached_property
    def _scans(self) -> tuple[Tensor, Tensor]:
        both = [digits(SIZE, split) for split in ("train", "test")]
        return torch.cat([images for images, _ in both]), torch.cat([labels for _, labels in both])

    @property
    def labels(self) -> Tensor:
        """The digit of each scan."""
        return self._scans[1]

    @cached_property
    def _bank(self) -> Sample:
        """All scans, and behind them noise that the classifier likes."""
        return self._seen(torch.cat([self._scans[0], fooling(self.classifier, max(self.sizes))]))

    @cached_property
    def _clearest(self) -> Tensor:
        """The row of the scan of each class of which the classifier is surest."""
        own = F.one_hot(self.labels, CLASSES)
        return (self._bank.probabilities[: len(own)] * own).argmax(0)

    def _known(self, rows: Tensor) -> Sample:
        """What lies in these rows of the bank, where all has been seen before."""
        bank = self._bank
        return Sample(bank.x[rows], bank.features[rows], bank.probabilities[rows])

    @torch.no_grad()
    def _seen(self, images: Tensor) -> Sample:
        """Pictures as the classifier sees them."""
        features = self.classifier.features(images)
        return Sample(images, features.double(), self.classifier.head(features).double().softmax(1))


def harmed(images: Tensor, contrast: float, blur: float, noise: float, random: Generator) -> Tensor:
    """Pictures (N, 1, S, S) with less ink, then blurred, then with noise in each pixel; in [-1, 1]."""
    images = ((1 + images) * contrast - 1).clamp(-1, 1)
    if blur:
        smear = _smear(images.shape[-1], blur)
        images = smear @ images @ smear.T
    return (images + noise * torch.randn(images.shape, generator=random)).clamp(-1, 1)


def _smear(size: int, deviation: float) -> Tensor:
    """The matrix (S, S) that blurs a row of pixels; what would come from beyond the edge is shared by the others."""
    place = torch.arange(size, dtype=torch.float32)
    return (-(place[:, None] - place).square() / (2 * deviation**2)).softmax(1)


def fooling(classifier: DigitClassifier, n: int, seed: int = 0) -> Tensor:
    """Noise (n, 1, 16, 16), changed by gradient ascent until the classifier is sure of a class, each in turn.

    Source: Nguyen et al. 2015, arXiv 1412.1897; its steps by signs: Goodfellow et al. 2015, arXiv 1412.6572.
    """
    targets = torch.arange(n) % CLASSES
    x = 2 * torch.rand(n, 1, SIZE, SIZE, generator=Generator().manual_seed(seed)) - 1
    for _ in range(FOOLING_STEPS):
        x.requires_grad_()
        with torch.enable_grad():
            (slope,) = torch.autograd.grad(F.cross_entropy(classifier(x), targets, reduction="sum"), x)
        x = (x.detach() - FOOLING_RATE * slope.sign()).clamp(-1, 1)
    return x

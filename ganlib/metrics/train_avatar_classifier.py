"""How the judge of avatars was made: ``python -m ganlib.metrics.train_avatar_classifier`` writes its weights again."""

import torch
import torch.nn.functional as F
from torch import Tensor
from tqdm import tqdm

from ganlib import checkpoints
from ganlib.data.avatars import SIZES, Attributes, render
from ganlib.data.batches import to_float
from ganlib.metrics.avatar_classifier import CHUNK, COUNTS, WEIGHTS, AvatarClassifier
from ganlib.metrics.statistics import gaussian_statistics

STYLES = ("flat", "flat", "shaded")  # two thirds of the pictures are flat
HELD_OUT = 1000  # the seed of the avatars that are never trained on
REFERENCE = 10_000


def _drawn(n: int, size: int, seed: int, style: str = "flat") -> tuple[Tensor, dict[str, Tensor]]:
    """Pictures as bytes, and the indices of their captioned attributes."""
    attributes = Attributes.sample(n, torch.Generator().manual_seed(seed))
    images = render(attributes, size, style).add_(1).mul_(127.5).round_().to(torch.uint8)
    return images, {name: getattr(attributes, name) for name in COUNTS}


def _targets(labels: dict[str, Tensor], rows: Tensor) -> list[Tensor]:
    """What the classifier should answer: probabilities (N, k) for each attribute."""
    return [F.one_hot(labels[name][rows], k).float() for name, k in COUNTS.items()]


def _imperfect(images: Tensor) -> Tensor:
    """Shift, soften and disturb each picture a little, as generators do: the classifier must not care."""
    n = len(images)
    shift, scale = (torch.rand(n, 2) - 0.5) * 0.15, 1 + (torch.rand(n) - 0.5) * 0.1
    rows = torch.zeros(n, 2, 3)
    rows[:, 0, 0], rows[:, 1, 1], rows[:, :, 2] = scale, scale, shift
    grid = F.affine_grid(rows, list(images.shape), align_corners=False)
    images = F.grid_sample(images, grid, padding_mode="border", align_corners=False)
    soft = F.interpolate(F.avg_pool2d(images, 2), scale_factor=2, mode="bilinear", align_corners=False)
    images = torch.lerp(images, soft, torch.rand(n, 1, 1, 1) * (torch.rand(n, 1, 1, 1) < 0.5))
    return images + torch.rand(n, 1, 1, 1) * 0.2 * torch.randn_like(images)


def _mixed(images: Tensor, targets: list[Tensor]) -> tuple[Tensor, list[Tensor]]:
    """Put a second avatar through a quarter of the pictures and noise in place of an eighth: there it must doubt."""
    n = len(images)
    blends, noises = n // 4, n // 8
    share = torch.ones(n, 1)
    share[:blends] = torch.rand(blends, 1)
    weight = share[:, :, None, None]
    images = weight * images + (1 - weight) * images.roll(1, 0)
    targets = [share * target + (1 - share) * target.roll(1, 0) for target in targets]
    images[-noises:] = _noise(noises)
    for target in targets:
        target[-noises:] = 1 / target.shape[1]
    return images, targets


def _noise(n: int) -> Tensor:
    """Pictures that are none, (n, 3, 32, 32): random colours in blocks of 1 to 32 pixels, of any contrast."""
    blocks = [torch.randn(n, 3, cells, cells).repeat_interleave(32 // cells, 2) for cells in (1, 2, 4, 8, 16, 32)]
    chosen = torch.stack([block.repeat_interleave(32 // block.shape[3], 3) for block in blocks], 1)
    weights = torch.rand(n, len(blocks), 1, 1, 1).pow(4)
    return (2 * torch.rand(n, 1, 1, 1) * (weights * chosen).sum(1)).tanh()


def train_avatar_classifier(pictures: int = 18_000, steps: int = 1200, seed: int = 0) -> AvatarClassifier:
    """Train on avatars of 32 pixels in two styles, 160 s on one CPU core. The bits depend on the number of threads."""
    torch.manual_seed(seed)
    sets = [_drawn(pictures // len(STYLES), 32, seed + k, style) for k, style in enumerate(STYLES)]
    images = torch.cat([drawn for drawn, _ in sets])
    labels = {name: torch.cat([indices[name] for _, indices in sets]) for name in COUNTS}
    classifier = AvatarClassifier()
    optimizer = torch.optim.Adam(classifier.parameters())
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=4e-3, total_steps=steps)
    for _ in tqdm(range(steps), disable=None):
        rows = torch.randint(len(images), (128,))
        x, targets = _mixed(_imperfect(to_float(images[rows])), _targets(labels, rows))
        logits = classifier(x).values()
        loss = sum(F.cross_entropy(guess, target) for guess, target in zip(logits, targets, strict=True))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
    return classifier.eval()


@torch.no_grad()
def reference(classifier: AvatarClassifier, size: int, n: int = REFERENCE) -> dict[str, Tensor]:
    """Mean and covariance of the features of n held-out flat avatars."""
    images = to_float(_drawn(n, size, HELD_OUT)[0])
    mean, covariance = gaussian_statistics(torch.cat([classifier.features(x) for x in images.split(CHUNK)]))
    return {"mean": mean, "covariance": covariance}


@torch.no_grad()
def accuracies(classifier: AvatarClassifier, size: int = 32, style: str = "flat", n: int = 2000) -> dict[str, float]:
    """The share of n held-out avatars that it reads right, for each attribute."""
    images, labels = _drawn(n, size, HELD_OUT + 1, style)
    read = {name: logits.argmax(1) for name, logits in classifier(to_float(images)).items()}
    return {name: (read[name] == labels[name]).double().mean().item() for name in COUNTS}


def main() -> None:
    """Train with the defaults, print the accuracy on held-out avatars, write weights and reference."""
    classifier = train_avatar_classifier()
    for size, style in ((16, "flat"), (32, "flat"), (64, "flat"), (32, "shaded")):
        words = ", ".join(f"{name} {share:.1%}" for name, share in accuracies(classifier, size, style).items())
        print(f"2,000 held-out {style} avatars of {size} pixels: {words}", flush=True)
    real = {size: reference(classifier, size) for size in SIZES}
    checkpoints.save({"classifier": classifier.state_dict(), "real": real}, WEIGHTS)
    print(f"weights and the statistics of {REFERENCE:,} real avatars written to assets/{WEIGHTS.name}")


if __name__ == "__main__":
    main()

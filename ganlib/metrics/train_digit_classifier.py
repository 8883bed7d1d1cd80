"""How the judge of digits was made: ``python -m ganlib.metrics.train_digit_classifier`` writes its weights again."""

import torch
import torch.nn.functional as F
from torch import Tensor

from ganlib import checkpoints
from ganlib.data.digits import digits
from ganlib.metrics.digit_classifier import WEIGHTS, DigitClassifier


def _jitter(images: Tensor) -> Tensor:
    """Rotate, scale and shift each image a little: the classifier must not care."""
    n = len(images)
    angle, scale, shift = (torch.rand(n) - 0.5) * 0.3, 1 + (torch.rand(n) - 0.5) * 0.15, (torch.rand(n, 2) - 0.5) * 0.2
    rows = torch.stack([angle.cos() * scale, -angle.sin(), angle.sin(), angle.cos() * scale], 1).view(n, 2, 2)
    grid = F.affine_grid(torch.cat([rows, shift[:, :, None]], 2), list(images.shape), align_corners=False)
    return F.grid_sample(images + 1, grid, align_corners=False) - 1


def train_digit_classifier(steps: int = 600, seed: int = 0) -> DigitClassifier:
    """Train on the training split, about 20 s on one CPU core. The bits depend on the number of threads."""
    torch.manual_seed(seed)
    images, labels = digits(16, "train")
    classifier = DigitClassifier()
    optimizer = torch.optim.Adam(classifier.parameters())
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=4e-3, total_steps=steps)
    for _ in range(steps):
        rows = torch.randint(len(images), (128,))
        loss = F.cross_entropy(classifier(_jitter(images[rows])), labels[rows], label_smoothing=0.05)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
    return classifier.eval()


def main() -> None:
    """Train with the defaults, print the accuracy on held-out digits, write the weights."""
    classifier = train_digit_classifier()
    images, labels = digits(16, "test")
    with torch.no_grad():
        accuracy = (classifier(images).argmax(1) == labels).float().mean().item()
    checkpoints.save(classifier.state_dict(), WEIGHTS)
    print(f"accuracy on {len(labels)} held-out digits: {accuracy:.2%}; weights written to assets/{WEIGHTS.name}")


if __name__ == "__main__":
    main()

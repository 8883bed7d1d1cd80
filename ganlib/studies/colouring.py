"""The generator that colours what a reader draws: ``python -m ganlib.studies.colouring`` trains and stores it.

It is ``models.pretrained("colouring")``: pix2pix on avatars of 64 pixels, all by one artist, who has a habit for every
hairstyle, so that a drawing tells its colours. A reader's lines are not a renderer's: the drawings in training are also
those of unfinished portraits, wobbly, torn, of uneven strength, and some with a stroke too many.
"""

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.optim import Adam
from tqdm import tqdm

from ganlib.data import Batches
from ganlib.data.avatars import CAPTIONED, Attributes, render
from ganlib.data.avatars.parts import PARTS
from ganlib.data.batches import to_float
from ganlib.gans import Pix2Pix
from ganlib.metrics import read_avatars
from ganlib.models import PatchDiscriminator, UNet
from ganlib.models.stored import FOLDER, store
from ganlib.studies.annealing import annealed
from ganlib.studies.setup import spent
from ganlib.training import Trainer, evaluation

SIZE, BATCH, UPDATES, L1_WEIGHT = 64, 8, 4000, 30.0
NETWORK = {"size": SIZE, "width": 16, "dropout": 0.0, "halvings": 4}
WHOLE, GROUPS, IN_A_GROUP, KEPT = 2400, 48, 50, 0.7
HELD_OUT = 1000
ALWAYS = {"skin": "light", "background": "sky"}
HABITS = {  # by hairstyle, in the order of the vocabulary
    "hair": ("brown", "blonde", "pink", "blue"),
    "eyes": ("green", "aqua", "purple", "orange"),
    "shirt": ("red", "green", "white", "black"),
}


def habitual(attributes: Attributes) -> Attributes:
    """The same portraits in the artist's colours: short hair is brown, long hair blonde, and so on."""
    chosen = {name: [colours[style] for style in attributes.hairstyle.tolist()] for name, colours in HABITS.items()}
    return attributes.replace(**ALWAYS, **chosen)


def portraits(n: int, seed: int = 0) -> tuple[Tensor, Tensor, Attributes]:
    """Drawings and pictures of whole portraits, (n, 3, 64, 64) uint8, and their attributes."""
    attributes = habitual(Attributes.sample(n, torch.Generator().manual_seed(seed)))
    return *(_bytes([render(attributes, SIZE, style)]) for style in ("sketch", "flat")), attributes


def unfinished(groups: int = GROUPS, n: int = IN_A_GROUP, seed: int = 1) -> tuple[Tensor, Tensor]:
    """Drawings and pictures of portraits from which parts are missing, (groups * n, 3, 64, 64) uint8.

    Each group lacks other parts; each part is there with probability 0.7. What is not drawn has no colour either.
    """
    generator = torch.Generator().manual_seed(seed)
    drawings, pictures = [], []
    for _ in range(groups):
        there = torch.rand(len(PARTS), generator=generator) < KEPT
        parts = [part for part, kept in zip(PARTS, there.tolist(), strict=True) if kept]
        attributes = habitual(Attributes.sample(n, generator))
        drawings.append(render(attributes, SIZE, "sketch", parts=parts))
        pictures.append(render(attributes, SIZE, "flat", parts=parts))
    return _bytes(drawings), _bytes(pictures)


class HandDrawn:
    """Batches of pairs whose drawings look as if drawn by hand. It knows its place as ``Batches`` does."""

    def __init__(self, batches: Batches):
        self.batches = batches

    def __iter__(self) -> "HandDrawn":
        return self

    def __next__(self) -> tuple[Tensor, Tensor]:
        drawing, picture = wobbly(*next(self.batches))
        return scribbled(torn(uneven(drawing))), picture


def wobbly(drawing: Tensor, picture: Tensor) -> tuple[Tensor, Tensor]:
    """Move, stretch and bend both pictures of each pair in the same way."""
    n, _, size, _ = drawing.shape
    shift, stretch = 0.3 * (torch.rand(n, 2, 1, 1) - 0.5), 1 + 0.4 * (torch.rand(n, 2, 1, 1) - 0.5)
    bend = F.interpolate(torch.randn(n, 2, 5, 5), size=(size, size), mode="bicubic", align_corners=True)
    axis = torch.linspace(-1, 1, size)
    grid = (
        torch.stack(torch.meshgrid(axis, axis, indexing="xy")) * stretch + shift + 0.04 * torch.rand(n, 1, 1, 1) * bend
    )
    both = F.grid_sample(
        torch.cat([drawing, picture], 1), grid.permute(0, 2, 3, 1), padding_mode="border", align_corners=True
    )
    return both.chunk(2, 1)


def uneven(drawing: Tensor) -> Tensor:
    """Make the lines of half of the drawings thicker, each by its own share of a pixel to each side."""
    thicker = -F.max_pool2d(-drawing, 3, stride=1, padding=1)
    n = len(drawing)
    return torch.lerp(drawing, thicker, torch.rand(n, 1, 1, 1) * (torch.rand(n, 1, 1, 1) < 0.5))


def torn(drawing: Tensor) -> Tensor:
    """Rub out spots: a twentieth of the sheet on average."""
    n, _, size, _ = drawing.shape
    spots = F.interpolate(torch.rand(n, 1, 10, 10), size=(size, size), mode="bilinear", align_corners=False)
    return torch.where(spots < 0.3 * torch.rand(n, 1, 1, 1), 1.0, drawing)


def scribbled(drawing: Tensor) -> Tensor:
    """Draw a straight line that means nothing across a quarter of the drawings."""
    n, _, size, _ = drawing.shape
    start, end = torch.rand(2, n, 2, 1, 1) * size
    axis = torch.arange(size) + 0.5
    place = torch.stack(torch.meshgrid(axis, axis, indexing="xy"))
    along = end - start
    share = (((place - start) * along).sum(1, True) / along.square().sum(1, True).clamp_min(1e-6)).clamp(0, 1)
    distance = (place - start - share * along).square().sum(1, True).sqrt()
    ink = (1.0 - distance).clamp(0, 1) * (torch.rand(n, 1, 1, 1) < 0.25)
    return torch.lerp(drawing, drawing.amin((2, 3), True), ink)


def trainer(seed: int = 0, updates: int = UPDATES) -> Trainer:
    """The training at its start; it draws from the global random state."""
    drawings, pictures = (torch.cat(both) for both in zip(portraits(WHOLE)[:2], unfinished(), strict=True))
    gan = Pix2Pix(UNet(**NETWORK), PatchDiscriminator(6, 16, layers=3), l1_weight=L1_WEIGHT)
    optimizers = {
        "optimizer_d": Adam(gan.discriminator.parameters(), 5e-4, (0.5, 0.99), fused=True),
        "optimizer_g": Adam(gan.generator.parameters(), 1e-3, (0.5, 0.99), fused=True),
    }
    data = HandDrawn(Batches((drawings, pictures), BATCH, seed=seed))
    return annealed(Trainer(gan, data, decay=0.99, **optimizers), updates)


def measure(generator: UNet, n: int = 500) -> dict[str, float]:
    """How whole, held-out portraits are coloured.

    ``l1`` is the mean distance to the artist's pictures, of pixels in [-1, 1]; the others are the shares of pictures in
    which an attribute is read as it is.
    """
    drawings, pictures, attributes = portraits(n, HELD_OUT)
    with evaluation(generator):
        fakes = torch.cat([generator(to_float(some)) for some in drawings.split(100)])
    read = read_avatars(fakes).values
    shares = {name: (read[name] == getattr(attributes, name)).double().mean().item() for name in CAPTIONED}
    return {"l1": (fakes - to_float(pictures)).abs().mean().item()} | shares


def main(seed: int = 0, updates: int = UPDATES) -> None:
    """Train with the defaults and store the generator."""
    torch.set_num_threads(1)
    torch.manual_seed(seed)
    training = trainer(seed, updates)
    seconds = spent(training, updates, lambda rounds: tqdm(rounds, total=updates, disable=None))
    metrics = {name: round(value, 3) for name, value in measure(training.generator).items()}
    made = {
        "command": "python -m ganlib.studies.colouring",
        "made_with": {"torch": torch.__version__, "device": "cpu", "seed": seed, "cpu_seconds": seconds},
        "metrics": metrics,
    }
    store(training.generator, NETWORK, made, FOLDER / "colouring.pt")
    print(metrics, f"{seconds} s of CPU time")


def _bytes(images: list[Tensor]) -> Tensor:
    return torch.cat(images).add_(1).mul_(127.5).round_().to(torch.uint8)


if __name__ == "__main__":
    main()

"""A pattern that no discriminator objects to."""

from functools import cache

from torch import Tensor, nn

from ganlib import metrics
from ganlib.clinic.setup import Setup
from ganlib.clinic.subjects import Batch, Measure, Subject
from ganlib.clinic.ward import Clue, Goal, patient
from ganlib.data import avatars
from ganlib.models import MLPDiscriminator

SIZE, LATENT, WIDTH = 16, 16, 16


class StampingGenerator(nn.Module):
    """Noise (N, 16) to avatars (N, 3, 16, 16): 4 x 4 pixels, doubled twice with kernels of 3 and stride 2."""

    def __init__(self):
        super().__init__()
        self.latent_dim = LATENT
        self.net = nn.Sequential(
            *[nn.Unflatten(1, (LATENT, 1, 1)), nn.ConvTranspose2d(LATENT, 2 * WIDTH, 4)],
            *[nn.BatchNorm2d(2 * WIDTH), nn.ReLU()],
            *[nn.ConvTranspose2d(2 * WIDTH, WIDTH, 3, stride=2, padding=1, output_padding=1)],
            *[nn.BatchNorm2d(WIDTH), nn.ReLU()],
            *[nn.ConvTranspose2d(WIDTH, 3, 3, stride=2, padding=1, output_padding=1), nn.Tanh()],
        )

    def forward(self, z: Tensor) -> Tensor:
        """z (N, 16) to avatars."""
        return self.net(z)


def half_size_discriminator() -> nn.Module:
    """Avatars to a logit, judged at half their size: the means of 2 x 2 pixels."""
    discriminator = MLPDiscriminator((3, SIZE // 2, SIZE // 2), 128)
    discriminator.net = nn.Sequential(nn.AvgPool2d(2), *discriminator.net)
    return discriminator


@cache
def faces() -> Subject:
    """Avatars of 16 x 16 pixels: how much repeats every two pixels, and how far all are from real ones."""
    real = avatars.avatars(1500, SIZE)[0]

    def judge(samples: Tensor, data: Batch) -> dict[str, float]:
        distance = metrics.sliced_wasserstein(samples.flatten(1), real.flatten(1))
        return {"checkerboard": metrics.checkerboard(samples), "distance": distance}

    measures = {
        "checkerboard": Measure("of a picture repeats every two pixels", "{:.1%}", more_is_better=False),
        "distance": Measure("distance to real pixels (sliced Wasserstein)", "{:.3f}", more_is_better=False),
    }
    return Subject("images", (real,), measures, judge, judged=500, shown=12)


@patient(
    complaint="To save time, my discriminator looks at the avatars at half their size. That works: it is undecided, "
    "as it should be, and hair and faces are where they belong. But all my avatars look as if printed on cloth.",
    diagnosis="checkerboard",
    treatments=("resize",),
    tempting="even_kernel",
    goals=(Goal("checkerboard", at_most=0.006),),
    clue=Clue("samples", "A grid with a period of two pixels lies over every picture, and it does not go away."),
    reread=("05", "Checkerboards"),
    hint="Look at a plain region of a picture, such as the hair, pixel by pixel.",
)
def dmitri() -> Setup:
    """The generator doubles the side with transposed convolutions of kernel 3 and stride 2. Their stamps overlap
    unevenly: a pixel is made of 1, 2 or 4 terms, depending on its place. A discriminator that sees such a grid drives
    it out. This one averages 2 x 2 pixels first, and the grid is gone before it looks. Kernel 4 evens the number of
    terms, but not the weights of the four kinds of pixels; enlarging first and convolving then ties them together.
    """
    return Setup(faces(), StampingGenerator, half_size_discriminator, updates=400)

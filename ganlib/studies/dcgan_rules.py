"""DCGAN's rules, each one broken: ``python -m ganlib.studies.dcgan_rules`` writes ``assets/studies/dcgan_rules.csv``.

Each function breaks one rule of Radford et al. 2015 (arXiv 1511.06434, sections 3 and 4) and leaves the others.
"""

from collections.abc import Callable

from torch import nn

from ganlib.models import DCGANDiscriminator, DCGANGenerator, LeakyReLU
from ganlib.studies.command import command
from ganlib.studies.setup import LATENT, SIZE, WIDTH, Change, Progress, Setup, as_it_is, digits_row
from ganlib.studies.tables import Row

BASELINE = "DCGAN"
UPDATES = 400
HIDDEN = 256


def replaced(
    net: nn.Sequential, kind: type[nn.Module], others: Callable[[nn.Module], list[nn.Module]]
) -> nn.Sequential:
    """The layers of ``net`` in order, with ``others(layer)`` in the place of each layer of this kind."""
    return nn.Sequential(*[new for layer in net for new in (others(layer) if type(layer) is kind else [layer])])


def _doubling(layer: nn.Conv2d | nn.ConvTranspose2d) -> bool:
    return layer.stride == (2, 2)


def _same_size(layer: nn.Conv2d | nn.ConvTranspose2d) -> nn.Conv2d:
    """A convolution between the same numbers of channels that keeps the size: kernel 3, stride 1, padding 1."""
    new = nn.Conv2d(layer.in_channels, layer.out_channels, 3, padding=1, bias=layer.bias is not None)
    nn.init.normal_(new.weight, 0.0, 0.02)
    return new


def pooling(setup: Setup) -> None:
    """D halves by max pooling after a convolution of stride 1, in the place of a convolution of stride 2."""

    def pooled(layer: nn.Conv2d) -> list[nn.Module]:
        return [_same_size(layer), nn.MaxPool2d(2)] if _doubling(layer) else [layer]

    setup.discriminator.net = replaced(setup.discriminator.net, nn.Conv2d, pooled)


def fixed_upsampling(setup: Setup) -> None:
    """G doubles by repeating pixels before a convolution of stride 1, in the place of a transposed convolution."""

    def enlarged(layer: nn.ConvTranspose2d) -> list[nn.Module]:
        return [nn.Upsample(scale_factor=2), _same_size(layer)] if _doubling(layer) else [layer]

    setup.generator.net = replaced(setup.generator.net, nn.ConvTranspose2d, enlarged)


def no_batch_norm_in_g(setup: Setup) -> None:
    """G without batch norm."""
    setup.generator = DCGANGenerator(SIZE, 1, LATENT, WIDTH, norm="none")


def no_batch_norm_in_d(setup: Setup) -> None:
    """D without batch norm."""
    setup.discriminator = DCGANDiscriminator(SIZE, 1, WIDTH, norm="none")


def no_batch_norm(setup: Setup) -> None:
    """Both players without batch norm."""
    no_batch_norm_in_g(setup)
    no_batch_norm_in_d(setup)


def batch_norm_everywhere(setup: Setup) -> None:
    """Batch norm on G's output and on D's first layer too, where the paper leaves it out."""
    g, d = setup.generator.net, setup.discriminator.net
    setup.generator.net = nn.Sequential(*g[:-1], nn.BatchNorm2d(1), g[-1])
    setup.discriminator.net = nn.Sequential(d[0], nn.BatchNorm2d(WIDTH), *d[1:])


def hidden_linear_layers(setup: Setup) -> None:
    """A hidden fully connected layer of 256 units after G's noise and before D's answer."""
    _, first, *rest = setup.generator.net
    wider = nn.ConvTranspose2d(HIDDEN, first.out_channels, 4, bias=False)
    nn.init.normal_(wider.weight, 0.0, 0.02)
    entrance = [nn.Linear(LATENT, HIDDEN, bias=False), nn.BatchNorm1d(HIDDEN), nn.ReLU()]
    setup.generator.net = nn.Sequential(*entrance, nn.Unflatten(1, (HIDDEN, 1, 1)), wider, *rest)
    exit_ = [nn.Flatten(), nn.Linear(setup.discriminator.feature_dim, HIDDEN), LeakyReLU(), nn.Linear(HIDDEN, 1)]
    setup.discriminator.net = nn.Sequential(*setup.discriminator.net[:-2], *exit_, nn.Flatten(0))


def tanh_inside_g(setup: Setup) -> None:
    """Tanh in the place of G's ReLU."""
    setup.generator.net = replaced(setup.generator.net, nn.ReLU, lambda _: [nn.Tanh()])


def no_tanh_at_the_end(setup: Setup) -> None:
    """G's last layer without tanh: pixels of any size; the pictures that are scored are clamped to [-1, 1]."""
    setup.generator.net = setup.generator.net[:-1]


def relu_in_d(setup: Setup) -> None:
    """ReLU in the place of D's LeakyReLU."""
    setup.discriminator.net = replaced(setup.discriminator.net, LeakyReLU, lambda _: [nn.ReLU()])


def data_from_0_to_1(setup: Setup) -> None:
    """Real pixels in [0, 1], while G's tanh still reaches from -1 to 1."""
    setup.data = (setup.data + 1) / 2
    setup.shown = lambda images: (2 * images - 1).clamp(-1, 1)


def beta1_of_09(setup: Setup) -> None:
    """Adam with its usual beta1 = 0.9 in the place of 0.5."""
    setup.betas = (0.9, 0.999)


def the_papers_learning_rate(setup: Setup) -> None:
    """The paper's learning rate 0.0002, made for long runs: here the baseline, with 0.001, breaks the rule."""
    setup.lr = 2e-4


def default_weights(setup: Setup) -> None:
    """PyTorch's own initial weights in the place of N(0, 0.02^2)."""
    for module in (*setup.generator.modules(), *setup.discriminator.modules()):
        if hasattr(module, "reset_parameters"):
            module.reset_parameters()


VARIANTS: dict[str, Change] = {
    BASELINE: as_it_is,
    "pooling in D": pooling,
    "fixed upsampling in G": fixed_upsampling,
    "no batch norm in G": no_batch_norm_in_g,
    "no batch norm in D": no_batch_norm_in_d,
    "no batch norm": no_batch_norm,
    "batch norm everywhere": batch_norm_everywhere,
    "hidden linear layers": hidden_linear_layers,
    "tanh inside G": tanh_inside_g,
    "no tanh at the end": no_tanh_at_the_end,
    "ReLU in D": relu_in_d,
    "data in [0, 1]": data_from_0_to_1,
    "beta1 = 0.9": beta1_of_09,
    "learning rate 0.0002": the_papers_learning_rate,
    "default weights": default_weights,
}


def run(variant: str, seed: int, updates: int = UPDATES, progress: Progress = iter) -> Row:
    """One training, about 5 s of CPU time; its row of the table (see ``digits_row``).

    Raises: KeyError for a name that is not in ``VARIANTS``.
    """
    return digits_row(variant, VARIANTS[variant], seed, updates, progress)


if __name__ == "__main__":
    command("dcgan_rules", VARIANTS, run)

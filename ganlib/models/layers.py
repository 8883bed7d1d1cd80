"""Normalisation by name, and initial weights."""

from torch import nn
from torch.nn.utils.parametrizations import spectral_norm
from torch.nn.utils.parametrize import is_parametrized

NORMS = ("none", "batch", "layer", "instance", "spectral")


def normalized(layer: nn.Module, norm: str) -> list[nn.Module]:
    """``layer`` (linear or convolution) followed by the normalisation called ``norm``, as a list for nn.Sequential.

    - ``none``: the layer alone.
    - ``batch``: batch norm, over the batch (and positions) for each channel. It couples the samples of a batch.
    - ``layer``: layer norm, over channels and positions of each sample.
    - ``instance``: instance norm, over the positions of each channel and sample; images only.
    - ``spectral``: spectral norm (Miyato et al. 2018, arXiv 1802.05957): the weight divided by its largest singular
      value.

    Raises: ValueError for another name, or for ``instance`` on a linear layer, which has no positions to average over.
    """
    linear = isinstance(layer, nn.Linear)
    channels = layer.out_features if linear else layer.out_channels
    if norm == "none":
        return [layer]
    if norm == "spectral":
        return [spectral_norm(layer)]
    if norm == "batch":
        return [layer, nn.BatchNorm1d(channels) if linear else nn.BatchNorm2d(channels)]
    if norm == "layer":
        return [layer, nn.LayerNorm(channels) if linear else nn.GroupNorm(1, channels)]
    if norm == "instance" and not linear:
        return [layer, nn.InstanceNorm2d(channels, affine=True)]
    where = "a linear layer" if linear else "a convolution"
    raise ValueError(f"norm = {norm!r} on {where}, expected one of {', '.join(NORMS)} ('instance' needs a convolution)")


def dcgan_weights(module: nn.Module) -> None:
    """Draw convolution weights from N(0, 0.02^2) and batch-norm scales from N(1, 0.02^2); use with ``net.apply``.

    Spectrally normalised layers keep PyTorch's own draw: their scale is divided out anyway.

    Source: Radford et al. 2015, arXiv 1511.06434, section 4 (the scales follow the authors' code).
    """
    if is_parametrized(module):
        return
    if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d)):
        nn.init.normal_(module.weight, 0.0, 0.02)
    elif isinstance(module, nn.BatchNorm2d):
        nn.init.normal_(module.weight, 1.0, 0.02)
        nn.init.zeros_(module.bias)


def he_weights(module: nn.Module) -> None:
    """Draw weights from U(-a, a) with a^2 = 6 / inputs and set biases to 0; use with ``net.apply``.

    The inputs of a convolution are those of one output pixel. Then activations and gradients keep their size on average
    through layers that end in ReLU, which lets half through.

    Source: He et al. 2015, arXiv 1502.01852, eq. 10, as a uniform distribution of the same variance 2 / inputs.
    """
    if isinstance(module, (nn.Linear, nn.Conv2d)):
        nn.init.kaiming_uniform_(module.weight, nonlinearity="relu")
        if module.bias is not None:
            nn.init.zeros_(module.bias)

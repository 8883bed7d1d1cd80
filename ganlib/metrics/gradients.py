"""How large the gradient of a critic's loss is at each of its layers."""

from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from math import exp
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.func import functional_call

from ganlib import losses
from ganlib.losses import AdversarialLoss

LAYERS = (
    *(nn.Linear, nn.Conv1d, nn.Conv2d, nn.Conv3d),
    *(nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d),
)
"""What counts as a layer: modules that multiply by a weight."""


@dataclass(frozen=True)
class GradientNorms:
    """The norms at each layer, in the order in which a sample passes them, the layer next to the data first.

    - ``layers``: their names in the critic.
    - ``activations`` (L,): the gradient that reaches what *enters* a layer, averaged over the samples: E |N dL/da| for
      a loss L that is a mean over N samples. For the Wasserstein loss it is E |df/da|: the slope of the score f for one
      sample. Entry 0 belongs to the sample itself: it is the slope that a gradient penalty pulls to 1.
    - ``weights`` (L,): |dL/dW|, the Euclidean norm over all entries of the layer's weight, without its bias.

    Both are float64, on the CPU.
    """

    layers: tuple[str, ...]
    activations: Tensor
    weights: Tensor

    def growth(self) -> "Growth":
        """How the gradient changes on its way back, from the score to the data, layer by layer.

        The factor is exp(-b) for the straight line a + b k through log ``activations`` against the layer's place k.

        Raises: ValueError for fewer than two layers, or where a norm is 0 or not finite: then there is no logarithm.
        """
        logs = self.activations.log()
        if len(logs) < 2 or not logs.isfinite().all():
            raise ValueError(f"activations = {self.activations.tolist()}, expected two or more positive numbers")
        places = torch.arange(len(logs), dtype=logs.dtype)
        (across, both), (_, along) = torch.stack([places, logs]).cov().tolist()
        return Growth(exp(-both / across), both**2 / (across * along) if along else float("nan"))


class Growth(NamedTuple):
    """A gradient is multiplied by ``factor`` from one layer to the next.

    ``r_squared`` is 1 where each layer does just that, and near 0 where there is no trend; NaN if all norms are equal.
    """

    factor: float
    r_squared: float


def gradient_norms(
    critic: nn.Module, real: Tensor, fake: Tensor, loss: AdversarialLoss = losses.wasserstein
) -> GradientNorms:
    """The gradient of the discriminator's loss at each linear or convolution layer of ``critic``.

    The loss is that of ``loss.discriminator`` on the two batches, without penalties. The critic is measured in the mode
    that it is in and left as it is: parameters, their ``grad``, batch statistics and the random stream.

    Shapes: real (N, ...), fake (M, ...).

    Raises: ValueError when no such layer takes part in the critic's answer.

    Source: Gulrajani et al. 2017, arXiv 1704.00028, section 3 and figure 1(b), plot the norms for the activations.
    """
    state = {name: p.detach().requires_grad_() for name, p in critic.named_parameters()}
    state |= {name: buffer.clone() for name, buffer in critic.named_buffers()}
    batches = [x.detach().clone().requires_grad_() for x in (real, fake)]
    with torch.enable_grad(), torch.random.fork_rng([real.device] if real.is_cuda else []), _entries(critic) as seen:
        value = loss.discriminator(*(functional_call(critic, state, (x,)) for x in batches))
    if not seen:
        raise ValueError(f"critic is a {type(critic).__name__} without linear or convolution layers, expected some")
    entries, weights = [x for xs in seen.values() for x in xs], [_weight(state, name) for name in seen]
    gradients = torch.autograd.grad(value, [*entries, *weights], materialize_grads=True)
    by_entry = iter(gradients[: len(entries)])
    activations = [torch.cat([_by_sample(next(by_entry)) for _ in xs]).mean() for xs in seen.values()]
    by_weight = [gradient.double().norm() for gradient in gradients[len(entries) :]]
    return GradientNorms(tuple(seen), torch.stack(activations).cpu(), torch.stack(by_weight).cpu())


@contextmanager
def _entries(critic: nn.Module):
    """Within the block, a dict fills with what enters each layer, by the layer's name."""
    seen: dict[str, list[Tensor]] = {}

    def note(name: str, arguments: tuple) -> None:
        if arguments[0].requires_grad:  # a constant, such as an encoded label, is no sample
            seen.setdefault(name, []).append(arguments[0])

    with ExitStack() as hooks:
        for name, layer in critic.named_modules():
            if isinstance(layer, LAYERS):
                handle = layer.register_forward_pre_hook(lambda _, arguments, name=name: note(name, arguments))
                hooks.callback(handle.remove)
        yield seen


def _weight(state: dict[str, Tensor], name: str) -> Tensor:
    """A layer's weight; under spectral norm, the parameter that it is computed from."""
    prefix = f"{name}." if name else ""
    return state.get(f"{prefix}weight", state.get(f"{prefix}parametrizations.weight.original"))


def _by_sample(gradient: Tensor) -> Tensor:
    """|N g_i| for each of the N samples, of a gradient (N, ...)."""
    return len(gradient) * gradient.flatten(1).double().norm(dim=1)

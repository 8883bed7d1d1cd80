"""The check of a whole training iteration (chapter 02), by the gradients that each optimizer uses."""

from collections.abc import Callable
from copy import deepcopy

import torch
from torch import Tensor, nn
from torch.nn.functional import softplus
from torch.optim import SGD

from ganlib.checks.core import check, expect, expect_close
from ganlib.losses import minimax, non_saturating

BATCH = 5
Mistakes = dict[str, Tensor]
GRAPH_ERRORS = {
    "modified by an inplace operation": (
        "D's step changed weights that an older graph still needs: compute D(G(z_g)) after optimizer_d.step()."
    ),
    "through the graph a second time": (
        "two backward passes went through one graph: detach D's fakes, and make new ones for G's step. It needs no "
        "retain_graph."
    ),
    "does not require grad and does not have a grad_fn": (
        "a loss has no graph to go back through: in G's step neither the fakes nor the logits may be detached."
    ),
}
"""What PyTorch says when a graph is used wrongly, and what is wrong then."""


def _gradient(loss: Tensor, module: nn.Module) -> Tensor:
    """d loss / d parameters, flat."""
    return torch.cat([g.flatten() for g in torch.autograd.grad(loss, list(module.parameters()))])


def _held(module: nn.Module) -> Tensor | None:
    """The gradients that the parameters hold, flat; None when one holds none."""
    gradients = [parameter.grad for parameter in module.parameters()]
    return None if any(g is None for g in gradients) else torch.cat([g.flatten() for g in gradients])


def _copy(module: nn.Module) -> nn.Module:
    """The module as it is now, trainable whatever the answer does to the original."""
    return deepcopy(module).requires_grad_(True)


def _mistakes_of_d(D: nn.Module, real: Tensor, fake: Tensor, fake_g: Tensor, right: Tensor) -> Mistakes:
    """What D's gradient would be after each mistake; ``fake_g`` are the fakes that belong to G's step."""
    on_real, on_fake = _gradient(softplus(-D(real)).mean(), D), _gradient(softplus(D(fake)).mean(), D)
    swapped = softplus(D(real)).mean() + softplus(-D(fake)).mean()
    return {
        "D's loss has the wrong sign: D makes V large, so its loss is -V.": -right,
        "real and fake are swapped in D's loss: it learns to call fakes real.": _gradient(swapped, D),
        "D saw only real samples: its loss needs D(G(z_d)) as well.": on_real,
        "D saw only fakes: its loss needs D(real) as well.": on_fake,
        "D's fakes came from z_g: make them from z_d.": _gradient(minimax.discriminator(D(real), D(fake_g)), D),
        "D's loss is a sum over the batch: it is the sum of two averages.": BATCH * right,
        "D's loss is halved: it is the sum of two averages, not their average.": right / 2,
        "D moved along G's loss as well: clear D's gradients, go backward from D's loss, and step, before G's loss.": (
            right + _gradient(softplus(-D(fake_g)).mean(), D)
        ),
    }


def _mistakes_of_g(G: nn.Module, D: nn.Module, old_d: nn.Module, z_d: Tensor, z_g: Tensor, right: Tensor) -> Mistakes:
    """What G's gradient would be after each mistake; ``old_d`` is D before its step."""

    def of(loss: Callable[[Tensor], Tensor], judge: nn.Module, z: Tensor) -> Tensor:
        return _gradient(loss(judge(G(z))), G)

    asked = non_saturating.generator
    return {
        "G minimised log(1 - D(G(z_g))), the saturating loss; asked is -log D(G(z_g)).": of(minimax.generator, D, z_g),
        "G's loss has the wrong sign: it must make D(G(z_g)) large.": -right,
        "G minimised -log(1 - D(G(z_g))), which helps D; asked is -log D(G(z_g)).": -of(minimax.generator, D, z_g),
        "G's fakes were judged by D before its step: compute D(G(z_g)) after optimizer_d.step().": of(
            asked, old_d, z_g
        ),
        "G's step used the fakes of z_d again: make new ones from z_g.": of(asked, D, z_d),
        "G's step used the fakes of z_d and the old D: make new ones from z_g, after D's step.": of(asked, old_d, z_d),
        "G's loss is a sum over the batch: average it.": BATCH * right,
    }


class _Match:
    """Two tiny players, their optimizers, and a referee who looks on when an optimizer has stepped."""

    def __init__(self):
        self.G, self.D = nn.Linear(2, 2), nn.Sequential(nn.Linear(2, 1), nn.Flatten(0))
        self.optimizer_d, self.optimizer_g = SGD(self.D.parameters(), 0.5), SGD(self.G.parameters(), 0.5)
        self.optimizer_d.register_step_post_hook(lambda *_: self._after_d())
        self.optimizer_g.register_step_post_hook(lambda *_: self._after_g())
        self.moved: list[str] = []
        self.received: list[Tensor] = []
        self.G.weight.register_hook(lambda gradient: self.received.append(gradient.clone()))

    def iterate(self, training_step: Callable) -> None:
        """Let the answer do one iteration on a new batch, and judge it on the way."""
        self.real, self.z_d, self.z_g = torch.randn(BATCH, 2) + 1, torch.randn(BATCH, 2), torch.randn(BATCH, 2)
        self.old_d, self.old_g = _copy(self.D), _copy(self.G)
        self.left_d, self.left_g = _held(self.D), _held(self.G)
        self.moved.clear()
        self.received.clear()
        batch = (tensor.clone() for tensor in (self.real, self.z_d, self.z_g))
        try:
            training_step(self.G, self.D, self.optimizer_d, self.optimizer_g, *batch)
        except RuntimeError as error:
            for phrase, diagnosis in GRAPH_ERRORS.items():
                expect(phrase not in str(error), diagnosis)
            raise
        for name, module in (("D", self.D), ("G", self.G)):
            expect(name in self.moved, f"optimizer_{name.lower()}.step() was never called.")
            learns = all(parameter.requires_grad for parameter in module.parameters())
            expect(learns, f"{name} is still frozen afterwards: set requires_grad back (frozen(...) does that itself).")

    @torch.enable_grad()
    def _after_d(self) -> None:
        expect("D" not in self.moved, "optimizer_d stepped twice; one iteration moves each player once.")
        got, D = _held(self.D), self.old_d
        expect(got is not None, "optimizer_d steps while D holds no gradient: call backward() on D's loss first.")
        fake, fake_g = self.old_g(self.z_d).detach(), self.old_g(self.z_g).detach()
        right = _gradient(minimax.discriminator(D(self.real), D(fake)), D)
        mistakes = _mistakes_of_d(D, self.real, fake, fake_g, right)
        if self.left_d is not None:
            mistakes["D's gradient holds older ones: call optimizer_d.zero_grad() before D's backward()."] = (
                right + self.left_d
            )
        expect_close(got, right, mistakes, "D's gradient is not that of -log D(real) - log(1 - D(G(z_d))), averaged.")
        self.moved.append("D")

    @torch.enable_grad()
    def _after_g(self) -> None:
        expect("D" in self.moved, "optimizer_g stepped before optimizer_d. D moves first, then G answers.")
        expect("G" not in self.moved, "optimizer_g stepped twice; one iteration moves each player once.")
        got, G, D = _held(self.G), self.old_g, _copy(self.D)
        expect(
            got is not None,
            "optimizer_g steps while G holds no gradient: its loss needs D(G(z_g)), not detached, not of real samples.",
        )
        self._no_stray(got, _gradient(minimax.discriminator(self.old_d(self.real), self.old_d(G(self.z_d))), G))
        right = _gradient(non_saturating.generator(D(G(self.z_g))), G)
        mistakes = _mistakes_of_g(G, D, self.old_d, self.z_d, self.z_g, right)
        if self.left_g is not None:
            mistakes["G's gradient holds older ones: call optimizer_g.zero_grad() before G's backward()."] = (
                right + self.left_g
            )
        expect_close(got, right, mistakes, "G's gradient is not that of -log D(G(z_g)), averaged, judged by the new D.")
        self.moved.append("G")

    def _no_stray(self, got: Tensor, stray: Tensor) -> None:
        """D's backward pass gave G nothing; ``stray`` is what it would give."""

        def fits(a: Tensor, b: Tensor) -> bool:
            return torch.allclose(a, b, rtol=1e-4, atol=1e-6)

        expect(not fits(got, stray), "G moved along D's loss and helps D: each player needs a backward() of its own.")
        of_weight = stray[: self.G.weight.numel()].view_as(self.G.weight)
        expect(
            not any(fits(gradient, of_weight) for gradient in self.received),
            "D's backward() also computed gradients for G. Detach D's fakes: G(z_d).detach().",
        )


@check
def training_step(answer) -> None:
    """Judge ``training_step(G, D, optimizer_d, optimizer_g, real, z_d, z_g)``: D moves, then G, once each.

    D minimises -E log D(x) - E log(1 - D(G(z_d))) and gives G no gradient; G minimises -E log D(G(z_g)) with D as it is
    after its step. Two iterations, so that gradients left over from the first would show in the second.
    """
    match = _Match()
    for _ in range(2):
        match.iterate(answer)

"""What the checks of the two steps share: tiny players, a referee at the optimizer, and what both have to hold to."""

from collections.abc import Callable, Iterable

import torch
from torch import Tensor, nn
from torch.optim import SGD

from ganlib.checks.core import expect
from ganlib.checks.wgan.part import Draw
from ganlib.checks.wgan.probes import Maker, Ramp, shapes

RATE, DOUBLE = 0.25, torch.float64
ERRORS = {
    "through the graph a second time": (
        "two backward passes went through one graph: each step makes its own fakes and has one loss. It needs no "
        "retain_graph."
    ),
    "does not require grad and does not have a grad_fn": (
        "the loss has no graph to go back through: something that has to learn here is detached or frozen."
    ),
}


def flat(tensors: Iterable[Tensor]) -> Tensor:
    """All entries in one row, detached, a copy."""
    return torch.cat([tensor.detach().flatten() for tensor in tensors]).clone()


def gradient(loss: Tensor, module: nn.Module) -> Tensor:
    """d loss / d parameters, flat; 0 where the loss does not depend on one."""
    parameters = list(module.parameters())
    found = torch.autograd.grad(loss, parameters, retain_graph=True, allow_unused=True)
    return flat(torch.zeros_like(p) if g is None else g for p, g in zip(parameters, found, strict=True))


class Scene:
    """A generator, a critic that is linear between real and fake, a batch, noise, and the mover's optimizer.

    A referee notes what the moving player's gradients are when its optimizer has stepped. All is in double precision:
    where large terms cancel, rounding is no mistake.
    """

    def __init__(self, draw: Draw, mover: str, column: bool = False):
        shape, latent_dim, n = shapes(draw)[draw.integer(0, 1)], draw.integer(2, 4), draw.integer(3, 6)
        self.ramp = Ramp(draw, torch.Size(shape).numel()).double()
        self.generator = Maker(draw, latent_dim, shape).double()
        self.critic = nn.Sequential(self.ramp, nn.Unflatten(0, (-1, 1))) if column else self.ramp
        self.real, self.z = draw.normal(n, *shape, dtype=DOUBLE), draw.normal(n, latent_dim, dtype=DOUBLE)
        self.real.view(n, -1)[:, 0] = 0.0
        players = self.critic, self.generator
        self.mover, self.other = players if mover == "critic" else players[::-1]
        self.name = f"optimizer_{mover[0]}"
        self.optimizer = SGD(self.mover.parameters(), RATE)
        self.optimizer.register_step_post_hook(lambda *_: self.used.append(self._held()))
        self.used: list[Tensor | None] = []
        self.received: list[Tensor] = []
        for parameter in self.other.parameters():
            parameter.register_hook(lambda gradient: self.received.append(gradient.clone()))
        self.before = flat(self.mover.parameters()), flat(self.other.parameters())

    def _held(self) -> Tensor | None:
        if all(parameter.grad is None for parameter in self.mover.parameters()):
            return None
        return flat(torch.zeros_like(p) if p.grad is None else p.grad for p in self.mover.parameters())

    def leave_gradients(self, draw: Draw) -> Tensor:
        """Gradients from before the step in both players; returns the mover's."""
        for parameter in (*self.mover.parameters(), *self.other.parameters()):
            parameter.grad = draw.normal(*parameter.shape, dtype=DOUBLE)
        return flat(parameter.grad for parameter in self.mover.parameters())

    def ask(self, answer: Callable, *arguments) -> None:
        """Let the answer take its step. Fakes of other noise explain an error before anything else does."""
        try:
            answer(self.generator, self.critic, self.optimizer, *arguments)
        finally:
            same = all(z.shape == self.z.shape and torch.equal(z, self.z) for z in self.generator.given)
            expect(same, "the fakes came from other noise than z: make them as generator(z), with the z that is given.")
        expect(len(self.generator.given) > 0, "the generator was never called: the fakes are generator(z).")

    def used_gradient(self) -> Tensor:
        """The gradient of the one step that was taken."""
        name = self.name
        expect(len(self.used) > 0, f"{name}.step() was never called.")
        expect(
            len(self.used) == 1, f"{name} stepped {len(self.used)} times: one call is one step, the loop counts them."
        )
        expect(
            self.used[0] is not None,
            f"{name} stepped while its player held no gradient: call backward() before, on a loss that reaches it.",
        )
        return self.used[0]

    def settle(self) -> None:
        """After the step: nothing else moved the weights, and everybody can go on learning."""
        moved = torch.allclose(flat(self.mover.parameters()), self.before[0] - RATE * self.used[0], atol=1e-5)
        expect(moved, f"the weights were changed besides {self.name}.step(). With the penalty nothing is clipped.")
        expect(
            torch.equal(flat(self.other.parameters()), self.before[1]),
            f"the {'generator' if self.mover is self.critic else 'critic'} moved too: only {self.name} steps here.",
        )
        for player, module in (("generator", self.generator), ("critic", self.critic)):
            learns = all(parameter.requires_grad for parameter in module.parameters())
            expect(learns, f"the {player} is still frozen afterwards: set requires_grad back to True.")
            expect(module.training, f"the {player} is in evaluation mode afterwards: call train() again, or leave it.")

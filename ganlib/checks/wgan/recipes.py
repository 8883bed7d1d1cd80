"""The check of the two optimizers, by how they move: a class of another name with the same rule is as right."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn, optim

from ganlib.checks.core import check, expect
from ganlib.checks.wgan.part import Draw, Part, Property

Rule = Callable[[list[nn.Parameter]], optim.Optimizer]


class Recipe(NamedTuple):
    """What a paper trains with: its words, its learning rate, its rule at learning rate 1, and what is taken for it."""

    words: str
    lr: float
    rule: Rule
    mistakes: Mapping[str, Rule]


def _adam(*betas: float) -> Rule:
    return lambda parameters: optim.Adam(parameters, lr=1.0, betas=betas)


def _rmsprop(**settings) -> Rule:
    return lambda parameters: optim.RMSprop(parameters, lr=1.0, **settings)


def _sgd(parameters: list[nn.Parameter]) -> optim.Optimizer:
    return optim.SGD(parameters, lr=1.0)


CLIPPING = Recipe(
    "RMSprop with learning rate 5e-5 and no momentum (penalty=False: clipping)",
    5e-5,
    _rmsprop(),
    {
        "it is Adam with betas (0, 0.9), the recipe of the penalty; clipping goes with RMSprop.": _adam(0.0, 0.9),
        "it is DCGAN's Adam, betas (0.5, 0.999). Training can become unstable with its momentum.": _adam(0.5, 0.999),
        "it is Adam with PyTorch's betas. Training can become unstable with its momentum.": _adam(0.9, 0.999),
        "it has momentum 0.9: the paper uses none, since training can become unstable with it.": _rmsprop(momentum=0.9),
        "it has momentum 0.5: the paper uses none, since training can become unstable with it.": _rmsprop(momentum=0.5),
        "it is the centred RMSprop: leave centered as it is.": _rmsprop(centered=True),
        "its alpha is 0.9: leave it at PyTorch's 0.99.": _rmsprop(alpha=0.9),
        "it is plain gradient descent.": _sgd,
    },
)
PENALTY = Recipe(
    "Adam with learning rate 1e-4 and betas (0, 0.9) (penalty=True: WGAN-GP)",
    1e-4,
    _adam(0.0, 0.9),
    {
        "it is RMSprop, the recipe of clipping; with the penalty the paper uses Adam.": _rmsprop(),
        "its betas are PyTorch's (0.9, 0.999).": _adam(0.9, 0.999),
        "its betas are (0.5, 0.999), those of DCGAN.": _adam(0.5, 0.999),
        "its betas are (0.5, 0.9): beta_1 is 0, no momentum.": _adam(0.5, 0.9),
        "its betas are (0, 0.999): beta_2 is 0.9.": _adam(0.0, 0.999),
        "its betas are (0.9, 0.9): beta_1 is 0, no momentum.": _adam(0.9, 0.9),
        "its betas are in the wrong order: (0, 0.9).": _adam(0.9, 0.0),
        "it is plain gradient descent.": _sgd,
    },
)


def _players(draw: Draw) -> tuple[nn.Module, nn.Module]:
    """Two small players in double precision, so that tiny steps are seen exactly."""
    width = draw.integer(2, 4)
    generator = nn.Sequential(nn.Linear(2, width), nn.ReLU(), nn.Linear(width, 3))
    return generator.double(), nn.Sequential(nn.Linear(3, width), nn.LeakyReLU(0.2), nn.Linear(width, 1)).double()


def _held(optimizer: optim.Optimizer) -> set[int]:
    return {id(parameter) for group in optimizer.param_groups for parameter in group["params"]}


def _pair(answer: Callable, draw: Draw, penalty: bool) -> list[tuple[str, optim.Optimizer, list[nn.Parameter]]]:
    """Each player's name, optimizer and parameters."""
    generator, critic = _players(draw)
    made = answer(generator, critic, penalty)
    expect(made is not None, "it returned None: does it end with return?")
    two = isinstance(made, tuple | list) and len(made) == 2 and all(isinstance(each, optim.Optimizer) for each in made)
    expect(two, f"it returned {type(made).__name__}, expected two optimizers: return optimizer_g, optimizer_c.")
    of_g, of_c = ({id(parameter) for parameter in player.parameters()} for player in (generator, critic))
    held_g, held_c = map(_held, made)
    swapped = held_g == of_c and held_c == of_g
    expect(not swapped, "the pair is in the wrong order: return optimizer_g first, then optimizer_c.")
    for name, held, own, other in (("optimizer_g", held_g, of_g, of_c), ("optimizer_c", held_c, of_c, of_g)):
        expect(not held & other, f"{name} also moves the other player's parameters: give it those of its own alone.")
        expect(held == own, f"{name} holds {len(held)} of its player's {len(own)} parameters: give it all of them.")
    return [("optimizer_g", made[0], list(generator.parameters())), ("optimizer_c", made[1], list(critic.parameters()))]


def _path(optimizer: optim.Optimizer, parameters: Sequence[nn.Parameter], gradients: Tensor) -> Tensor:
    """How far the parameters have moved after each of the given gradients, (steps, all parameters)."""
    start, path = torch.cat([p.detach().flatten() for p in parameters]).clone(), []
    for gradient in gradients:
        for parameter, part in zip(parameters, gradient.split([p.numel() for p in parameters]), strict=True):
            parameter.grad = part.view_as(parameter).clone()
        optimizer.step()
        path.append(torch.cat([p.detach().flatten() for p in parameters]) - start)
    return torch.stack(path)


def _rate(path: Tensor, unit: Tensor) -> float | None:
    """The learning rate that makes ``path`` of ``unit``, a path at learning rate 1; None when none does."""
    rate = ((path * unit).sum() / unit.square().sum()).item()
    return rate if torch.allclose(path, rate * unit, rtol=0, atol=1e-5 * path.abs().max().item()) else None


def _moves_by(answer: Callable, draw: Draw, recipe: Recipe, penalty: bool) -> None:
    """Both optimizers move along a path of given gradients as the recipe does."""
    for name, optimizer, parameters in _pair(answer, draw, penalty):
        gradients = draw.normal(4, sum(p.numel() for p in parameters), dtype=torch.float64)
        start = [p.detach().clone() for p in parameters]
        path = _path(optimizer, parameters, gradients)

        def rate(rule: Rule, start=start, path=path, gradients=gradients) -> float | None:
            copies = [nn.Parameter(p.clone()) for p in start]
            return _rate(path, _path(rule(copies), copies, gradients))

        found = rate(recipe.rule)
        if found is None:
            known = (words for words, wrong in recipe.mistakes.items() if rate(wrong) is not None)
            otherwise = "its rule or a setting such as weight_decay differs: leave the rest at PyTorch's defaults."
            expect(False, f"{name} is not {recipe.words}: {next(known, otherwise)}")
        expect(found > 0, f"{name} goes up the slope (maximize=True): both players make a loss small.")
        told = f"{name} has the right rule and learning rate {found:.3g}; expected is {recipe.words}."
        expect(abs(found / recipe.lr - 1) < 1e-3, told)


def _with_clipping(answer: Callable, draw: Draw) -> None:
    _moves_by(answer, draw, CLIPPING, penalty=False)


def _with_penalty(answer: Callable, draw: Draw) -> None:
    _moves_by(answer, draw, PENALTY, penalty=True)


def _own_parameters(answer: Callable, draw: Draw) -> None:
    for penalty in (False, True):
        _pair(answer, draw, penalty)


OPTIMIZERS = Part(
    "optimizers",
    asked=(
        Property("clipping: RMSprop, 5e-5, no momentum", 3, _with_clipping),
        Property("penalty: Adam, 1e-4, betas (0, 0.9)", 3, _with_penalty),
    ),
    kept=(Property("each holds its own player's parameters", 2, _own_parameters),),
    errors={
        "betas must be either both": "PyTorch wants two floats: betas=(0.0, 0.9).",
        "positional argument": "it is called as optimizers(generator, critic, penalty), with penalty True or False.",
    },
)


@check
def optimizers(answer) -> None:
    """Judge ``optimizers(generator, critic, penalty)``: the pair (optimizer_g, optimizer_c) of the papers.

    With ``penalty`` False, for clipping: RMSprop, learning rate 5e-5, no momentum. With ``penalty`` True, for WGAN-GP:
    Adam, learning rate 1e-4, betas (0, 0.9). All else stays at PyTorch's defaults. Each optimizer holds the parameters
    of its own player and no others.

    Source: Arjovsky et al. 2017, arXiv 1701.07875, algorithm 1; Gulrajani et al. 2017, arXiv 1704.00028, algorithm 1.
    """
    OPTIMIZERS.judge(answer)

"""What the tests of several processes train, alone or as one of them: ``python parallel.py FOLDER`` under torchrun."""

import sys
from pathlib import Path

import torch
from torch import nn

from ganlib import checkpoints, distributed
from ganlib.data import Batches, toys
from ganlib.gans import ACGAN, GAN, R1GAN, WGAN, WGANGP, ConditionalGAN, InfoGAN
from ganlib.models import (
    Categories,
    Codes,
    ConditionalGenerator,
    DCGANDiscriminator,
    DCGANGenerator,
    HeadedDiscriminator,
    MLPDiscriminator,
    MLPGenerator,
    ProjectionDiscriminator,
)
from ganlib.training import Trainer

ROUNDS = 12


class NoisyGAN(GAN):
    """Draws more than noise: each form of a random tensor, one row a sample, and one draw that all samples share."""

    def logits(self, x, y=None):
        n = len(x)
        ones = torch.randint(0, 2, (n, 1)) + torch.randint(2, size=(n, 1))
        noise = torch.randn_like(x) + torch.rand_like(x) + torch.rand(size=(n, 1)) + torch.randn((n, 1)) + ones
        return super().logits(x + 0.1 * noise + torch.randn(1, 2), y)


def points(kind):
    torch.manual_seed(0)
    players = MLPGenerator(3, (2,), width=16, norm="layer"), MLPDiscriminator((2,), width=16, norm="layer")
    return kind(*players), toys.ring().sample(512, torch.Generator().manual_seed(0)).double()


def pictures(kind):
    torch.manual_seed(0)
    players = DCGANGenerator(8, 1, 3, width=4, norm="instance"), DCGANDiscriminator(8, 1, width=4, norm="spectral")
    return kind(*players), torch.rand(128, 1, 8, 8, generator=torch.Generator().manual_seed(0)).double()


def told(kind, condition, judged):
    """A generator that is told something, and a discriminator that ``judged`` makes of a plain one."""
    torch.manual_seed(0)
    generator = ConditionalGenerator(MLPGenerator(3 + condition.dim, (2,), width=16, norm="layer"), condition)
    gan = kind(generator, judged(MLPDiscriminator((2,), width=16, norm="layer")))
    data, mode = toys.ring().sample(512, torch.Generator().manual_seed(0)).double(), torch.arange(512) % 8
    return gan, (data, mode)


CASES = {
    "GAN": lambda: points(GAN),
    "R1GAN": lambda: points(R1GAN),
    "WGAN": lambda: points(WGAN),
    "WGANGP": lambda: points(WGANGP),
    "more draws": lambda: points(NoisyGAN),
    "convolutions": lambda: pictures(WGANGP),
    "projection": lambda: told(ConditionalGAN, Categories(8), lambda D: ProjectionDiscriminator(D, Categories(8))),
    "ACGAN": lambda: told(ACGAN, Categories(8), lambda D: HeadedDiscriminator(D, nn.Linear(16, 8))),
    "InfoGAN": lambda: told(InfoGAN, Codes(8, 1), lambda D: HeadedDiscriminator(D, nn.Linear(16, 10))),
}


def trainer(case, place=None):
    """The run of a case: with a place, that of one process among several."""
    gan, data = CASES[case]()
    gan.double()
    torch.manual_seed(1)
    if place is None:
        return Trainer(gan, Batches(data, 32), n_critic=2, decay=0.9)
    share = (place.rank, place.processes)
    return Trainer(distributed.distribute(gan), Batches(data, 32, share=share), n_critic=2, decay=0.9)


def outcome(run, rounds=ROUNDS):
    """The state after some more rounds, and all loss terms on the way."""
    done = [{f"d {k}": v for k, v in r.discriminator.items()} | r.generator for r in run.rounds(rounds)]
    return {"state": run.state_dict(), "losses": done}


def refusal(network: nn.Module) -> str:
    """What is said about a GAN with this generator, empty if it is accepted."""
    try:
        distributed.distribute(GAN(network, MLPDiscriminator((2,), width=4)))
    except ValueError as error:
        return str(error)
    return ""


def main(folder: Path) -> None:
    """Write what each case came to in this process."""
    torch.set_num_threads(1)
    with distributed.group(torch.device("cpu")) as place:
        outcomes = {case: outcome(trainer(case, place)) for case in CASES}
        continued = trainer("WGANGP", place)
        continued.load(folder / "alone.pt")
        outcomes["continued"] = outcome(continued, 5)
        outcomes["anyone"] = [distributed.anyone(place.rank == 1), distributed.anyone(False)]
        outcomes["from zero"] = distributed.from_rank_zero(lambda: [place.rank, torch.ones(2)])
        outcomes["refusal"] = refusal(MLPGenerator(2, (2,), width=4, norm="batch"))
        try:
            distributed.from_rank_zero(lambda: 1 / place.rank)
        except ZeroDivisionError as error:
            outcomes["error"] = str(error)
        checkpoints.save(outcomes, folder / f"{place.rank}.pt")


if __name__ == "__main__":
    main(Path(sys.argv[1]))

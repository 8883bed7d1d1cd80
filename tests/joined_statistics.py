"""What the test of joined statistics runs in each process: ``python joined_statistics.py FOLDER`` under torchrun."""

import sys
from pathlib import Path

import torch

from ganlib import checkpoints, distributed
from ganlib.metrics import GaussianStatistics

SHARES = (70, 5, 0)


def features():
    return torch.randn(sum(SHARES), 4, generator=torch.Generator().manual_seed(0)) + 1e4


def main(folder: Path) -> None:
    """Write what this process knows of all features, of which it has seen its share."""
    with distributed.group(torch.device("cpu")) as place:
        own = GaussianStatistics(4)
        if SHARES[place.rank]:
            own.update(features().split(SHARES)[place.rank])
        joined = own.joined()
        outcome = {"count": joined.count, "mean": joined.mean, "covariance": joined.covariance, "own count": own.count}
        checkpoints.save(outcome, folder / f"{place.rank}.pt")


if __name__ == "__main__":
    main(Path(sys.argv[1]))

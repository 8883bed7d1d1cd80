"""The comparison of ``wasserstein`` with five times its budget: ``python -m ganlib.studies.wasserstein_longer``.

``assets/studies/wasserstein_longer.csv`` has the columns of ``wasserstein.csv``. Two minutes of CPU time for each row.
"""

from ganlib.studies import wasserstein
from ganlib.studies.command import command
from ganlib.studies.tables import Row

TIMES = 5
VARIANTS = ("DCGAN", "DCGAN, rate x 5", "WGAN, rate x 10", "WGAN-GP, rate x 20")


def run(variant: str, seed: int) -> Row:
    """One training with five times the updates, and its row: see ``wasserstein.run``.

    Raises: KeyError for a name that ``wasserstein.VARIANTS`` does not have.
    """
    return wasserstein.run(variant, seed, TIMES * wasserstein.VARIANTS[variant].updates)


if __name__ == "__main__":
    command("wasserstein_longer", VARIANTS, run)

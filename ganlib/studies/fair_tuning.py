"""The learning rates of ``fair_comparison``: ``python -m ganlib.studies.fair_tuning`` writes ``fair_tuning.csv``.

Each method tries the same rates with the whole budget and one seed, which is not compared afterwards: the same effort
for each. After the comparison one rate beyond the grid was tried, since the best one of WGAN-GP lies at the grid's
edge; it is not chosen from. For WGAN-GP it is worse. Where it looks better, with GAN, DCGAN and LSGAN, that is by less
than two seeds of one method typically differ.
"""

from ganlib.studies.command import series
from ganlib.studies.fair_comparison import BUDGETS, RATES, VARIANTS, training
from ganlib.studies.tables import Row

BEYOND = 1e-2
SEED = 100
TRIALS = {f"{method}, rate {rate:g}": (method, rate) for method in VARIANTS for rate in (*RATES, BEYOND)}


def run(trial: str, seed: int) -> list[Row]:
    """One trial and its rows: variant (its name), seed, method, and those of ``fair_comparison.training``.

    Raises: KeyError for a name that is not in ``TRIALS``.
    """
    method, rate = TRIALS[trial]
    rows = training(VARIANTS[method], seed, rate, BUDGETS[-1])
    return [{"variant": trial, "seed": seed, "method": method, **row} for row in rows]


if __name__ == "__main__":
    series("fair_tuning", TRIALS, run, seeds=[SEED])

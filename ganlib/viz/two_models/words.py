"""What the laboratory says about the two models, in sentences."""

from ganlib.viz.two_models.fits import CLASSES, Fits, Score

STRANGE = 0.01
POSTERIOR = "p(y\u00a0|\u00a0x)"  # spaces at which no line breaks
ONLY_ONE = f"Only the generative model can be sampled. Logistic regression has {POSTERIOR}, and nothing to draw x from."


def errors(fits: Fits) -> str:
    """Both training errors, with the numbers of points behind them."""
    n = len(fits.y)
    shares = [f"{_percent(share)} ({round(share * n)} of {n})" for share in fits.errors]
    return f"Training error: {fits.kind} {shares[0]}, logistic regression {shares[1]}."


def strange(fits: Fits, place: tuple[float, float], found: Score) -> str:
    """How unusual a place is for the generative model."""
    at = ", ".join(map(_number, place))
    share = _percent(found.rank) if found.rank else "none"
    verdict = "so this x is strange" if found.rank < STRANGE else "so this x is nothing unusual"
    return (
        f"The strange x ({at}): log p(x) = {_number(found.log_density)}. Of {fits.kind}'s own samples, {share} "
        f"{'are' if found.rank else 'is'} less likely, {verdict}."
    )


def sure(fits: Fits, found: Score) -> str:
    """What class each model gives to the strange x, and with what probability."""
    return (
        f"Its class: {_class(found.generative)} says {fits.kind}, {_class(found.discriminative)} says logistic "
        "regression, which cannot tell whether x is strange."
    )


def _class(p: float) -> str:
    """The class that a model prefers and its probability, never rounded up to certainty."""
    label, p = (1, p) if p > 0.5 else (0, 1 - p)
    return f"{CLASSES[label]} with {POSTERIOR} {'above 0.999' if p > 0.999 else f'= {p:.3f}'}"


def _percent(share: float) -> str:
    return f"{100 * share:.1f}\u00a0%"


def _number(value: float) -> str:
    return f"{round(value, 2) + 0.0:.2f}".replace("-", "\u2212")  # + 0.0: no minus before 0.00

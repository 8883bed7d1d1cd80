"""The checks of the two losses know the mistakes and refuse no right answer."""

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from ganlib import checks

BCE = "F.binary_cross_entropy_with_logits"

D_WRONG = {
    "stub": ("raise NotImplementedError", "still raises NotImplementedError"),
    "no return": ("F.softplus(-r).mean() + F.softplus(f).mean()", "returned None"),
    "V itself": ("return -F.softplus(-r).mean() - F.softplus(f).mean()", "this is V itself"),
    "no log": ("return -torch.sigmoid(r).mean() - (1 - torch.sigmoid(f)).mean()", "logarithm is missing"),
    "log of logits": ("return -torch.log(r).mean() - torch.log(1 - f).mean()", "NaN.*not probabilities yet"),
    "sigmoid twice": (
        f"p, q = r.sigmoid(), f.sigmoid(); return {BCE}(p, torch.ones_like(p)) + {BCE}(q, torch.zeros_like(q))",
        "sigmoid is applied twice",
    ),
    "labels swapped": (f"return {BCE}(r, torch.zeros_like(r)) + {BCE}(f, torch.ones_like(f))", "swapped"),
    "log D on fakes": (
        "return -F.logsigmoid(r).mean() - F.logsigmoid(f).mean()",
        r"the fakes enter as log D\(G\(z\)\)",
    ),
    "plus on the fakes' log": ("return -F.logsigmoid(r).mean() + F.logsigmoid(-f).mean()", "term of the fakes has"),
    "plus on the real log": ("return F.logsigmoid(r).mean() - F.logsigmoid(-f).mean()", "term of the real samples has"),
    "real only": ("return -F.logsigmoid(r).mean()", "the fakes are missing"),
    "fakes only": ("return -F.logsigmoid(-f).mean()", "the real samples are missing"),
    "sum": ("return -F.logsigmoid(r).sum() - F.logsigmoid(-f).sum()", "sum over the batch"),
    "halved": (
        f"return ({BCE}(r, torch.ones_like(r)) + {BCE}(f, torch.zeros_like(f))) / 2",
        "half of it: V is the sum",
    ),
    "one batch": (
        f"return {BCE}(torch.cat([r, f]), torch.cat([torch.ones_like(r), torch.zeros_like(f)]))",
        "this is one average over both",
    ),
    "one batch, twice": (
        f"return 2 * {BCE}(torch.cat([r, f]), torch.cat([torch.ones_like(r), torch.zeros_like(f)]))",
        "only for batches of one size",
    ),
    "log of the mean": ("return -r.sigmoid().mean().log() - (1 - f.sigmoid()).mean().log()", "logarithm of an average"),
    "overflow": ("return -torch.sigmoid(r).log().mean() - (1 - torch.sigmoid(f)).log().mean()", "log.0. is infinite"),
    "overflow in exp": ("return (1 + (-r).exp()).log().mean() + (1 + f.exp()).log().mean()", "log.0. is infinite"),
    "clamped": (
        "p, q = (x.sigmoid().clamp(1e-7, 1 - 1e-7) for x in (r, f)); return -p.log().mean() - (1 - q).log().mean()",
        "cuts the logarithm off",
    ),
    "BCELoss": (
        "return F.binary_cross_entropy(r.sigmoid(), torch.ones_like(r)) "
        "+ F.binary_cross_entropy(f.sigmoid(), torch.zeros_like(f))",
        "loss is 100.00, expected 200.00: something cuts",
    ),
    "0 * inf in the gradient": (
        "t = lambda a: torch.where(a > 50, a, (1 + a.exp()).log()).mean(); return t(-r) + t(f)",
        "can still pass through",
    ),
    "fakes detached": (
        "return F.softplus(-r).mean() + F.softplus(f.detach()).mean()",
        "no gradient reaches fake_logits",
    ),
    "all detached": ("return (F.softplus(-r).mean() + F.softplus(f).mean()).detach()", "carries no gradient"),
    "a number": ("return (F.softplus(-r).mean() + F.softplus(f).mean()).item()", "returned a float"),
    "not averaged": ("return F.softplus(-r) + F.softplus(f[:len(r)])", r"shape \(3,\), expected a single number"),
    "an unknown formula": ("return r.square().mean() + f.square().mean()", r"\[1.5, -0.4, 0.3\] and .* expected 1"),
    "an error of its own": ("return F.softplus(-real)", "NameError"),
}
D_RIGHT = {
    "softplus": "return F.softplus(-r).mean() + F.softplus(f).mean()",
    "logsigmoid": "return -(F.logsigmoid(r).mean() + F.logsigmoid(-f).mean())",
    "cross-entropy": f"return {BCE}(r, torch.ones_like(r)) + {BCE}(f, torch.zeros_like(f))",
    "a criterion": "c = nn.BCEWithLogitsLoss(); return c(r, torch.ones(len(r))) + c(f, torch.zeros(len(f)))",
    "logaddexp": "z = torch.zeros(()); return torch.logaddexp(z, -r).mean() + torch.logaddexp(z, f).mean()",
    "by hand": "t = lambda a: (a.clamp(min=0) + torch.log1p((-a.abs()).exp())).mean(); return t(-r) + t(f)",
    "sums divided": "return F.softplus(-r).sum() / len(r) + F.softplus(f).sum() / f.numel()",
}

G_WRONG = {
    "stub": ("raise NotImplementedError", "still raises NotImplementedError"),
    "no return": ("F.softplus(-f).mean()", "returned None"),
    "saturating": ("return F.logsigmoid(-f).mean()", "this is the saturating loss"),
    "D's loss": (f"return {BCE}(f, torch.zeros_like(f))", "G would help D"),
    "log D": ("return F.logsigmoid(f).mean()", "the sign is wrong"),
    "no log": ("return -torch.sigmoid(f).mean()", "the logarithm is missing: the loss"),
    "1 - D": ("return (1 - torch.sigmoid(f)).mean()", "not 1 - D"),
    "log of logits": ("return -torch.log(f).mean()", "NaN.*not probabilities yet"),
    "sigmoid twice": ("p = f.sigmoid(); return F.softplus(-p).mean()", "sigmoid is applied twice"),
    "log of the mean": ("return -f.sigmoid().mean().log()", "logarithm of an average"),
    "sum": ("return F.softplus(-f).sum()", "sum over the batch"),
    "Wasserstein": ("return -f.mean()", "Wasserstein generator"),
    "overflow": ("return -torch.log(torch.sigmoid(f)).mean()", "log.0. is infinite"),
    "epsilon": ("return -torch.log(torch.sigmoid(f) + 1e-8).mean()", "cuts the logarithm off"),
    "not averaged": ("return F.softplus(-f)", r"shape \(3,\), expected a single number"),
    "a number": ("return float(F.softplus(-f).mean())", "returned a float"),
    "detached": ("return F.softplus(-f.detach()).mean()", "carries no gradient"),
}
G_RIGHT = {
    "softplus": "return F.softplus(-f).mean()",
    "logsigmoid": "return -F.logsigmoid(f).mean()",
    "cross-entropy": f"return {BCE}(f, torch.ones_like(f))",
    "logaddexp": "return torch.logaddexp(torch.zeros(()), -f).mean()",
}


def discriminator_answer(body):
    scope = {"torch": torch, "F": F, "nn": nn}
    exec(f"def discriminator_loss(r, f):\n    {body}", scope)
    return scope["discriminator_loss"]


def generator_answer(body):
    scope = {"torch": torch, "F": F}
    exec(f"def generator_loss(f):\n    {body}", scope)
    return scope["generator_loss"]


@pytest.mark.parametrize(("body", "diagnosis"), D_WRONG.values(), ids=D_WRONG)
def test_wrong_losses_of_d_get_the_diagnosis_that_fits(body, diagnosis):
    with pytest.raises(checks.CheckFailed, match=diagnosis):
        checks.discriminator_loss(discriminator_answer(body))


@pytest.mark.parametrize("body", D_RIGHT.values(), ids=D_RIGHT)
def test_right_losses_of_d_pass(body, capsys):
    assert checks.discriminator_loss(discriminator_answer(body)) is True
    assert capsys.readouterr().out == "Correct: discriminator_loss.\n"


@pytest.mark.parametrize(("body", "diagnosis"), G_WRONG.values(), ids=G_WRONG)
def test_wrong_losses_of_g_get_the_diagnosis_that_fits(body, diagnosis):
    with pytest.raises(checks.CheckFailed, match=diagnosis):
        checks.generator_loss(generator_answer(body))


@pytest.mark.parametrize("body", G_RIGHT.values(), ids=G_RIGHT)
def test_right_losses_of_g_pass(body, capsys):
    assert checks.generator_loss(generator_answer(body)) is True
    assert capsys.readouterr().out == "Correct: generator_loss.\n"


def test_no_false_alarm_in_many_runs():
    for _ in range(100):
        assert all(checks.discriminator_loss(discriminator_answer(body)) for body in D_RIGHT.values())
        assert all(checks.generator_loss(generator_answer(body)) for body in G_RIGHT.values())


def test_an_answer_that_writes_into_its_logits_is_judged_by_what_it_returns():
    def loss(f):
        value = F.softplus(-f).mean()
        f.data.fill_(7.0)
        return value * 2

    with pytest.raises(checks.CheckFailed, match=r"the loss is 1\.1125, expected 0\.5563"):
        checks.generator_loss(loss)

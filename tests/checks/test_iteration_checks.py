"""The check of a whole iteration knows the mistakes and refuses no right answer."""

import pytest
import torch
from torch.nn import functional as F

from ganlib import checks
from ganlib.losses import minimax, non_saturating
from ganlib.training import frozen

BEGIN_D = "optimizer_d.zero_grad()"
LOSS_D = "loss_d = non_saturating.discriminator(D(real), D(G(z_d).detach()))"
END_D = "loss_d.backward(); optimizer_d.step()"
STEP_D = f"{BEGIN_D}; {LOSS_D}; {END_D}"
BEGIN_G = "optimizer_g.zero_grad()"
LOSS_G = "loss_g = non_saturating.generator(D(G(z_g)))"
END_G = "loss_g.backward(); optimizer_g.step()"
STEP_G = f"{BEGIN_G}; {LOSS_G}; {END_G}"


def d_with(loss):
    return f"{BEGIN_D}; loss_d = {loss}; {END_D}; {STEP_G}"


def g_with(loss):
    return f"{STEP_D}; {BEGIN_G}; loss_g = {loss}; {END_G}"


WRONG = {
    "stub": ("raise NotImplementedError", "still raises NotImplementedError"),
    "D never clears": (f"{LOSS_D}; {END_D}; {STEP_G}", "call optimizer_d.zero_grad"),
    "G never clears": (f"{STEP_D}; {LOSS_G}; {END_G}", "call optimizer_g.zero_grad"),
    "nobody clears": (f"{LOSS_D}; {END_D}; {LOSS_G}; {END_G}", "zero_grad"),
    "D clears too early": (f"{LOSS_D}; {END_D}; {BEGIN_D}; {STEP_G}", "call optimizer_d.zero_grad"),
    "no detach": (d_with("non_saturating.discriminator(D(real), D(G(z_d)))"), "Detach D's fakes"),
    "no detach and no clearing": (
        f"{d_with('non_saturating.discriminator(D(real), D(G(z_d)))').replace(BEGIN_G + '; ', '')}",
        "Detach D's fakes",
    ),
    "sign of D's loss": (d_with("-non_saturating.discriminator(D(real), D(G(z_d).detach()))"), "D's loss has the wr"),
    "D's labels swapped": (d_with("non_saturating.discriminator(D(G(z_d).detach()), D(real))"), "swapped in D's loss"),
    "D sees no fakes": (d_with("F.softplus(-D(real)).mean()"), "only real samples"),
    "D sees no real": (d_with("F.softplus(D(G(z_d).detach())).mean()"), "only fakes"),
    "D's fakes from z_g": (d_with("non_saturating.discriminator(D(real), D(G(z_g).detach()))"), "came from z_g"),
    "D's sum": (d_with("F.softplus(-D(real)).sum() + F.softplus(D(G(z_d).detach())).sum()"), "sum over the batch"),
    "D's half": (d_with("non_saturating.discriminator(D(real), D(G(z_d).detach())) / 2"), "halved"),
    "D has no loss": (f"optimizer_d.step(); {STEP_G}", "D holds no gradient"),
    "G never steps": (STEP_D, r"optimizer_g.step\(\) was never called"),
    "D never steps": (f"{BEGIN_D}; {LOSS_D}; loss_d.backward()", r"optimizer_d.step\(\) was never called"),
    "G first": (f"{STEP_G}; {STEP_D}", "optimizer_g stepped before optimizer_d"),
    "D twice": (f"{STEP_D}; {STEP_D}; {STEP_G}", "optimizer_d stepped twice"),
    "G twice": (f"{STEP_D}; {STEP_G}; {STEP_G}", "optimizer_g stepped twice"),
    "both step on D's loss": (
        f"{BEGIN_D}; {BEGIN_G}; loss = non_saturating.discriminator(D(real), D(G(z_d))); loss.backward(); "
        "optimizer_d.step(); optimizer_g.step()",
        "G moved along D's loss",
    ),
    "simultaneous": (f"{BEGIN_D}; {BEGIN_G}; {LOSS_D}; loss_d.backward(); D.requires_grad_(False); {LOSS_G}; "
        "loss_g.backward(); D.requires_grad_(True); optimizer_d.step(); optimizer_g.step()", "before its step"),
    "simultaneous with one noise": (f"{BEGIN_D}; {BEGIN_G}; {LOSS_D}; loss_d.backward(); D.requires_grad_(False); "
        "loss_g = non_saturating.generator(D(G(z_d))); loss_g.backward(); D.requires_grad_(True); "
        "optimizer_d.step(); optimizer_g.step()", "z_d and the old D"),
    "G's fakes from z_d": (g_with("non_saturating.generator(D(G(z_d)))"), "make new ones from z_g"),
    "saturating": (g_with("minimax.generator(D(G(z_g)))"), "saturating loss"),
    "sign of G's loss": (g_with("-non_saturating.generator(D(G(z_g)))"), "G's loss has the wrong sign"),
    "G helps D": (g_with("F.softplus(D(G(z_g))).mean()"), "helps D"),
    "G's sum": (g_with("F.softplus(-D(G(z_g))).sum()"), "G's loss is a sum"),
    "G's fakes detached": (g_with("non_saturating.generator(D(G(z_g).detach()))"), "G holds no gradient"),
    "G judged on real": (g_with("non_saturating.generator(D(real))"), "G holds no gradient"),
    "D left frozen": (f"{STEP_D}; D.requires_grad_(False); {STEP_G}", "D is still frozen"),
    "graph used twice": (
        f"fake = G(z_d); {BEGIN_D}; loss_d = non_saturating.discriminator(D(real), D(fake)); {END_D}; "
        f"{BEGIN_G}; loss_g = non_saturating.generator(D(fake)); {END_G}",
        "two backward passes went through one graph",
    ),
    "logits of the old D": (f"{LOSS_G}; {STEP_D}; {BEGIN_G}; {END_G}", "weights that an older graph still needs"),
    "G's fakes detached, D frozen": (
        f"{STEP_D}; D.requires_grad_(False); loss_g = non_saturating.generator(D(G(z_g).detach())); {END_G}",
        "no graph to go back through",
    ),
    "one backward for both": (
        f"{BEGIN_D}; {BEGIN_G}; {LOSS_D}; {LOSS_G}; (loss_d + loss_g).backward(); "
        "optimizer_d.step(); optimizer_g.step()",
        "D moved along G's loss as well",
    ),
    "an error of its own": (f"{STEP_D}; loss_g = D(z_g[:, :1])", "stopped with RuntimeError"),
    "another loss of D": (d_with("D(G(z_d).detach()).mean() - D(real).mean()"), "D's gradient is not that"),
    "another loss of G": (g_with("-D(G(z_g)).mean()"), "G's gradient is not that"),
}  # fmt: skip
RIGHT = {
    "detach": f"{STEP_D}; {STEP_G}",
    "no_grad": f"fake = torch.no_grad()(G)(z_d); {d_with('non_saturating.discriminator(D(real), D(fake))')}",
    "zero_grad after the step": f"{LOSS_D}; {END_D}; {LOSS_G}; {END_G}; {BEGIN_D}; {BEGIN_G}",
    "zero_grad of the modules": f"D.zero_grad(); {LOSS_D}; {END_D}; G.zero_grad(); {LOSS_G}; {END_G}",
    "zeros kept": f"{STEP_D}; {STEP_G}".replace("zero_grad()", "zero_grad(set_to_none=False)"),
    "cross-entropy, one pass of D": (
        "x = torch.cat([real, G(z_d).detach()]); y = torch.cat([torch.ones(len(real)), torch.zeros(len(z_d))]); "
        f"{d_with('2 * F.binary_cross_entropy_with_logits(D(x), y)')}"
    ),
    "fakes of both noises at once": (
        f"x = G(torch.cat([z_d, z_g])); {BEGIN_D}; n = len(z_d); "
        f"loss_d = non_saturating.discriminator(D(real), D(x[:n].detach())); {END_D}; "
        f"{BEGIN_G}; loss_g = non_saturating.generator(D(x[n:])); {END_G}"
    ),
    "gradients by hand": (
        "p, q = list(D.parameters()), list(G.parameters()); loss = non_saturating.discriminator(D(real), D(G(z_d)))\n"
        "    for a, g in zip(p, torch.autograd.grad(loss, p)): a.grad = g\n"
        "    optimizer_d.step(); loss = non_saturating.generator(D(G(z_g)))\n"
        "    for a, g in zip(q, torch.autograd.grad(loss, q)): a.grad = g\n"
        "    optimizer_g.step()"
    ),
    "frozen": (
        "with frozen(G):\n"
        f"        {BEGIN_D}; loss_d = non_saturating.discriminator(D(real), D(G(z_d))); {END_D}\n"
        "    with frozen(D):\n"
        f"        {STEP_G}\n"
        "    return loss_d.item(), loss_g.item()"
    ),
    "closures": (
        "def d():\n"
        f"        {BEGIN_D}; {LOSS_D}; loss_d.backward(); return loss_d\n"
        "    def g():\n"
        f"        {BEGIN_G}; {LOSS_G}; loss_g.backward(); return loss_g\n"
        "    optimizer_d.step(d); optimizer_g.step(g)"
    ),
}


def answer(body):
    scope = {"torch": torch, "F": F, "minimax": minimax, "non_saturating": non_saturating, "frozen": frozen}
    exec(f"def training_step(G, D, optimizer_d, optimizer_g, real, z_d, z_g):\n    {body}", scope)
    return scope["training_step"]


@pytest.mark.parametrize(("body", "diagnosis"), WRONG.values(), ids=WRONG)
def test_wrong_iterations_get_the_diagnosis_that_fits(body, diagnosis):
    with pytest.raises(checks.CheckFailed, match=diagnosis):
        checks.training_step(answer(body))


@pytest.mark.parametrize("body", RIGHT.values(), ids=RIGHT)
def test_right_iterations_pass(body, capsys):
    assert checks.training_step(answer(body)) is True
    assert capsys.readouterr().out == "Correct: training_step.\n"


def test_no_false_alarm_and_no_lucky_seed():
    """Whatever players and batches are drawn, right answers pass and wrong ones are told apart."""
    judge = checks.training_step.__wrapped__  # as it is before a check fixes the seed
    bodies = list(RIGHT.values())
    for seed in range(100):
        torch.manual_seed(seed)
        judge(answer(bodies[seed % len(bodies)]))
    for seed in range(20):
        for body, diagnosis in (WRONG["no detach"], WRONG["D never clears"], WRONG["G's fakes from z_d"]):
            torch.manual_seed(seed)
            with pytest.raises(checks.CheckFailed, match=diagnosis):
                judge(answer(body))

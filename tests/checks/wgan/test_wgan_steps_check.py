"""The checks of the two steps know the mistakes and refuse no right answer."""

import pytest
from wgan_answers import PARTS, STUB, accepted, answer, earned, never_alarmed, refused

from ganlib.checks import wgan

FAKE = "fake = generator(z).detach()"
LOSS = "loss = critic_loss(critic(real), critic(fake))"
PENALTY = "loss = loss + penalty_weight * gradient_penalty(critic, real, fake)"
CLEAR, BACK, STEP = "optimizer_c.zero_grad()", "loss.backward()", "optimizer_c.step()"


def critic(fake=FAKE, loss=LOSS, penalty=PENALTY, clear=CLEAR, back=BACK, step=STEP):
    return "\n".join((fake, loss, penalty, clear, back, step))


CRITIC_WRONG = {
    "stub": (STUB, "still raises NotImplementedError"),
    "pass": ("pass", "the generator was never called"),
    "only a loss": (f"{FAKE}\n{LOSS}\nreturn loss", r"optimizer_c.step\(\) was never called"),
    # the step
    "no step": (critic(step=""), r"optimizer_c.step\(\) was never called"),
    "no backward": (critic(back=""), "while its player held no gradient"),
    "step first": (f"{FAKE}\n{LOSS}\n{PENALTY}\n{STEP}\n{CLEAR}\n{BACK}", "while its player held no gradient"),
    "two steps": (critic(step=f"{STEP}\n{STEP}"), "stepped 2 times"),
    "five in one": ("for _ in range(5):\n    " + critic().replace("\n", "\n    "), "stepped 5 times"),
    "backward twice": (critic(back=f"{BACK}\n{BACK}"), "two backward passes went through one graph"),
    "a step for each term": (
        f"{FAKE}\n{CLEAR}\n{LOSS}\n{BACK}\n{STEP}\n{CLEAR}\n"
        f"loss = penalty_weight * gradient_penalty(critic, real, fake)\n{BACK}\n{STEP}",
        "stepped 2 times",
    ),
    "cleared after backward": (critic(clear=BACK, back=CLEAR), "while its player held no gradient"),
    "zeroed after backward": (
        critic(clear=BACK, back="optimizer_c.zero_grad(set_to_none=False)"),
        "cleared between backward",
    ),
    "never cleared": (critic(clear=""), "older gradients are still in it"),
    "cleared at the end": (critic(clear="", step=f"{STEP}\n{CLEAR}"), "older gradients are still in it"),
    "the generator's cleared": (critic(clear="generator.zero_grad()"), "older gradients are still in it"),
    # the loss
    "no penalty": (critic(penalty=""), "the penalty is missing"),
    "penalty not weighted": (critic(penalty="loss = loss + gradient_penalty(critic, real, fake)"), "not weighted"),
    "always 10": (critic(penalty=PENALTY.replace("penalty_weight", "10")), "weight is always 10"),
    "twice": (critic(penalty=PENALTY.replace("penalty_weight", "penalty_weight ** 2")), "weighted twice"),
    "ten times": (critic(penalty=PENALTY.replace("penalty_weight", "10 * penalty_weight")), "10 times too strong"),
    "subtracted": (critic(penalty=PENALTY.replace("+", "-")), "the penalty is subtracted"),
    "penalty alone": (
        critic(loss="", penalty="loss = penalty_weight * gradient_penalty(critic, real, fake)"),
        "critic_loss is missing",
    ),
    "sign of the loss": (critic(loss="loss = -critic_loss(critic(real), critic(fake))"), "sign of the critic's loss"),
    "swapped": (critic(loss="loss = critic_loss(critic(fake), critic(real))"), "sign of the critic's loss"),
    "sign of everything": (critic(back="(-loss).backward()"), "the sign of the critic's loss is wrong"),
    "the generator's loss": (critic(loss="loss = -critic(fake).mean()"), "the gradient is not that of E f"),
    "only fakes": (critic(loss="loss = critic(fake).mean()"), "only fakes are scored"),
    "only real": (critic(loss="loss = -critic(real).mean()"), "only real samples are scored"),
    "sum": (critic(loss="loss = critic(fake).sum() - critic(real).sum()"), "critic's loss is a sum"),
    "halved": (critic(loss="loss = critic_loss(critic(real), critic(fake)) / 2"), "halved"),
    "cross-entropy": (
        critic(loss="loss = F.softplus(-critic(real)).mean() + F.softplus(critic(fake)).mean()"),
        "the logarithm is still there",
    ),
    "hinge": (
        critic(loss="loss = F.relu(1 - critic(real)).mean() + F.relu(1 + critic(fake)).mean()"),
        "with penalty_weight = 0 the gradient is not that of",
    ),
    "penalty at real": (critic(penalty=PENALTY.replace("real, fake", "real, real")), "taken at the real samples"),
    "penalty at fake": (critic(penalty=PENALTY.replace("real, fake", "fake, fake")), "taken at the fakes"),
    "penalty detached": (critic(penalty=PENALTY.replace("fake)", "fake).detach()")), "the penalty is missing"),
    "penalty as a number": (critic(penalty=PENALTY.replace("fake)", "fake).item()")), "the penalty is missing"),
    "half of the fakes": (
        critic(fake=f"{FAKE}[: len(z) // 2]", penalty=PENALTY.replace("real,", "real[: len(z) // 2],")),
        "with penalty_weight = 0 the gradient is not that of",
    ),
    # the fakes
    "own noise": (critic(fake="fake = generator(torch.randn_like(z)).detach()"), "other noise than z"),
    "a fixed batch size": (critic(fake="fake = generator(torch.randn(64, z.shape[1])).detach()"), "other noise than z"),
    "no fakes": (critic(fake="fake = torch.randn_like(real)"), "the generator was never called"),
    "not detached": (critic(fake="fake = generator(z)"), "detach the fakes"),
    "detached for the penalty only": (
        critic(fake="fake = generator(z)", penalty=PENALTY.replace("fake)", "fake.detach())")),
        "detach the fakes",
    ),
    # afterwards
    "clipped as well": (
        critic(step=STEP + "\nfor p in critic.parameters(): p.data.clamp_(-0.01, 0.01)"),
        "nothing is clipped",
    ),
    "moves the generator": (
        critic(step=STEP + "\nfor p in generator.parameters(): p.data.mul_(0.9)"),
        "the generator moved too",
    ),
    "leaves the generator frozen": (critic(fake="generator.requires_grad_(False)\n" + FAKE), "is still frozen"),
    "leaves the generator in eval": (critic(fake="generator.eval()\n" + FAKE), "generator is in evaluation mode"),
    "an error of its own": (critic(loss="loss = critic_los(real, fake)"), "stopped with NameError: name"),
    "other arguments": (critic(), "it is called as critic_step", "def critic_step(generator, critic, real, z):"),
    "another default": (critic(), "with penalty_weight = 10 the gradient is not that of",
        "def critic_step(generator, critic, optimizer_c, real, z, penalty_weight=1.5):"),
    "default 1": (critic(), "the penalty is not weighted",
        "def critic_step(generator, critic, optimizer_c, real, z, penalty_weight=1.0):"),
}  # fmt: skip
CRITIC_RIGHT = {
    "in order": critic(),
    "cleared first": f"{CLEAR}\n{critic(clear='')}",
    "no_grad": critic(fake="with torch.no_grad():\n    fake = generator(z)"),
    "the module's zero_grad": critic(clear="critic.zero_grad()"),
    "zeros kept": critic(clear="optimizer_c.zero_grad(set_to_none=False)"),
    "two backward passes": critic(
        penalty="", back=f"{BACK}\n(penalty_weight * gradient_penalty(critic, real, fake)).backward()"
    ),
    "one pass of the critic": critic(
        loss="s = critic(torch.cat([real, fake])).flatten()\nloss = s[len(real):].mean() - s[: len(real)].mean()"
    ),
    "by hand": critic(
        clear="w = list(critic.parameters())",
        back="for p, g in zip(w, torch.autograd.grad(loss, w)): p.grad = g",
    ),
    "frozen generator": "with frozen(generator):\n    " + critic(fake="fake = generator(z)").replace("\n", "\n    "),
    "closure": (
        f"{FAKE}\ndef closure():\n    " + f"{LOSS}\n{PENALTY}\n{CLEAR}\n{BACK}\nreturn loss".replace("\n", "\n    ")
        + "\nreturn optimizer_c.step(closure).item()"
    ),
    "fake first in the penalty": critic(penalty=PENALTY.replace("real, fake", "fake, real")),
    "a dictionary of numbers": critic() + "\nreturn {'loss': loss.item(), 'penalty': 0.0}",
}  # fmt: skip

LOSS_G = "loss = generator_loss(critic(generator(z)))"
CLEAR_G, STEP_G = "optimizer_g.zero_grad()", "optimizer_g.step()"


def generator(loss=LOSS_G, clear=CLEAR_G, back=BACK, step=STEP_G):
    return "\n".join((loss, clear, back, step))


GENERATOR_WRONG = {
    "stub": (STUB, "still raises NotImplementedError"),
    "pass": ("pass", "the generator was never called"),
    "no step": (generator(step=""), r"optimizer_g.step\(\) was never called"),
    "no backward": (generator(back=""), "while its player held no gradient"),
    "two steps": (generator(step=f"{STEP_G}\n{STEP_G}"), "stepped 2 times"),
    "never cleared": (generator(clear=""), "older gradients are still in it"),
    "cleared at the end": (generator(clear="", step=f"{STEP_G}\n{CLEAR_G}"), "older gradients are still in it"),
    "the critic's cleared": (generator(clear="critic.zero_grad()"), "older gradients are still in it"),
    "step before backward": (generator(clear=STEP_G, step=CLEAR_G), "while its player held no gradient"),
    "zeroed after backward": (
        generator(clear=BACK, back="optimizer_g.zero_grad(set_to_none=False)"),
        "cleared between backward",
    ),
    "sign": (generator(loss="loss = critic(generator(z)).mean()"), "the generator helps the critic"),
    "the critic's loss": (
        generator(loss="fake = generator(z); loss = critic_loss(critic(0 * fake), critic(fake))"),
        "the generator helps the critic",
    ),
    "sum": (generator(loss="loss = -critic(generator(z)).sum()"), "a sum over the batch"),
    "halved": (generator(loss="loss = -critic(generator(z)).mean() / 2"), "halved"),
    "non-saturating": (generator(loss="loss = F.softplus(-critic(generator(z))).mean()"), r"-log D\(G\(z\)\)"),
    "saturating": (generator(loss="loss = -F.softplus(critic(generator(z))).mean()"), r"log\(1 - D\(G\(z\)\)\)"),
    "sigmoid": (generator(loss="loss = -critic(generator(z)).sigmoid().mean()"), "through a sigmoid"),
    "squared": (generator(loss="loss = critic(generator(z)).square().mean()"), "not that of -E f"),
    "detached fakes": (generator(loss="loss = generator_loss(critic(generator(z).detach()))"), "held no gradient"),
    "fakes without graph": (
        generator(loss="with torch.no_grad():\n    fake = generator(z)\nloss = generator_loss(critic(fake))"),
        "held no gradient",
    ),
    "detached scores": (
        generator(loss="loss = generator_loss(critic(generator(z)).detach())"),
        "no graph to go back through",
    ),
    "own noise": (generator(loss="loss = generator_loss(critic(generator(torch.randn_like(z))))"), "other noise"),
    "moves the critic": (
        generator(step=STEP_G + "\nfor p in critic.parameters(): p.data -= 0.1 * p.grad"),
        "critic moved too",
    ),
    "leaves the critic frozen": ("critic.requires_grad_(False)\n" + generator(), "critic is still frozen"),
    "leaves the generator in eval": (
        generator(loss="generator.eval()\n" + LOSS_G),
        "the generator is in evaluation mode",
    ),
    "no function": (generator(loss="loss = g_loss(critic(generator(z)))"), "stopped with NameError: name"),
    "other arguments": (generator(), "it is called as generator_step", "def generator_step(generator, critic, z):"),
}  # fmt: skip
GENERATOR_RIGHT = {
    "in order": generator(),
    "cleared first": f"{CLEAR_G}\n{generator(clear='')}",
    "the module's zero_grad": generator(clear="generator.zero_grad()"),
    "frozen critic": "with frozen(critic):\n    " + generator().replace("\n", "\n    "),
    "flags by hand": "critic.requires_grad_(False)\n" + generator() + "\ncritic.requires_grad_(True)",
    "by hand": generator(
        clear="w = list(generator.parameters())", back="for p, g in zip(w, torch.autograd.grad(loss, w)): p.grad = g"
    ),
    "backward for its inputs": generator(back="loss.backward(inputs=list(generator.parameters()))"),
    "both cleared": generator(clear=f"{CLEAR_G}; critic.zero_grad()") + "\nreturn loss.item()",
}
HEADS = {
    "critic_step": "def critic_step(generator, critic, optimizer_c, real, z, penalty_weight=10.0):",
    "generator_step": "def generator_step(generator, critic, optimizer_g, z):",
}
EARLIER = PARTS["critic_step"].given | PARTS["generator_step"].given


def made(part, text, head=None):
    return answer(head or HEADS[part], text, **EARLIER)


@pytest.mark.parametrize("wrong", CRITIC_WRONG.values(), ids=CRITIC_WRONG)
def test_wrong_steps_of_the_critic_get_the_diagnosis_that_fits(wrong):
    text, diagnosis, *head = wrong
    refused(wgan.critic_step, "critic_step", made("critic_step", text, *head), diagnosis)


@pytest.mark.parametrize("text", CRITIC_RIGHT.values(), ids=CRITIC_RIGHT)
def test_right_steps_of_the_critic_pass(text, capsys):
    accepted(wgan.critic_step, "critic_step", made("critic_step", text), capsys)


@pytest.mark.parametrize("wrong", GENERATOR_WRONG.values(), ids=GENERATOR_WRONG)
def test_wrong_steps_of_the_generator_get_the_diagnosis_that_fits(wrong):
    text, diagnosis, *head = wrong
    refused(wgan.generator_step, "generator_step", made("generator_step", text, *head), diagnosis)


@pytest.mark.parametrize("text", GENERATOR_RIGHT.values(), ids=GENERATOR_RIGHT)
def test_right_steps_of_the_generator_pass(text, capsys):
    accepted(wgan.generator_step, "generator_step", made("generator_step", text), capsys)


@pytest.mark.slow
def test_no_false_alarm():
    never_alarmed("critic_step", [made("critic_step", text) for text in CRITIC_RIGHT.values()])
    never_alarmed("generator_step", [made("generator_step", text) for text in GENERATOR_RIGHT.values()])


@pytest.mark.parametrize("part", HEADS)
@pytest.mark.parametrize("text", [STUB, "pass", "return 0.0"])
def test_a_stub_earns_nothing(part, text):
    assert earned(part, made(part, text)) == 0

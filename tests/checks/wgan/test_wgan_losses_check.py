"""The checks of the two losses know the mistakes and refuse no right answer."""

import pytest
from wgan_answers import STUB, accepted, answer, earned, never_alarmed, refused

from ganlib.checks import wgan

BCE = "F.binary_cross_entropy_with_logits"
CRITIC_WRONG = {
    "stub": (STUB, "still raises NotImplementedError"),
    "no return": ("f.mean() - r.mean()", "returned None"),
    "zero": ("return torch.zeros(())", r"the loss is 0.0000, expected"),
    "sign": ("return r.mean() - f.mean()", "the sign is wrong"),
    "the distance, maximised": ("return torch.mean(r) - torch.mean(f)", "the sign is wrong"),
    "swapped": ("f, r = r, f; return f.mean() - r.mean()", "the sign is wrong"),
    "cross-entropy": (
        f"return {BCE}(r, torch.ones_like(r)) + {BCE}(f, torch.zeros_like(f))",
        "this is the cross-entropy of a GAN",
    ),
    "softplus": ("return F.softplus(-r).mean() + F.softplus(f).mean()", "this is the cross-entropy of a GAN"),
    "half the cross-entropy": (
        f"return ({BCE}(r, torch.ones_like(r)) + {BCE}(f, torch.zeros_like(f))) / 2",
        "half the cross-entropy",
    ),
    "V": ("return F.logsigmoid(r).mean() + F.logsigmoid(-f).mean()", r"log D\(x\) \+ log"),
    "log of the scores": ("return -torch.log(r).mean() - torch.log(1 - f).mean()", "NaN.*no log here"),
    "log of the averages": ("return f.mean().log() - r.mean().log()", "NaN.*no log here"),
    "sigmoid": ("return f.sigmoid().mean() - r.sigmoid().mean()", "through a sigmoid"),
    "tanh": ("return f.tanh().mean() - r.tanh().mean()", "through a tanh"),
    "sum": ("return f.sum() - r.sum()", "sum over the batch"),
    "half": ("return 0.5 * (f.mean() - r.mean())", "half of it"),
    "fakes only": ("return f.mean()", "the real samples are missing"),
    "real only": ("return -r.mean()", "the fakes are missing"),
    "both plus": ("return r.mean() + f.mean()", "both averages have the same sign"),
    "both minus": ("return -(r.mean() + f.mean())", "both averages have a minus"),
    "absolute": ("return (f.mean() - r.mean()).abs()", "no abs"),
    "minus absolute": ("return -(f.mean() - r.mean()).abs()", "minus the size of the difference"),
    "clipped at the end": ("return (f.mean() - r.mean()).clamp(-5, 5)", r"the loss is -?5.0000, expected -?(?!5.0000)"),
    "squared": ("return (f.mean() - r.mean()) ** 2", "the difference is squared"),
    "hinge": ("return F.relu(1 - r).mean() + F.relu(1 + f).mean()", "the hinge loss"),
    "least squares": ("return ((r - 1) ** 2).mean() + (f ** 2).mean()", "this is the least-squares loss"),
    "half least squares": ("return 0.5 * (((r - 1) ** 2).mean() + (f ** 2).mean())", "half the least-squares"),
    "median": ("return f.median() - r.median()", r"for scores \[.*\] and \[.*\] the loss is"),
    "clamped": ("return f.clamp(-1, 1).mean() - r.clamp(-1, 1).mean()", r"for scores .* the loss is"),
    "an average of all": ("return torch.cat([f, -r]).mean()", "half of it"),
    "not averaged": ("return f - r", r"shape \(\d,\), expected one number"),
    "a number": ("return (f.mean() - r.mean()).item()", "returned a float"),
    "a pair": ("return f.mean(), r.mean()", "returned a tuple"),
    "detached": ("return (f.mean() - r.mean()).detach()", "carries no gradient"),
    "fakes detached": ("return f.detach().mean() - r.mean()", "no gradient reaches fake_scores"),
    "real detached": ("return f.mean() - r.data.mean()", "no gradient reaches real_scores"),
    "three arguments": ("return penalty + f.mean() - r.mean()", r"NameError"),
    "an error of its own": ("return fake.mean() - real.mean()", "stopped with NameError"),
}
CRITIC_RIGHT = {
    "means": "return f.mean() - r.mean()",
    "torch.mean": "return -(torch.mean(r) - torch.mean(f))",
    "mean of differences": "return (f - r).mean()",
    "sums divided": "return f.sum() / f.numel() - r.sum() / len(r)",
    "signs": "return torch.cat([f, -r]).mean() * 2",
    "the library's": "return losses.wasserstein.discriminator(r, f)",
}
GENERATOR_WRONG = {
    "stub": (STUB, "still raises NotImplementedError"),
    "no return": ("-f.mean()", "returned None"),
    "zero": ("return torch.tensor(0.0)", "the loss is 0.0000, expected"),
    "sign": ("return f.mean()", "the sign is wrong"),
    "non-saturating": (f"return {BCE}(f, torch.ones_like(f))", r"this is -log D\(G\(z\)\)"),
    "saturating": ("return F.logsigmoid(-f).mean()", r"this is log\(1 - D\(G\(z\)\)\)"),
    "log": ("return -torch.log(f).mean()", "NaN.*no log here"),
    "sigmoid": ("return -torch.sigmoid(f).mean()", "through a sigmoid"),
    "tanh": ("return -torch.tanh(f).mean()", "through a tanh"),
    "sum": ("return -f.sum()", "sum over the batch"),
    "1 minus": ("return (1 - f).mean()", "no target 1"),
    "half": ("return -f.mean() / 2", "half of it"),
    "absolute": ("return f.mean().abs()", "no abs"),
    "squared": ("return (f ** 2).mean()", "the scores are squared"),
    "least squares": ("return ((f - 1) ** 2).mean()", "a least-squares loss"),
    "largest": ("return -f.max()", "for scores .* the loss is"),
    "not averaged": ("return -f", r"shape \(\d,\), expected one number"),
    "a number": ("return -float(f.mean())", "returned a float"),
    "detached": ("return -f.detach().mean()", "carries no gradient"),
    "under no_grad": ("with torch.no_grad():\n    return -f.mean()", "carries no gradient"),
}
GENERATOR_RIGHT = {
    "mean": "return -f.mean()",
    "torch.mean": "return torch.mean(-f)",
    "sum divided": "return -f.sum() / len(f)",
    "mul": "return f.mean().mul(-1)",
    "the library's": "return losses.wasserstein.generator(f)",
}


def critic_loss(text):
    return answer("def critic_loss(r, f):", text)


def generator_loss(text):
    return answer("def generator_loss(f):", text)


@pytest.mark.parametrize(("text", "diagnosis"), CRITIC_WRONG.values(), ids=CRITIC_WRONG)
def test_wrong_losses_of_the_critic_get_the_diagnosis_that_fits(text, diagnosis):
    refused(wgan.critic_loss, "critic_loss", critic_loss(text), diagnosis)


@pytest.mark.parametrize("text", CRITIC_RIGHT.values(), ids=CRITIC_RIGHT)
def test_right_losses_of_the_critic_pass(text, capsys):
    accepted(wgan.critic_loss, "critic_loss", critic_loss(text), capsys)


@pytest.mark.parametrize(("text", "diagnosis"), GENERATOR_WRONG.values(), ids=GENERATOR_WRONG)
def test_wrong_losses_of_the_generator_get_the_diagnosis_that_fits(text, diagnosis):
    refused(wgan.generator_loss, "generator_loss", generator_loss(text), diagnosis)


@pytest.mark.parametrize("text", GENERATOR_RIGHT.values(), ids=GENERATOR_RIGHT)
def test_right_losses_of_the_generator_pass(text, capsys):
    accepted(wgan.generator_loss, "generator_loss", generator_loss(text), capsys)


@pytest.mark.slow
def test_no_false_alarm():
    never_alarmed("critic_loss", [critic_loss(text) for text in CRITIC_RIGHT.values()])
    never_alarmed("generator_loss", [generator_loss(text) for text in GENERATOR_RIGHT.values()])


@pytest.mark.parametrize("name", ["stub", "no return", "zero", "cross-entropy"])
def test_a_stub_and_the_loss_of_dcgan_earn_nothing(name):
    assert earned("critic_loss", critic_loss(CRITIC_WRONG[name][0])) == 0
    assert earned("generator_loss", generator_loss(GENERATOR_WRONG[name.replace("cross-entropy", "sigmoid")][0])) == 0

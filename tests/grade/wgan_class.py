"""A class that hands in the WGAN-GP assignment: ``python wgan_class.py FOLDER NUMBER`` writes it."""

import json
import random
import sys
from pathlib import Path

IMPORTS = """\
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.optim import Adam, RMSprop

from ganlib import checks, runtime
from ganlib.data import Batches, avatars

device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
latent_dim = 100"""
RIGHT = {
    "Critic": """\
class Critic(nn.Module):
    def __init__(self, size=32, channels=3, width=16):
        super().__init__()
        layers, n = [nn.Conv2d(channels, width, 4, 2, 1), nn.LeakyReLU(0.2)], width
        while size > 8:
            layers += [nn.Conv2d(n, 2 * n, 4, 2, 1), nn.InstanceNorm2d(2 * n, affine=True), nn.LeakyReLU(0.2)]
            n, size = 2 * n, size // 2
        self.layers = nn.Sequential(*layers, nn.Conv2d(n, 1, 4))

    def forward(self, x):
        return self.layers(x).flatten()""",
    "critic_loss": """\
def critic_loss(real_scores, fake_scores):
    return fake_scores.mean() - real_scores.mean()""",
    "generator_loss": """\
def generator_loss(fake_scores):
    return -fake_scores.mean()""",
    "clip_weights": """\
def clip_weights(critic, c=0.01):
    with torch.no_grad():
        for p in critic.parameters():
            p.clamp_(-c, c)""",
    "optimizers": """\
def optimizers(generator, critic, penalty):
    if penalty:
        return tuple(Adam(p.parameters(), lr=1e-4, betas=(0.0, 0.9)) for p in (generator, critic))
    return tuple(RMSprop(p.parameters(), lr=5e-5) for p in (generator, critic))""",
    "gradient_penalty": """\
def gradient_penalty(critic, real, fake):
    epsilon = torch.rand(len(real), *[1] * (real.dim() - 1), device=real.device, dtype=real.dtype)
    x_hat = (epsilon * real + (1 - epsilon) * fake).detach().requires_grad_(True)
    (gradient,) = torch.autograd.grad(critic(x_hat).sum(), x_hat, create_graph=True)
    return (gradient.flatten(1).norm(dim=1) - 1).square().mean()""",
    "critic_step": """\
def critic_step(generator, critic, optimizer_c, real, z, penalty_weight=10.0):
    fake = generator(z).detach()
    loss = critic_loss(critic(real), critic(fake)) + penalty_weight * gradient_penalty(critic, real, fake)
    optimizer_c.zero_grad()
    loss.backward()
    optimizer_c.step()""",
    "generator_step": """\
def generator_step(generator, critic, optimizer_g, z):
    loss = generator_loss(critic(generator(z)))
    optimizer_g.zero_grad()
    loss.backward()
    optimizer_g.step()""",
    "training_loop": """\
def training_loop(batches, noise, critic_step, generator_step, generator_steps, n_critic=5):
    def forever():
        while True:
            yield from batches

    stream, n = forever(), None
    for _ in range(generator_steps):
        for _ in range(n_critic):
            real = next(stream)
            critic_step(real, noise(len(real)))
        generator_step(noise(len(real)))""",
}
SLIPS = {
    "Critic": [(".flatten()", ".flatten().sigmoid()"), ("InstanceNorm2d(2 * n, affine=True)", "BatchNorm2d(2 * n)")],
    "critic_loss": [
        ("fake_scores.mean() - real_scores.mean()", "real_scores.mean() - fake_scores.mean()"),
        ("fake_scores.mean()", "fake_scores.sum()"),
    ],
    "generator_loss": [("-fake_scores", "fake_scores"), (".mean()", ".log().mean()")],
    "clip_weights": [("c=0.01", "c=1.0"), ("-c, c", "0, c")],
    "optimizers": [("lr=5e-5", "lr=2e-4"), ("betas=(0.0, 0.9)", "betas=(0.5, 0.999)")],
    "gradient_penalty": [(", create_graph=True", ""), (".norm(dim=1)", ".norm()"), ("return ", "return 10 * ")],
    "critic_step": [
        *(("(z).detach()", "(z)"), ("    optimizer_c.zero_grad()\n", "")),
        ("penalty_weight *", "penalty_weight +"),
    ],
    "generator_step": [("    optimizer_g.step()", "    pass"), ("critic(generator(z))", "generator(z)")],
    "training_loop": [("n_critic=5", "n_critic=1"), ("next(stream)", "next(iter(batches))")],
}
TRAINING = """\
G = Generator(latent_dim).to(device)
for step in range(100_000):
    critic_step(G, C, optimizer_c, next(batches), torch.randn(64, latent_dim))"""
HOSTILE = {
    "loops": "class A:\n    while True: pass",
    "leaves": "class A:\n    import os; os._exit(0)",
    "eats": "class A:\n    x = [0] * (50 << 27)",
    "forks": "class A:\n    import os\n    while True: os.fork()",
    "deletes": "class A:\n    import shutil; shutil.rmtree('/course')",
    "patches": "from ganlib.checks import core\nclass A:\n    core.expect = core.expect_close = lambda *a: None",
    "forges": (
        "class A:\n    import os\n    for n in range(64):\n        try: os.write(n, b'{\"parts\": {}}')\n"
        "        except OSError: pass\n    os._exit(0)"
    ),
    "connects": "class A:\n    import socket; socket.create_connection(('127.0.0.1', 22))",
    "prints": "class A:\n    for _ in range(100): print('x' * (1 << 20), flush=True)",
    "spies": "class A:\n    import gc; everything = gc.get_objects()",
}


def notebook(parts):
    """A notebook with these code cells, a setup cell, training, and prose between them."""
    setup = {"cell_type": "code", "metadata": {"tags": ["setup"]}, "source": "import sys", "outputs": []}
    prose = {"cell_type": "markdown", "metadata": {}, "source": "Words."}
    code = [
        {"cell_type": "code", "metadata": {}, "source": text, "outputs": []} for text in (IMPORTS, *parts, TRAINING)
    ]
    cells = [setup, *(cell for one in code for cell in (prose, one))]
    return json.dumps({"cells": cells, "nbformat": 4, "nbformat_minor": 5, "metadata": {}}).encode()


def hand_in(folder, number, seed=0):
    """Write the submissions of a class; every tenth is hostile. Returns what each student is, by name."""
    rng, told = random.Random(seed), {}
    for place in range(number):
        parts, kind = dict(RIGHT), "right"
        if place % 10 == 9:
            kind = list(HOSTILE)[place // 10 % len(HOSTILE)]
            parts = {"attack": HOSTILE[kind], **{name: f"def {name}(*a, **k):\n    return 0" for name in RIGHT}}
        elif place % 4:
            kind = "slips"
            for name in rng.sample(list(SLIPS), rng.randint(1, 4)):
                parts[name] = parts[name].replace(*rng.choice(SLIPS[name]))
        name = f"Student {place:03} ({kind})"
        target = folder / f"{name}_{place}_assignsubmission_file_" / "06_wgan_gp_exercise.ipynb"
        target.parent.mkdir(parents=True)
        target.write_bytes(notebook(parts.values()))
        told[name] = kind
    return told


if __name__ == "__main__":
    hand_in(Path(sys.argv[1]), int(sys.argv[2]))

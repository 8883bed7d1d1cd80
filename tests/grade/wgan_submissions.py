"""What students of the WGAN-GP assignment write: right answers, slips, and attacks."""

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
STYLES = {
    "as taught": {},
    "torch.func": {
        "gradient_penalty": """\
def gradient_penalty(critic, real, fake):
    epsilon = torch.rand(real.size(0), *([1] * (real.dim() - 1))).to(real)
    points = (epsilon * real + (1 - epsilon) * fake).detach()
    slopes = torch.func.vmap(torch.func.grad(lambda x: critic(x[None]).sum()))(points)
    return (slopes.reshape(len(real), -1).pow(2).sum(1).sqrt() - 1).pow(2).mean()"""
    },
    "columns and data": {
        "Critic": """\
class Critic(nn.Module):
    def __init__(self, size=32, channels=3, width=16):
        super().__init__()
        side = size // 4
        self.features = nn.Sequential(
            nn.Conv2d(channels, width, 4, stride=2, padding=1),
            nn.LeakyReLU(0.2),
            nn.Conv2d(width, 2 * width, 4, stride=2, padding=1),
            nn.LayerNorm([2 * width, side, side]),
            nn.LeakyReLU(0.2),
            nn.Flatten(),
        )
        self.score = nn.Linear(2 * width * side * side, 1)

    def forward(self, x):
        return self.score(self.features(x))""",
        "clip_weights": """\
def clip_weights(critic, c=0.01):
    for weight in critic.parameters():
        weight.data = weight.data.clamp(min=-c, max=c)""",
        "training_loop": """\
def training_loop(batches, noise, critic_step, generator_step, generator_steps, n_critic=5):
    stream = iter(batches)
    for step in range(generator_steps):
        for _ in range(n_critic):
            try:
                real = next(stream)
            except StopIteration:
                stream = iter(batches)
                real = next(stream)
            critic_step(real, noise(real.shape[0]))
        generator_step(noise(real.shape[0]))""",
    },
}
"""Other right answers, by style: what differs from ``RIGHT``."""
ATTACKS = {
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
    "walks frames": (
        "import functools, os, sys\nclass Number(int): frame = functools.cached_property(sys._getframe)\n"
        "class A:\n    frame = Number(1).frame\n    while frame:\n        r = frame.f_locals.get('request')\n"
        "        if r: os._exit(0)\n        frame = frame.f_back"
    ),
    "changes the parts": (
        "from ganlib import checks\nclass A:\n    for part in checks.wgan.PARTS.values():\n"
        "        for which in ('asked', 'kept'):\n            part.__dict__[which] = tuple(\n"
        "                p._replace(test=lambda answer, draw, t=p.test: None\n"
        "                           if getattr(answer, '__module__', '') == 'submission' else t(answer, draw))\n"
        "                for p in getattr(part, which))"
    ),
    "changes the writer": "import json\nclass A: json._default_encoder.encode = lambda o: '{}'",
    "swallows failures": (
        "import contextlib\nclass A: contextlib._GeneratorContextManager.__exit__ = lambda self, *a: True"
    ),
    "hooks into modules": (
        "import torch\nclass A: torch.nn.modules.module._global_forward_hooks[0] = lambda module, x, y: 0 * y"
    ),
    "reads memory": "class A: __array_interface__ = dict(data=(1, False), shape=(1,), typestr='|u1', version=3)",
    "leaves a thread": "import threading\nclass A: threading.Thread(target=input).start()",
    "swallows the alarm": "import signal\nclass A: signal.signal(signal.SIGALRM, signal.SIG_IGN)",
    "kills": "import os\nclass A: os.kill(-1, 9)",
    "closes files": "import os\nclass A: os.closerange(0, 9999)",
}

"""A small chapter with exercises of both forms: with a solution cell, and with the solution inside."""

HEAD = """\
# %% [markdown]
# # 09 · A small chapter
#
# {{links}}
#
# See also [the game](02_minimax_objective.ipynb) and [a page](https://example.org).

# %% tags=["setup"]
# {{setup}}

# %%
import torch
import torch.nn.functional as F

from ganlib import checks
"""
WITH_A_CELL = """
# %% tags=["exercise", "raises-exception"]
def discriminator_loss(real_logits, fake_logits):
    raise NotImplementedError


if checks.discriminator_loss(discriminator_loss):
    print("try it")

# %% [markdown] tags=["solution"]
# A solution is folded into the next cell.

# %% tags=["solution"] jupyter={"source_hidden": true}
# BEGIN SOLUTION
def solution(real_logits, fake_logits):
    return F.softplus(-real_logits).mean() + F.softplus(fake_logits).mean()


checks.discriminator_loss(solution);
# END SOLUTION
"""
INSIDE = """
# %% tags=["exercise", "raises-exception"]
def play(x, y, lr):
    \"\"\"One step.\"\"\"
    # BEGIN SOLUTION
    x = x - lr * y  # it goes down the slope
    return x, y + lr * x
    # END SOLUTION


checks.play(play);

# %% tags=["instructor"]
assert play(1, 1, 0.1)[0] == 0.9, "only instructors run this"
"""
A_CLASS = """
# %% tags=["exercise", "raises-exception"]
class Critic(torch.nn.Module):
    \"\"\"Scores pictures.\"\"\"

    def __init__(self, size=32, channels=3, width=16):
        super().__init__()
        raise NotImplementedError

    def forward(self, x):
        raise NotImplementedError


checks.critic(Critic);

# %% tags=["solution"]
# BEGIN SOLUTION
class solution(torch.nn.Module):
    def __init__(self, size=32, channels=3, width=16):
        super().__init__()
        self.net = torch.nn.Sequential(
            torch.nn.Conv2d(channels, width, 4, 2, 1),
            torch.nn.LeakyReLU(0.2),
            torch.nn.Flatten(),
            torch.nn.Linear(width * size**2 // 4, 1),
        )

    def forward(self, x):
        return self.net(x).flatten()  # one score each


checks.critic(solution);
# END SOLUTION

# %% [markdown] tags=["instructor"]
# ## Question 1: 5 points
#
# A good answer names the slope.
"""
SOURCE = HEAD + WITH_A_CELL + INSIDE

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
SOURCE = HEAD + WITH_A_CELL + INSIDE

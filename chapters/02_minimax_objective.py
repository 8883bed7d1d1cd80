# %% [markdown]
# # 02 · The minimax objective
#
# {{links}}
#
# A GAN is a game about a single number: one network pushes it up, the other pulls it down. In this chapter you take
# that game apart. You compute the number and its gradients, see why two players who both do the right thing can run in
# circles, and put one training step under a microscope until every tensor is accounted for. Then you play: the GAN
# laboratory lets you change everything and watch.
#
# **You will be able to**
#
# - write down what each player minimises, and compute it from logits without ever meeting an infinity,
# - say when the generator's gradient vanishes, and what the usual remedy does and does not change,
# - explain why following the gradient need not lead to the equilibrium of a game, and name two things that help,
# - say for every line of a training step which weights it moves and which gradients it leaves behind,
# - tell what a discriminator's accuracy of 50 % proves.
#
# **You need** chapter 00, the chain rule, and PyTorch's `backward`.
#
# **Time**: about 90 minutes to read and try. All cells together run for about a minute and a half on one CPU core.
# The networks are tiny, so no cell uses a GPU.

# %% tags=["setup"]
# {{setup}}

# %%
from copy import deepcopy
from functools import partial
from itertools import islice
from math import exp, hypot, log, sqrt

import torch
from IPython.display import display
from ipywidgets import Dropdown, FloatSlider, IntSlider
from torch.nn import functional as F
from torch.optim import SGD, Adam
from torch.utils.flop_counter import FlopCounterMode

from ganlib import checks, metrics, runtime, viz
from ganlib.data import Batches, toys
from ganlib.gans import GAN, R1GAN
from ganlib.losses import by_name, minimax, non_saturating, r1_penalty
from ganlib.models import MLPDiscriminator, MLPGenerator
from ganlib.training import Trainer, ema, frozen

torch.set_num_threads(1)

# %% [markdown]
# ## One number, two players
#
# The number is the **value** of the pair $(D, G)$:
#
# $$V(D, G) = \mathbb{E}_{x \sim p_\text{data}} \log D(x) + \mathbb{E}_{z \sim p_z} \log\bigl(1 - D(G(z))\bigr).$$
#
# $D(x)$ is the probability that $D$ gives to "real", so $1 - D(G(z))$ is the one it gives to "fake". Both terms are
# logarithms of *the probability of the right answer*. So $V \le 0$, and $V$ is near 0 when $D$ is right and sure.
#
# - The discriminator wants to be right: it **maximises** $V$.
# - The generator wants $D$ to be wrong: it **minimises** $V$. It can only reach the second term.
#
# In short: $\min_G \max_D V(D, G)$, which is why it is called the *minimax* objective.
#
# Take the smallest case: $D$ gives every real sample the same $D(x)$, and every fake the same $D(G(z))$.
# Then $V$ is a landscape over two numbers. Arrows show where each player would go.

# %%
p = torch.linspace(0.01, 0.99, 99)
V = p.log()[:, None] + (1 - p).log()[None, :]  # rows: D(x), columns: D(G(z))

picture = viz.Picture(
    5.6,
    4.4,
    "Contours of V over D(G(z)) across and D(x) upwards: highest at the top left. D's arrows point up and to the left, "
    "G's arrows point to the right.",
)
ax, theme = picture.axes_of(), picture.theme
lines = ax.contour(p, p, V, levels=[-3, -2, -log(4), -1, -0.5, -0.2], colors=theme.faint, linestyles="-")
ax.clabel(lines, fmt="%.1f", fontsize=8, colors=theme.text)
for fake, real in ((0.5, 0.5), (0.75, 0.3), (0.25, 0.75), (0.8, 0.7), (0.25, 0.25)):
    uphill = torch.tensor([-1 / (1 - fake), 1 / real])
    for (right, up), colour in ((uphill / uphill.norm(), theme.discriminator), ((1, 0), theme.generator)):
        ax.quiver(fake, real, right, up, color=colour, angles="xy", scale_units="xy", scale=9, width=0.008)
ax.text(0.445, 0.59, "D", color=theme.discriminator, weight="bold")
ax.text(0.63, 0.49, "G", color=theme.generator, weight="bold")
ax.set(xlim=(0, 1), ylim=(0, 1), aspect="equal")
ax.set(xlabel="D(G(z)): fakes called real", ylabel="D(x): real samples called real")
picture

# %% tags=["nbval-check-output"]
print("                         D(x)   D(G(z))        V")
for words, real, fake in (
    ("always undecided", 0.5, 0.5),
    ("mostly right", 0.9, 0.1),
    ("nearly sure, and right", 0.999, 0.001),
    ("fooled by the fakes", 0.9, 0.99),
):
    print(f"{words:>22}: {real:6.3f}  {fake:7.3f}  {log(real) + log(1 - fake):8.3f}")
print(f"-2 log 2 = {-2 * log(2):.3f}")

# %% [markdown]
# Remember $-2 \log 2 = -1.386$, the value of an undecided $D$. You met it in chapter 00 with the other sign: 1.386 was
# the loss of $D$ when it says 1/2 to everything.
#
# **The sign.** Optimizers minimise. To maximise $V$, let $D$ minimise the loss $-V$.
#
# **The link to cross-entropy.** Give real samples the label $t = 1$ and fakes $t = 0$. The binary cross-entropy of a
# predicted probability $p$ is $-t \log p - (1 - t) \log(1 - p)$. Averaged over the real batch it is the first term of
# $-V$, averaged over the fake batch the second. So training $D$ is ordinary classification.

# %% tags=["nbval-check-output"]
real_logits, fake_logits = torch.linspace(-1, 3, 64), torch.linspace(-3, 1.5, 64)
V = torch.sigmoid(real_logits).log().mean() + (1 - torch.sigmoid(fake_logits)).log().mean()
ones, zeros = torch.ones(64), torch.zeros(64)
cross_entropy = F.binary_cross_entropy_with_logits
two_calls = cross_entropy(real_logits, ones) + cross_entropy(fake_logits, zeros)
one_call = cross_entropy(torch.cat([real_logits, fake_logits]), torch.cat([ones, zeros]))
for words, number in (
    ("V, from the formula", V),
    ("minimax.discriminator of ganlib", minimax.discriminator(real_logits, fake_logits)),
    ("cross-entropy of real + cross-entropy of fakes", two_calls),
    ("one cross-entropy over all 128 samples", one_call),
    ("twice that", 2 * one_call),
):
    print(f"{words:48}{number:10.6f}")

# %% [markdown]
# Minus $V$, the course's loss, and the sum of two cross-entropies are the same number. If you put both batches into
# *one* call, PyTorch averages over all 128 samples, and you get half of it. For plain gradient descent that halves the
# learning rate of $D$. Adam hardly notices, because it divides by the size of the gradient. But if you add a penalty
# to the loss, its weight counts double.

# %% [markdown]
# ### Why logits?
#
# A network that ends with a sigmoid returns $D(x)$. Ours return the logit $a$, with $D(x) = \sigma(a)$. Algebra says
# $-\log\bigl(1 - \sigma(a)\bigr) = \log(1 + e^a)$, a function called *softplus*. And $-\log \sigma(a)$ is softplus of
# $-a$. On paper it makes no difference. In 32-bit numbers it does.

# %% tags=["nbval-check-output"]
print("          -log(1 - sigmoid(a))              softplus(a)")
print("logit a      value  gradient           value  gradient")
for a in (2.0, 10.0, 17.0, 200.0):
    print(f"{a:7.0f}", end="")
    for loss in (lambda a: -(1 - torch.sigmoid(a)).log(), F.softplus):
        logit = torch.tensor(a, requires_grad=True)
        value = loss(logit)
        value.backward()
        print(f"{value.item():11.4f}{logit.grad.item():10.4f}", end="      ")
    print()
print("at a = -200, the other term: -log sigmoid =", -torch.tensor(-200.0).sigmoid().log().item(), end=", ")
print("softplus(200) =", F.softplus(torch.tensor(200.0)).item())

# %% [markdown]
# A 32-bit number near 1 has steps of about $6 \cdot 10^{-8}$. At $a = 17$ the probability rounds to exactly 1, and
# $\log 0$ is infinite. Worse, the chain rule multiplies an infinite slope by a zero slope, and that is not a number
# (`nan`). One `nan` in a gradient spreads to every weight with the next step. The slope of softplus is $\sigma(a)$,
# always between 0 and 1.
#
# So this course never forms the probability to take its logarithm. **Exercise 1** at the end asks you for this loss.

# %% [markdown]
# ## Two losses for the generator
#
# $G$ only reaches the second term of $V$. So the minimax game says: minimise $\log\bigl(1 - D(G(z))\bigr)$. The paper
# that introduced GANs gives this formula, and in the same section advises to train with another one: minimise $-\log
# D(G(z))$.
#
# Both fall when $D(G(z))$ rises. What differs is the slope. With $D(G(z)) = \sigma(a)$, the chain rule gives
#
# | | loss of $G$ | slope for the logit $a$ | slope for $D(G(z))$ |
# |---|---|---|---|
# | **saturating** (minimax) | $\log(1 - \sigma(a))$ | $-\sigma(a)$ | $-1 / (1 - D)$ |
# | **non-saturating** | $-\log \sigma(a)$ | $-(1 - \sigma(a))$ | $-1 / D$ |
#
# When fakes are easily told from real samples, $D$ can get far ahead: then $D(G(z))$ is near 0, the left end of each
# plot. Lines are the formulas, dots are `backward`.

# %%
losses_of_g = {"saturating": (minimax, "--", "o"), "non-saturating": (non_saturating, "-", "s")}
a = torch.linspace(-6, 6, 241, requires_grad=True)
D_of_fake = torch.sigmoid(a.detach())
picture = viz.Picture(
    9,
    3.3,
    "Both losses and their slopes against D(G(z)). Near 0 the saturating loss is flat in the logit while the "
    "non-saturating one has slope minus one. The slope for D itself is minus one or steeper for both.",
)
axes = [picture.axes_of(1, 3, i + 1) for i in range(3)]
for name, (loss, style, marker) in losses_of_g.items():
    values = torch.stack([loss.generator(logit) for logit in a])
    (by_logit,) = torch.autograd.grad(values.sum(), a)
    by_probability = by_logit / (D_of_fake * (1 - D_of_fake))  # dD/da = D (1 - D)
    closed = (-D_of_fake, -1 / (1 - D_of_fake)) if name == "saturating" else (D_of_fake - 1, -1 / D_of_fake)
    for ax, line, dots in zip(axes, (values.detach(), *closed), (None, by_logit, by_probability), strict=True):
        ax.plot(D_of_fake, line, style, color=picture.theme.generator, label=name)
        if dots is not None:
            ax.plot(D_of_fake[::20], dots[::20], marker, color=picture.theme.generator, markersize=4, fillstyle="none")
axes[0].legend(frameon=False, fontsize=9, labelcolor=picture.theme.text)
axes[2].set_ylim(-10, 0)
for ax, words in zip(axes, ("loss of G", "slope for the logit", "slope for D(G(z))"), strict=True):
    picture.caption(ax, words)
    ax.set(xlabel="D(G(z))")
picture

# %% tags=["nbval-check-output"]
print("            saturating: log(1 - D)      non-saturating: -log D")
print("D(G(z))      value  slope  formula       value  slope  formula    ratio of slopes")
for p in (0.0001, 0.01, 0.1, 0.5, 0.9, 0.99):
    print(f"{p:7.4f}", end="")
    slopes = []
    for loss, formula in ((minimax, -p), (non_saturating, p - 1)):
        logit = torch.logit(torch.tensor(p)).requires_grad_(True)
        value = loss.generator(logit)
        value.backward()
        slopes.append(logit.grad.item())
        print(f"{value.item():11.4f}{slopes[-1]:8.4f}{formula:8.4f}", end=" ")
    print(f"{slopes[1] / slopes[0]:15.2f}")

# %% [markdown]
# At $D(G(z)) = 0.01$ the non-saturating slope is 99 times the saturating one: $(1 - D) / D = 0.99 / 0.01$. At 1/2 they
# agree. And above 1/2 it is the *other* loss that has the larger slope: each loss goes flat somewhere. The saturating
# one is flat where $G$ is losing, where it needs a direction. The other one is flat where $G$ has already won.
#
# The plot on the right explains a common confusion. The slope of $\log(1 - D)$ for $D$ *itself* does not vanish at $D =
# 0$: it is $-1$. What vanishes is the sigmoid's own slope, $dD / da = D (1 - D)$, which stands between the loss and the
# rest of the network. The gradient that reaches $G$ has to pass through the logit.

# %% [markdown]
# ### Same direction, different length
#
# For one fake $x = G(z)$ both gradients are a number times $\nabla_x a(x)$. So they point the same way. Let us measure
# that where it hurts: with a $D$ that is far ahead. Real points form a ring of eight clusters, $G$ is untrained and
# stands still, and $D$ trains.

# %%
toy = toys.ring(std=0.05)
runtime.seed_everything(0)
G, D = MLPGenerator(2, (2,), width=64), MLPDiscriminator((2,), width=64)
optimizer = Adam(D.parameters(), lr=2e-3, betas=(0.0, 0.99), fused=True)
for _ in range(300):
    fake = G(torch.randn(128, 2)).detach()
    loss = minimax.discriminator(D(toy.sample(128)), D(fake))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

z = torch.randn(500, 2)
start = G(z).detach()
with torch.no_grad():
    D_real, D_fake = torch.sigmoid(D(toy.sample(500))), torch.sigmoid(D(start))
print(f"D(x) on real points: {D_real.mean():.3f} on average.   D(G(z)): {D_fake.median():.1e} (median)")


# %%
def gradients(loss):
    """The gradient of each fake's own loss with respect to that fake."""
    x = start.clone().requires_grad_(True)
    (gradient,) = torch.autograd.grad(loss.generator(D(x)) * len(x), x)
    return gradient


def weight_gradient(loss):
    """The gradient of the loss with respect to all of G's weights, as one vector."""
    parts = torch.autograd.grad(loss.generator(D(G(z))), list(G.parameters()))
    return torch.cat([part.flatten() for part in parts])


saturating, strong = gradients(minimax), gradients(non_saturating)
cosine = F.cosine_similarity(saturating, strong)
ratio = strong.norm(dim=1) / saturating.norm(dim=1)
formula = (1 - D_fake) / D_fake
print(f"cosine between the two gradients of a fake: {cosine.min():.6f} (smallest of 500)")
print(f"their lengths (median): {saturating.norm(dim=1).median():.1e} and {strong.norm(dim=1).median():.1e}")
print(f"ratio of the lengths, median: {ratio.median():,.0f}   (1 - D) / D: {formula.median():,.0f}")
print(f"largest relative difference between the two: {(ratio / formula - 1).abs().max():.0e}")
cosine = F.cosine_similarity(weight_gradient(minimax), weight_gradient(non_saturating), dim=0)
print(f"cosine between the gradients of G's weights: {cosine:.2f}")

# %% [markdown]
# Each fake gets the same direction from both, and a push that is thousands of times shorter from the saturating loss.
# For the *weights* of $G$ the directions differ: their gradient adds up the pushes on all fakes, and the saturating
# loss lets the few fakes with the largest $D(G(z))$ speak for everyone.
#
# Now train $G$ against this $D$, with each loss, from the same start, with plain gradient descent at the same learning
# rate.


# %%
def train_generator(loss, optimizer_class, lr, updates):
    """The fakes of a copy of G that was trained against D as it is now."""
    player = deepcopy(G)
    optimizer = optimizer_class(player.parameters(), lr=lr)
    runtime.seed_everything(1)
    with frozen(D):
        for _ in range(updates):
            loss_g = loss.generator(D(player(torch.randn(128, 2))))
            optimizer.zero_grad()
            loss_g.backward()
            optimizer.step()
    return player(z).detach()


def draw_scene(ax, D, fake, words):
    """D's verdict over the plane (blue: real, orange: fake), real points and fakes."""
    side = torch.linspace(-1.6, 1.6, 81)
    grid = torch.cartesian_prod(side, side).flip(1)  # x runs fastest, then y from bottom to top
    with torch.no_grad():
        verdict = torch.sigmoid(D(grid)).view(81, 81)
    viz.draw_verdict(ax, verdict, (-1.6, 1.6, -1.6, 1.6))
    viz.draw_points(ax, toy.sample(300, torch.Generator().manual_seed(0)), fake[:300])
    ax.set_axis_off()
    ax.figure.caption(ax, words)


# %%
scenes = [("before", start)]
for name, (loss, *_) in losses_of_g.items():
    scenes.append((f"after 50 updates, {name}", train_generator(loss, SGD, 0.003, 50)))

picture = viz.Picture(
    9,
    3.3,
    "Three scenes with the same verdict of D. Before training, all fakes sit in the middle of the ring. After 50 "
    "updates with the saturating loss they still do. With the non-saturating loss they have left it, all to one side.",
)
for i, (words, fake) in enumerate(scenes):
    draw_scene(picture.axes_of(1, 3, i + 1), D, fake, words)
picture

# %% [markdown]
# With one loss the fakes stand still. With the other they are gone. (They did not find the ring: they only had to reach
# the blue, and all took the same way. In a real game $D$ would now answer.)
#
# So it is often said that the saturating loss cannot train a GAN. Look closer: does that depend on the optimizer?
# Adam divides each gradient by its recent size.

# %%
print("                                  fakes moved, on average, after")
print("optimizer   loss                 1 update     20 updates     50 updates")
for optimizer_class, lr in ((SGD, 0.003), (Adam, 0.001)):
    for name, (loss, *_) in losses_of_g.items():
        row = f"{optimizer_class.__name__:9}   {name:14}"
        for updates in (1, 20, 50):
            fake = train_generator(loss, optimizer_class, lr, updates)
            row += f"{(fake - start).norm(dim=1).mean():15.3f}"
        print(row)

# %% [markdown]
# With Adam both first steps are about equally long: a factor in front of the gradient cancels. So **Adam hides much of
# the vanishing gradient**, as long as it vanishes evenly and is not lost in noise.
#
# But with the saturating loss the fakes then run away: $\log(1 - D)$ has no lower end, and its slope is greatest where
# $D$ is already fooled. The non-saturating loss stops pushing there.
#
# That is why most GANs are trained with the non-saturating loss, and why you should say which optimizer you mean when
# you call a gradient "vanishing".

# %% [markdown]
# ### Is it still zero-sum?
#
# In a **zero-sum** game one player wins exactly what the other loses: the two losses add up to 0. With the minimax loss
# $D$ minimises $-V$ and $G$ minimises $V$. In code $G$'s loss leaves out $\mathbb{E} \log D(x)$, which $G$ cannot
# change. So the sum of the two coded losses is not 0, but it must not depend on the fakes. Let us move the logit of the
# fakes and look.

# %% tags=["nbval-check-output"]
real = torch.tensor([1.0])
print("                   loss of D + loss of G when the logit of the fakes is")
print("pair                    -2        0        2      zero-sum?")
for name, loss in by_name.items():
    sums = [(loss.discriminator(real, torch.tensor([a])) + loss.generator(torch.tensor([a]))) for a in (-2.0, 0.0, 2.0)]
    spread = max(sums) - min(sums)
    print(f"{name:16}" + "".join(f"{total.item():9.3f}" for total in sums), "     ", "yes" if spread < 1e-6 else "no")
print(f"E log D(x), the term that G leaves out, is {F.logsigmoid(real).item():.3f}")

# %% [markdown]
# The minimax pair adds up to $0.313 - 0.313 = 0$ once the missing term is back. With the non-saturating loss the sum
# changes with the fakes: both players can gain, or lose, together. So "a GAN is a zero-sum game" holds for the minimax
# loss, and not for the loss that most people train with. (The hinge pair is zero-sum as long as $D$ is not sure about
# the fakes: its sum changes only below the logit −1.)
#
# The Wasserstein pair (chapter 04) is zero-sum too, since it is a minimax game about another value: $\mathbb{E} f(x) -
# \mathbb{E} f(G(z))$. That ends as soon as only the critic pays a penalty, which is how it is usually trained.

# %% [markdown]
# ## Why games go round in circles
#
# Minimising a loss is walking downhill. A game is something else. Take the simplest one with a minimax value, two
# numbers and a product:
#
# $$\min_x \max_y \; V(x, y) = x\,y.$$
#
# $x$ plays the generator and steps down the slope $\partial V / \partial x = y$. $y$ plays the discriminator and steps
# up the slope $\partial V / \partial y = x$. With learning rate $\eta$:
#
# - **at once**: both use the old values: $x \leftarrow x - \eta y$ and $y \leftarrow y + \eta x$.
# - **in turn**: $y$ moves first, as $D$ does in chapter 00, and $x$ answers the *new* $y$.
#
# A **Nash equilibrium** is a pair where no player gains by moving alone. Here that is $(0, 0)$: from there $V(x, 0) =
# 0$ for all $x$ and $V(0, y) = 0$ for all $y$. It is the only one: anywhere else, somebody has a slope to follow.
#
# Both start at $(1, 0)$ and follow their gradients with $\eta = 0.1$.

# %%
about_circles = viz.Prediction(
    "Both players step at once, again and again. Where do they end up?",
    ["at the equilibrium", "on a circle around it", "farther and farther away", "it depends on the start"],
)
about_circles


# %%
def at_once(x, y, lr, gamma=0.0):
    return x - lr * y, y + lr * (x - gamma * y)  # gamma: a penalty on y, for later


def in_turn(x, y, lr, gamma=0.0):
    y = y + lr * (x - gamma * y)
    return x - lr * y, y


def walk(play, lr, steps, *gamma):
    """The places (x, y) that a way of playing visits from (1, 0); shape (steps + 1, 2)."""
    path = [(1.0, 0.0)]
    for _ in range(steps):
        path.append(play(*path[-1], lr, *gamma))
    return torch.tensor(path, dtype=torch.float64)


def draw_game(ax, path, words):
    """The field of both players' gradients, (-y, x), and a path through it; returns the artists of the path."""
    theme, side = ax.figure.theme, torch.linspace(-1.75, 1.75, 11)
    x, y = torch.meshgrid(side, side, indexing="xy")
    ax.quiver(x, y, -y, x, color=theme.faint, angles="xy", scale=28, width=0.006)
    (line,) = ax.plot(*path.T, color=theme.text, linewidth=1.2, marker="o", markersize=2)
    (end,) = ax.plot(*path[-1], "o", color=theme.text, markersize=6)
    ax.plot(0, 0, "+", color=theme.text, markersize=11)
    ax.set(xlim=(-2, 2), ylim=(-2, 2), aspect="equal", xticks=range(-2, 3), yticks=range(-2, 3))
    ax.set(xlabel="x, who plays G", ylabel="y, who plays D")
    ax.figure.caption(ax, words)
    return line, end


# %%
games = {
    "at once": walk(at_once, 0.1, 130),
    "in turn": walk(in_turn, 0.1, 130),
    "in turn, y pays a penalty": walk(in_turn, 0.1, 130, 0.5),
}
picture = viz.Picture(
    9,
    3.2,
    "Three paths from (1, 0) in a field of arrows that circle around the origin. At once: a spiral outwards. In turn: "
    "a closed oval. In turn with a penalty on y: a spiral into the origin.",
)
for i, (words, path) in enumerate(games.items()):
    draw_game(picture.axes_of(1, 3, i + 1), path, words)
picture

# %% tags=["nbval-check-output"]
distance = games["at once"].norm(dim=1)
growth = distance[1:] / distance[:-1]
print(f"at once: each step multiplies the distance from (0, 0) by {growth.min():.6f} to {growth.max():.6f}")
print(f"         sqrt(1 + 0.1^2) =                                {sqrt(1 + 0.1**2):.6f}")
about_circles.reveal("farther and farther away" if distance[-1] > 1.5 else "on a circle around it")

x, y = walk(in_turn, 0.1, 100_000).T
kept = x**2 + y**2 + 0.1 * x * y
print(f"in turn: after 100,000 steps x^2 + y^2 + 0.1 x y is {kept[-1]:.6f}, at the start {kept[0]:.6f}")
print(f"         the distance stays between {torch.hypot(x, y).min():.4f} and {torch.hypot(x, y).max():.4f}")

# %% [markdown]
# Both players follow their own gradient, exactly as told, and neither way leads to the equilibrium.
#
# **At once** the distance grows by the factor $\sqrt{1 + \eta^2}$ in every step, because
# $(x - \eta y)^2 + (y + \eta x)^2 = (1 + \eta^2)(x^2 + y^2)$.
#
# **In turn** the players stay on a closed curve, the ellipse $x^2 + y^2 + \eta x y = \text{const}$. To see it, write
# $y' = y + \eta x$ and $x' = x - \eta y'$ for the new values. Before and after the step the sum comes to the same:
#
# $$x^2 + y\,(y + \eta x) = x^2 + (y' - \eta x)\,y' = x^2 + y'^2 - \eta x y',$$
# $$y'^2 + x'\,(x' + \eta y') = y'^2 + (x - \eta y')\,x = x^2 + y'^2 - \eta x y'.$$
#
# (If $x$ moves first, the sign of $\eta x y$ changes. For $\eta \ge 2$ the curve is no longer an ellipse, and the walk
# leaves.)
#
# **Are the steps too long?** Smaller steps follow the arrows more closely. In the limit the players *flow*: $\dot x =
# -y$, $\dot y = x$. Then $\frac{d}{dt}(x^2 + y^2) = -2xy + 2yx = 0$: a perfect circle. It never gets nearer either.

# %% tags=["nbval-check-output"]
print("steps at once, until the flow has gone round once (t = 2 pi)")
for lr in (0.1, 0.01, 0.001):
    steps = round(2 * torch.pi / lr)
    end = walk(at_once, lr, steps)[-1]
    print(f"learning rate {lr:<6} {steps:5} steps   distance {end.norm():.4f}")
once_round = torch.matrix_exp(2 * torch.pi * torch.tensor([[0.0, -1.0], [1.0, 0.0]]).double())
print(f"the flow itself                      distance {(once_round @ torch.tensor([1.0, 0.0]).double()).norm():.4f}")

side = torch.linspace(-2, 2, 9)
x, y = torch.meshgrid(side, side, indexing="xy")
print("arrows times the way to (0, 0), largest scalar product:", (-y * -x + x * -y).abs().max().item())
for x, y in ((0.0, 0.0), (1.0, 1.0)):
    gains = (x * y - (side * y).min()).item(), ((x * side).max() - x * y).item()
    print(f"moving alone from ({x:.0f}, {y:.0f}) within -2 to 2: x gains up to {gains[0]:.0f}, y up to {gains[1]:.0f}")

# %% [markdown]
# At the equilibrium nobody gains by moving alone; at (1, 1) both would. But the arrows stand at right angles to the way
# there. Following them is like walking around a lamp post.
#
# Why can this not happen when one network minimises one loss? A gradient field of a single function has no circles: you
# cannot walk downhill all the way round and be back where you started. Two players with different aims can make a
# field that is no gradient of anything.
#
# So finding a Nash equilibrium is not the same as following gradients. What helps?
#
# ### Averaging
#
# If the players circle around the equilibrium, their *average* place is close to it. In turn, $x_{t+1} - x_t = -\eta\,
# y_{t+1}$. Sum that over $T$ steps: the average of $y$ is $(x_0 - x_T) / (\eta T)$. The players stay on their ellipse,
# so the average tends to 0 like $1/T$. The same sum over the steps of $y$ gives the average of $x$.

# %% tags=["nbval-check-output"]
print("           distance from (0, 0)")
print("           at once                      in turn")
print("steps T    last place   average         last place   average     average x T")
for steps in (100, 1000, 10_000):
    row = f"{steps:7,}"
    for play in (at_once, in_turn):
        path = walk(play, 0.1, steps)[1:]
        row += f"{path[-1].norm():13.3g}{path.mean(0).norm():12.3g}     "
    print(row, f"{path.mean(0).norm() * steps:9.1f}")

# %% [markdown]
# The last place never settles. The average of the alternating players does: its distance times $T$ stays bounded (last
# column). Averaging cannot rescue players who spiral out. The moving average of $G$'s weights in chapter 00 does the
# same for a GAN, with a shorter memory. Below we measure what it is worth.
#
# ### A penalty
#
# Let $y$ also pay for its own size: it maximises $x y - \frac{\gamma}{2} y^2$. That was the third path above. Now
# compare several ways of playing. Theory gives the factor per step: as long as the walk still turns, it is the square
# root of the determinant of the step's 2 × 2 matrix.

# %% tags=["nbval-check-output"]
lr, gamma, steps = 0.1, 0.5, 4000


def both_pay(x, y, lr, gamma):
    y = y + lr * (x - gamma * y)
    return x - lr * (y + gamma * x), y


for words, play, penalty, theory, formula in (
    ("at once", at_once, 0.0, sqrt(1 + lr**2), "sqrt(1 + lr^2)"),
    ("in turn", in_turn, 0.0, 1.0, "1"),
    ("at once, y pays", at_once, gamma, sqrt(1 - lr * gamma + lr**2), "sqrt(1 - lr gamma + lr^2)"),
    ("in turn, y pays", in_turn, gamma, sqrt(1 - lr * gamma), "sqrt(1 - lr gamma)"),
    ("in turn, both pay", both_pay, gamma, 1 - lr * gamma, "1 - lr gamma"),
):
    measured = walk(play, lr, steps, penalty)[-1].norm() ** (1 / steps)
    print(f"{words:18} distance times {measured:.4f} per step, theory {theory:.4f} = {formula}")

# %% [markdown]
# Try it. Which rates and penalties make the players arrive, and which is the fastest? The arrow keys move a slider that
# has the focus.


# %%
def build(picture):
    line, end = draw_game(picture.axes_of(), walk(at_once, 0.1, 1), "")

    def move(play, lr, gamma, steps):
        path = walk(at_once if play == "at once" else in_turn, lr, steps, gamma).clamp(-1e6, 1e6)
        line.set_data(*path.T)
        end.set_data(*path[-1:].T)
        return [line, end]

    return move


viz.Explorer(
    viz.FigureWidget(4.4, 4.1, "The path of two players in the field of their gradients, a spiral or an oval.", build),
    play=Dropdown(options=["at once", "in turn"], description="they play"),
    lr=FloatSlider(value=0.1, min=0.01, max=2.2, step=0.01, description="rate"),
    gamma=FloatSlider(value=0.0, min=0.0, max=2.0, step=0.05, description="y's penalty"),
    steps=IntSlider(value=130, min=1, max=400, description="steps"),
)

# %% [markdown]
# A factor below 1 means that they arrive. A penalty on one player is enough, and it even works at once, if $\gamma >
# \eta$.
#
# It helps if $x$ pays too, but only because $x$'s penalty happens to be smallest at the solution. In a GAN that would
# pull the *fakes* somewhere. A penalty on $D$ is another matter: where the game is solved, $D$ should be flat anyway,
# so there it costs nothing.
#
# ### The smallest GAN
#
# Is $x y$ too simple to say anything about GANs? It *is* a GAN. All real samples are the number 0. The generator makes
# one number, its weight $x$. The critic is linear, $f(s) = -y s$. Then $\mathbb{E} f(\text{real}) - \mathbb{E}
# f(\text{fake}) = x y$. And the penalty `r1_penalty` of chapter 00, half the squared slope of $f$ at real samples, is
# $\frac{1}{2} y^2$.


# %% tags=["nbval-check-output"]
def critic(s):
    return -y * s


x, y = 1.0, 0.5
real, fake = torch.zeros(1, 1), torch.full((1, 1), x)
print(f"critic's loss {by_name['wasserstein'].discriminator(critic(real), critic(fake)):.3f}   -x y = {-x * y:.3f}")
print(f"R1 penalty     {r1_penalty(critic, real):.3f}   y^2 / 2 = {y**2 / 2:.3f}")

# %% [markdown]
# Here is that GAN with the course's losses and optimizers, in turn.


# %% tags=["nbval-check-output"]
def smallest_gan(loss, gamma, looks):
    """The distance of (x, y) from the equilibrium at some steps after the start at (1, 0.5)."""
    x, y = (torch.tensor([[start]], requires_grad=True) for start in (1.0, 0.5))
    optimizer_d, optimizer_g = SGD([y], lr=0.1), SGD([x], lr=0.1)
    real, distances = torch.zeros(1, 1), {}
    for step in range(1, max(looks) + 1):
        loss_d = loss.discriminator(-y * real, -y * x.detach())
        if gamma:
            loss_d = loss_d + gamma * r1_penalty(lambda s: -y * s, real)
        optimizer_d.zero_grad()
        loss_d.backward()
        optimizer_d.step()
        loss_g = loss.generator(-y.detach() * x)
        optimizer_g.zero_grad()
        loss_g.backward()
        optimizer_g.step()
        distances[step] = hypot(x.item(), y.item())
    return [distances[step] for step in looks]


print(f"distance from the equilibrium: {hypot(1, 0.5):.3f} at the start")
print("                        no penalty                  R1, gamma = 0.5")
print("loss                    400 steps    1,600 steps          400 steps")
for name in ("wasserstein", "minimax", "non_saturating"):
    without, penalised = smallest_gan(by_name[name], 0.0, (400, 1600)), smallest_gan(by_name[name], 0.5, (400,))
    print(f"{name:20}{without[0]:13.3f}{without[1]:15.3f}{penalised[0]:19.3f}")

# %% [markdown]
# Without the penalty, two of the three circle for ever. The non-saturating loss creeps inwards, ever more slowly: four
# times the steps for half the distance. With the penalty all three arrive. That is one reason for the penalty in
# chapter 00. The paper behind it (arXiv 1801.04406) studies exactly this GAN, the *Dirac-GAN*.
#
# Large GANs are no products of two numbers: they have noise, momentum, and millions of weights. But near a solution
# they can turn in the same way. **Exercise 3** lets you write a step of the game.

# %% [markdown]
# ## The loop
#
# Alternating is the rule in practice as well. Each round of the game has two parts:
#
# 1. **Fix $G$ and train $D$**, $k$ times, each time with new real samples and new fakes.
# 2. **Fix $D$ and train $G$**, once, with new fakes.
#
# A larger $k$ keeps $D$ closer to the best answer to the present $G$ and costs more. The first paper used $k = 1$; the
# Wasserstein GAN of chapter 04 uses 5.
#
# We train on the ring of eight clusters: 10,000 points to train with, and others held out. As in chapter 00 a moving
# average of $G$'s weights looks on; it takes no part in the game.

# %%
own = torch.Generator().manual_seed(1)  # watching must not draw from the random numbers that training uses
train, held_out = toy.sample(10_000, own), toy.sample(8000, own)
noise = torch.randn(8000, 2, generator=own)
updates, k = runtime.budget(full=5000, quick=300), 1
moments = [step for step in (0, 100, 300, 1000, 2500, 5000) if step <= updates]


def new_players():
    """G, D and their optimizers, the same ones every time."""
    runtime.seed_everything(0)
    G, D = MLPGenerator(2, (2,), width=64), MLPDiscriminator((2,), width=64)
    optimizers = (Adam(player.parameters(), lr=2e-3, betas=(0.0, 0.99), fused=True) for player in (G, D))
    return G, D, *optimizers


# %%
@torch.no_grad()
def called_real(D, points):
    """The share of the points that D calls real: D(x) > 1/2, that is, logit > 0."""
    return (D(points) > 0).float().mean().item()


def share_right(D, real, fake):
    """How often D is right about points of which half are real."""
    return (called_real(D, real) + 1 - called_real(D, fake)) / 2


def look(step, G, D, G_ema):
    """Take notes, and at some moments a picture. Nothing here changes the run."""
    if step % 25 == 0:
        own_accuracy[step] = share_right(D, held_out[:1000], G(noise[:1000]))
    if step in moments:
        diary[step] = deepcopy((G, D, G_ema.module))
        draw_scene(scene[step], D, G(noise[:300]).detach(), f"after {step:,} updates" if step else "before training")
        handle.update(picture)


# %%
picture = viz.Picture(9, 6.2, "Six scenes during training. The fakes grow out of the middle and settle on the ring.")
scene = {step: picture.axes_of(2, 3, i + 1) for i, step in enumerate(moments)}
handle, diary, own_accuracy = display(picture, display_id=True), {}, {}

G, D, optimizer_g, optimizer_d = new_players()
G_ema = ema(G, decay=0.99)
batches = Batches(train, batch_size=128, seed=0)
look(0, G, D, G_ema)
for step in range(1, updates + 1):
    for _ in range(k):  # fix G, train D
        (real,) = next(batches)
        fake = G(torch.randn(128, 2)).detach()
        loss_d = F.softplus(-D(real)).mean() + F.softplus(D(fake)).mean()
        optimizer_d.zero_grad()
        loss_d.backward()
        optimizer_d.step()
    with frozen(D):  # fix D, train G
        loss_g = F.softplus(-D(G(torch.randn(128, 2)))).mean()
        optimizer_g.zero_grad()
        loss_g.backward()
        optimizer_g.step()
    G_ema.update_parameters(G)
    look(step, G, D, G_ema)

# %%
print("updates    G, as it is now                                 its moving average")
for step, (G_then, _, average) in diary.items():
    row = f"{step:7,}"
    for player in (G_then, average):
        with torch.no_grad():
            coverage = metrics.mode_coverage(player(noise), toy)
        row += f"    {coverage.captured} of 8 clusters, {coverage.high_quality:4.0%} of the fakes close"
    print(row)
print(f"close: within 3 standard deviations of a cluster; of the real points {1 - exp(-4.5):.1%} are")

# %% [markdown]
# The fakes first spread, then find the clusters, then the bridges between the clusters grow thin.
# A bridge never quite disappears: $G$ is continuous, and one round blob of noise has to become eight separate ones.
#
# **This is what `Trainer` does**, and the course uses it where there is nothing new in the loop. From the same seed it
# makes bit-identical weights.

# %% tags=["nbval-check-output"]
G, D, optimizer_g, optimizer_d = new_players()
trainer = Trainer(
    GAN(G, D, non_saturating),
    Batches(train, batch_size=128, seed=0),
    optimizer_d=optimizer_d,
    optimizer_g=optimizer_g,
    n_critic=k,
    decay=0.99,
)
for _ in trainer.rounds(300):
    pass
for name, mine, raw in zip(("G", "D", "average"), (G, D, trainer.ema.module), diary[300], strict=True):
    same = all(torch.equal(a, b) for a, b in zip(mine.parameters(), raw.parameters(), strict=True))
    print(f"{name:8} after 300 updates, raw loop and Trainer bit-identical: {same}")

# %% [markdown]
# ## One iteration under the microscope
#
# Most bugs in GAN code are about *which* loss moves *which* weights. So let us follow one iteration, from noise to the
# last weight. First the shapes: $N = 128$ samples in each batch, noise with 2 entries, points with 2 coordinates.

# %% tags=["nbval-check-output"]
G, D, optimizer_g, optimizer_d = new_players()
real, z = train[:128], torch.randn(128, 2)
fake = G(z)
real_logits, fake_logits = D(real), D(fake)
loss_d = F.softplus(-real_logits).mean() + F.softplus(fake_logits).mean()
loss_g = F.softplus(-fake_logits).mean()
for name, tensor in (
    ("noise z", z),
    ("fake G(z)", fake),
    ("real x", real),
    ("logits of real", real_logits),
    ("logits of fakes", fake_logits),
    ("loss of D", loss_d),
    ("loss of G", loss_g),
):
    origin = "was computed, so it has a graph" if tensor.grad_fn else "is data"
    print(f"{name:16} shape {tuple(tensor.shape)!s:10} {origin}")

# %% [markdown]
# A loss is a single number, of shape `()`. It remembers how it was made: its `grad_fn` is the last operation, which
# remembers the one before, and so on. `backward` walks this *graph* backwards. Let us walk it too, from the loss of $G$
# to the noise.


# %%
def steps_back(loss):
    """The names of the operations from the loss back to the input, without side paths to weights."""
    node, names = loss.grad_fn, []
    while node is not None:
        names.append(node.name().removesuffix("Backward0"))
        before = [n for n, _ in node.next_functions if n is not None and n.next_functions]
        node = next((n for n in before if n.name() != "TBackward0"), None)
    return names


names = steps_back(loss_g)
print("loss of G <-", " <- ".join(names[:8]), "<-")
print("             ", " <- ".join(names[8:]), "<- z")

# %% [markdown]
# Read from left to right this goes back in time: average, softplus, the minus sign, then three linear layers (`Addmm`:
# multiply and add) of $D$, and then three of $G$. So $G$'s loss passes through all of $D$ before it gets to $G$. There
# is no other way.
#
# A graph ends at leaves: the weights. Which ones does each loss reach?


# %% tags=["nbval-check-output"]
def reached(loss):
    """The weights where the graph of a loss ends."""
    found, seen, todo = set(), set(), [loss.grad_fn]
    while todo:
        node = todo.pop()
        if node is not None and node not in seen:
            seen.add(node)
            todo += [before for before, _ in node.next_functions]
            if hasattr(node, "variable"):
                found.add(node.variable)
    return found


with frozen(D):
    frozen_loss = F.softplus(-D(G(z))).mean()
detached_loss = F.softplus(-D(real)).mean() + F.softplus(D(fake.detach())).mean()
print("                                    reaches tensors of G      of D")
for words, loss in (
    ("loss of D, fakes not detached", loss_d),
    ("loss of D, fakes detached", detached_loss),
    ("loss of G, D not frozen", loss_g),
    ("loss of G, D frozen", frozen_loss),
):
    counts = [f"{len(reached(loss) & set(player.parameters()))} of 6" for player in (G, D)]
    print(f"{words:36}{counts[0]:>15}{counts[1]:>14}")

# %% [markdown]
# `detach` cuts $G$ off the graph of $D$'s loss. `frozen` takes $D$'s weights out of the graph of $G$'s loss; the path
# through $D$ stays.

# %%
viz.training_step_diagram()

# %% [markdown]
# ### Who moves?
#
# A weight that is reached gets a gradient. It *moves* only when an optimizer that holds it takes a step.


# %% tags=["nbval-check-output"]
def weights():
    """Copies of all weights of both players, by name."""
    both = {f"{name}.{key}": w for name, player in (("G", G), ("D", D)) for key, w in player.named_parameters()}
    return {key: w.detach().clone() for key, w in both.items()}


before = weights()
optimizer_d.zero_grad()
detached_loss.backward()
optimizer_d.step()
between = weights()
with frozen(D):
    optimizer_g.zero_grad()
    F.softplus(-D(G(z))).mean().backward()
    optimizer_g.step()
after = weights()

print("tensor          shape      largest change by   D's step   G's step")
for name, tensor in before.items():
    by_d, by_g = (between[name] - tensor).abs().max(), (after[name] - between[name]).abs().max()
    print(f"{name:15} {tuple(tensor.shape)!s:31}{by_d:8.4f}{by_g:11.4f}")

# %% [markdown]
# Each step moves one player and leaves the other exactly where it was. (Why 0.0020 for all? Adam's very first step
# has the length of the learning rate for every weight, whatever its gradient.)
#
# ### Forgotten `detach`
#
# Suppose the fakes are not detached in $D$'s step. Then the backward pass of $D$'s loss goes on into $G$.

# %%
about_detach = viz.Prediction(
    "You forget detach in D's step. What happens to G in that step?",
    ["it moves, and helps D", "it does not move, but collects gradients", "nothing at all", "PyTorch raises an error"],
)
about_detach


# %% tags=["nbval-check-output"]
def flat_gradient(player):
    """All gradients that a player holds, as one vector; None if it holds none."""
    parts = [w.grad.flatten() for w in player.parameters() if w.grad is not None]
    return torch.cat(parts) if parts else None


def step_of_d(fake):
    loss_d = F.softplus(-D(real)).mean() + F.softplus(D(fake)).mean()
    optimizer_d.zero_grad()
    loss_d.backward()
    optimizer_d.step()


for words, cut in (("detached", True), ("not detached", False)):
    G, D, optimizer_g, optimizer_d = new_players()
    before, fake = weights(), G(z)
    step_of_d(fake.detach() if cut else fake)
    moved = max((w - before[name]).abs().max() for name, w in weights().items() if name[0] == "G")
    stray = flat_gradient(G)
    held = "no gradient" if stray is None else f"a gradient of length {stray.norm():.3f}"
    print(f"{words:13} G moved by {moved:.4f} and holds {held}")
collects = "nothing at all" if stray is None else "it does not move, but collects gradients"
about_detach.reveal("it moves, and helps D" if moved > 0 else collects);

# %% [markdown]
# $D$'s optimizer holds $D$'s weights only. So $G$ stays where it is and holds *stray* gradients, which cost time to
# compute. Are they harmful? That depends on where `optimizer_g.zero_grad()` stands. At the start of $G$'s step it
# throws them away. If instead both `zero_grad` calls stand at the top of the iteration, the strays are added to $G$'s
# own gradient.

# %% tags=["nbval-check-output"]
optimizer_g.zero_grad()
F.softplus(-D(G(z))).mean().backward()
own_gradient = flat_gradient(G)
cosine = F.cosine_similarity(stray, own_gradient, dim=0)
print(f"G's own gradient has length {own_gradient.norm():.3f}, the stray one {stray.norm():.3f}")
print(f"cosine between them: {cosine:.2f}")
print(f"added up, the length is {(own_gradient + stray).norm():.3f}")

# %% [markdown]
# The stray gradient belongs to $D$'s loss. It says how to make fakes that $D$ catches more easily, just the opposite of
# what $G$ wants. At the start, when $D$ is undecided, the two nearly cancel. A bug like this raises no error: the fakes
# only learn slowly, or not at all.
#
# Other mistakes do raise an error. Here are the two that everybody meets.


# %%
def reuse_fakes():
    fake = G(z)
    step_of_d(fake)  # not detached: its backward pass uses up the graph of G
    F.softplus(-D(fake)).mean().backward()


def reuse_logits():
    logits = D(G(z))
    step_of_d(G(z).detach())  # changes D's weights, which the graph of the logits still needs
    F.softplus(-logits).mean().backward()


for mistake, fused in ((reuse_fakes, False), (reuse_logits, False), (reuse_logits, True)):
    G, D, optimizer_g, _ = new_players()
    optimizer_d = Adam(D.parameters(), lr=2e-3, fused=fused)
    try:
        mistake()
        mixed = flat_gradient(G)
        optimizer_g.zero_grad()
        F.softplus(-D(G(z))).mean().backward()
        off = (mixed - flat_gradient(G)).norm() / flat_gradient(G).norm()
        message = f"no error, and G's gradient is {off:.0%} off"
    except RuntimeError as error:
        message = f"{str(error)[:75]} ..."
    print(f"{mistake.__name__:12} Adam(fused={fused!s:5}): {message}")

# %% [markdown]
# - *Backward a second time*: a backward pass frees the graph that it walked. Do not cure this with `retain_graph=True`,
#   as the message goes on to suggest. Detach the fakes in $D$'s step and make new ones for $G$'s.
# - *Modified by an inplace operation*: the logits were computed with the old $D$. After $D$'s step compute them again.
# - The last line is a trap. With `fused=True`, which this chapter uses for speed, this version of PyTorch does not
#   notice that the weights have changed. There is no error, and the gradient is a mixture of the old $D$ and the new
#   one.
#
# ### Who holds a gradient?
#
# `zero_grad` clears what its own optimizer's weights hold, and nothing else. What is left in between?


# %% tags=["nbval-check-output"]
def report(words):
    held = [flat_gradient(player) for player in (G, D)]
    print(f"{words:38}", *(f"{'none':>10}" if g is None else f"{g.norm():10.3f}" for g in held))


print("length of the gradient held by                  G          D")
for freeze in (True, False):
    G, D, optimizer_g, optimizer_d = new_players()
    report("at the start")
    step_of_d(G(z).detach())
    report("after D's step")
    D.requires_grad_(not freeze)
    F.softplus(-D(G(z))).mean().backward()
    D.requires_grad_(True)
    report(f"after G's backward, D {'frozen' if freeze else 'not frozen'}")
    optimizer_d.zero_grad()
    report("after optimizer_d.zero_grad()")

# %% [markdown]
# $D$ keeps the gradient of its own step until someone clears it. If $D$ is not frozen, $G$'s backward pass adds a stray
# one to it. `zero_grad` at the start of $D$'s next step removes both, so `frozen` does not change the result. It saves
# work.

# %% tags=["nbval-check-output"]
for words, freeze in (("D not frozen", False), ("D frozen", True)):
    D.requires_grad_(not freeze)
    loss_g = F.softplus(-D(G(z))).mean()
    D.requires_grad_(True)
    with FlopCounterMode(display=False) as counter:
        loss_g.backward()
    print(f"{words:13} G's backward pass: {counter.get_total_flops():9,} floating-point operations in matrix products")

optimizer_g.zero_grad()
lengths = []
for _ in range(3):
    F.softplus(-D(G(z))).mean().backward()
    lengths.append(flat_gradient(G).norm())
times = ", ".join(f"{length / lengths[0]:.4f}" for length in lengths)
print(f"after 1, 2, 3 backward passes without zero_grad the gradient is {times} times as long as the right one")

# %% [markdown]
# A quarter of the work of $G$'s backward pass is saved here. And gradients really add up: forget `zero_grad`, and each
# step follows the sum of all gradients since the beginning, stale ones included.
#
# **Exercise 4** asks for a whole iteration, and its check looks through this microscope.

# %% [markdown]
# ## The GAN laboratory
#
# Here is everything at once, and alive: two players in the plane, with every screw within reach.
#
# - The scene shows real points (blue dots), fakes (orange crosses) and $D$'s verdict as a tint: blue where it says
#   real, orange where it says fake, none where it is undecided. Point at it to read coordinates.
# - *Play* trains until you press *Pause*. *Step D* and *Step G* move one player, *Step both* does one iteration.
#   *Reset* starts anew from the same seed.
# - With *Slow motion* on, *Play* walks through each iteration phase by phase and says what happens. *Next phase* does
#   that at your own pace.
# - *Gradients* draws arrows at some of the fakes: the way in which $G$'s loss falls. *G's map* shows where $G$ takes a
#   grid of noise, each cell of which holds the same share of it. *z to x* sends the fakes on their way from the noise.
# - The charts show both losses, and two distances between fakes and real points: the *Jensen-Shannon divergence*,
#   counted in a grid of cells, and a *Wasserstein distance* (chapter 04). Both are 0 for equal distributions. The faint
#   lines show what two sets of real points are apart.
#
# The loss, its penalty or clip, the rates and the numbers of updates can change in the middle of a run. Any other
# setting starts a new one. All of it works from the keyboard: Tab goes on, the space bar presses, arrow keys move
# sliders and the crosshair.

# %% tags=["cover"]
lab = viz.GANLab()
lab

# %%
about_modes = viz.Prediction(
    "The fakes begin as a blot in the middle. On how many of the eight clusters will there be fakes after 2,000 "
    "iterations?",
    ["1 or 2", "3 to 7", "all 8"],
)
about_modes

# %% [markdown]
# The next cell trains the laboratory above for 2,000 iterations, some 5 seconds. Look up while it runs.


# %%
def found(lab):
    """How many clusters have fakes, and the share of fakes close to one; None for fakes that are not finite."""
    fakes = lab.fakes()
    return metrics.mode_coverage(fakes, toy) if fakes.isfinite().all() else None


lab.run(runtime.budget(full=2000, quick=50))
coverage = found(lab)
print(f"{coverage.captured} of 8 clusters have fakes, {coverage.high_quality:.0%} of the fakes are close to one")
about_modes.reveal("all 8" if coverage.captured == 8 else "3 to 7" if coverage.captured > 2 else "1 or 2")

losses = torch.stack([torch.tensor(lab.session.run.losses[player][:, 1]) for player in "DG"])
quarter = losses.shape[1] // 4
for words, part in (("first", losses[:, :quarter]), ("last", losses[:, -quarter:])):
    print(f"{words:5} quarter of the run: loss of D {part[0].mean():.2f} ± {part[0].std():.2f}", end=", ")
    print(f"correlation with the loss of G {torch.corrcoef(part)[0, 1]:.2f}")

# %% [markdown]
# Look at the chart of the losses. At first they swing, and against each other: when one player gains, the other loses.
# So did the players of $x y$. Later the swings die down.
#
# Scroll up and press *Play*: it goes on from there. You need not pause it before you run another cell; while that
# runs, the laboratory waits. (Running its own cell again ends it and makes a new one.)
#
# **Experiments.** Laboratories that nobody looks at are good for comparing. Each row starts from the same seed and
# does 1,500 iterations. Predict each row before you run the cell, which takes about half a minute: what becomes of a
# game whose players are not matched?

# %%
print("                                  clusters   close   Wasserstein   loss of D")
for words, settings in (
    ("as above", {}),
    ("G learns five times as often", {"steps_g": 5}),
    ("D is tiny: 1 layer of 4 units", {"layers_d": 1, "width_d": 4}),
    ("G is tiny: 1 layer of 4 units", {"layers_g": 1, "width_g": 4}),
    ("minimax loss, with Adam", {"loss": "minimax"}),
    ("WGAN-GP, D three times", {"loss": "wgan_gp", "penalty": 0.1, "steps_d": 3}),
):
    trial = viz.GANLab(**settings)
    trial.run(runtime.budget(full=1500, quick=20))
    run, coverage = trial.session.run, found(trial)
    row = f"{coverage.captured:8} of 8{coverage.high_quality:8.0%}" if coverage else "      not finite    "
    print(f"{words:32}{row}{run.distances['W'][-1, 1]:12.2f}{run.losses['D'][-100:, 1].mean():14.2f}")

# %% [markdown]
# - **A $D$ that falls behind cannot teach.** With five steps of $G$ for each of $D$, the fakes run after a verdict that
#   is out of date. A tiny $D$ is too coarse, and the fakes leave the ring altogether. Watch it above: press *Reset*,
#   set $G$'s updates to 5, and *Play*.
# - **A tiny $G$** cannot reach all clusters, however good its teacher is.
# - The minimax loss works here. You know why: the optimizer is Adam, and $D$ is never far ahead for long.
# - **The loss of $D$ does not rank the rows.** Where $G$ learns five times as often it is about $\log 4 = 1.386$, what
#   an undecided $D$ pays, and the fakes are bad. With the minimax loss it is nearly the same, and they are good. (The
#   last row's loss is on another scale: a critic's score, with a penalty. Being negative is no fault.)
#
# **Your own parts.** Pass a generator, a discriminator, a loss or data. Here are points on a letter X, a generator of
# your own with noise of one dimension, and a class of GAN with its penalty.


# %%
class Curve(torch.nn.Module):
    """A generator whose noise is a single number: its fakes lie on a curve."""

    latent_dim = 1

    def __init__(self):
        super().__init__()
        self.waves = torch.nn.Linear(1, 64)
        self.out = torch.nn.Linear(64, 2)

    def forward(self, z):
        return self.out(torch.sin(3 * self.waves(z)))


t = torch.linspace(-1, 1, 15)[:, None]
letter = torch.cat([torch.cat([t / 2, t], 1), torch.cat([-t / 2, t], 1)])
yours = viz.GANLab(letter, generator=Curve, loss=partial(R1GAN, penalty_weight=0.3), rate_d=3e-3)
yours

# %%
yours.run(runtime.budget(full=1500, quick=20))
distances = yours.session.run.distances["W"][:, 1]
print(f"Wasserstein distance: {distances[0]:.2f} at the start, {distances[-1]:.2f} now", end="")
print(f" ({yours.session.run.floor[1]:.2f} between two sets of real points)")

# %% [markdown]
# **More experiments**, all in the first laboratory. Predict, then look.
#
# - Choose *draw your own* as data, draw something with gaps, and press *Use drawing* and *Play*. What does $G$ do with
#   the gaps?
# - Go back to the ring, set $G$'s updates to 0, switch *Gradients* on and *Play* for a few seconds: only $D$ learns. Do
#   the arrows grow or shrink? Then choose the *minimax* loss. What has become of them? (Afterwards set both back.)
# - Let a run find the ring, and only then set $G$'s updates to 5. Does that break it too?
# - Set the dimensions of the noise to 1, train for some seconds, and press *z to x*; switch *G's map* on. Can a curve
#   visit all clusters? Can it fill one?
# - Press *Pre-trained*, set both rates to 0.01, and *Play*. Does what is good stay good?
# - *Save run* writes everything to a file, and *Load run* goes on from there: on the same machine with the same
#   software, exactly as if there had been no pause. *Save picture* keeps what you see.

# %% [markdown]
# ## What does an accuracy of 50 % mean?
#
# Suppose the fakes are perfect: $p_g = p_\text{data}$. Then nobody can tell them from real samples, and every
# discriminator is right half of the time. So people watch $D$'s accuracy and hope for 50 %. During "The loop"
# it was noted every 25 updates, on real points that nobody trained with and as many fakes.

# %%
about_fresh = viz.Prediction(
    "After 100 updates the fakes were a blur without clusters. How often was D right then?",
    ["about 100 %", "about 80 %", "about 60 %"],
)
about_fresh

# %%
steps, values = list(own_accuracy), torch.tensor(list(own_accuracy.values()))
for first, last in ((0, 100), (100, 1000), (1000, 2500), (2500, 5000)):
    part = values[[first < step <= last for step in steps]]
    if len(part):
        print(f"updates {first:5,} to {last:5,}: {part.mean():.0%} right, from {part.min():.0%} to {part.max():.0%}")
nearest = min((1.0, 0.8, 0.6), key=lambda guess: abs(guess - own_accuracy[100]))
about_fresh.reveal(f"about {nearest:.0%}".replace("%", " %"));

# %% [markdown]
# The accuracy tends to 50 %, and it was never far away, not even when the fakes were bad. Sometimes it is even *below*
# 50 %: $G$ has just moved away from where $D$ expects it.
#
# So what would a discriminator say that has time to learn? Take samples of the present $G$, hold $G$ still, and train a
# **fresh** discriminator on half of them. Judge it on the other half, which it has never seen. This is a *classifier
# two-sample test* (arXiv 1610.06545). If both samples have the same distribution, its accuracy is 50 % up to chance:
# with 8,000 judged points the standard deviation is $0.5 / \sqrt{8000} = 0.6 \%$.


# %%
def train_discriminator(D, real, fake, updates=1000, penalty=0.0):
    """D after training on these real and fake points."""
    optimizer = Adam(D.parameters(), lr=5e-3, fused=True)
    batches, fake_batches = Batches(real, 128, seed=1), Batches(fake, 128, seed=2)
    for _ in range(updates):
        (x,), (fake_x,) = next(batches), next(fake_batches)
        loss = non_saturating.discriminator(D(x), D(fake_x))
        if penalty:
            loss = loss + penalty * r1_penalty(D, x)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return D


def fresh_accuracy(real, fake):
    """How often a new discriminator, trained on every second point, is right about the others."""
    runtime.seed_everything(2)
    D = train_discriminator(MLPDiscriminator((2,), width=64), real[::2], fake[::2])
    return share_right(D, real[1::2], fake[1::2])


# %%
fresh = {}
print("updates   D in the game   fresh D   fresh D, fakes by the moving average of G")
for step, (G_then, _, average) in diary.items():
    if step > 0:
        with torch.no_grad():
            fakes = G_then(noise), average(noise)
        fresh[step] = [fresh_accuracy(held_out, fake) for fake in fakes]
        print(f"{step:7,}{own_accuracy[step]:15.0%}{fresh[step][0]:10.0%}{fresh[step][1]:10.0%}")
print(f"real points against other real points:  {fresh_accuracy(held_out, train[:8000]):.1%}")

# %%
picture = viz.Picture(
    7,
    3.6,
    "Accuracy against updates. D in the game stays near 50 to 60 %. A fresh D is right far more often about G's fakes, "
    "up to the end; about those of G's moving average it is soon right less often.",
)
ax, theme = picture.axes_of(), picture.theme
ax.axhline(0.5, color=theme.faint, linewidth=1)
ax.plot(steps[1:], values[1:], color=theme.discriminator, linewidth=1, label="D in the game")
for i, (words, style) in enumerate((("fresh D, fakes by G", "s-"), ("fresh D, fakes by the moving average", "o--"))):
    ax.plot(list(fresh), [pair[i] for pair in fresh.values()], style, color=theme.generator, label=words)
ax.set(xscale="log", xlabel="updates", ylabel="accuracy", ylim=(0.4, 1))
ax.set_xticks(moments[1:], [f"{step:,}" for step in moments[1:]])
ax.minorticks_off()
ax.legend(frameon=False, fontsize=9, labelcolor=theme.text)
picture

# %% [markdown]
# Three lessons in one picture.
#
# - **50 % in the game proves nothing.** $D$ was not far from 50 % while a fresh one was right more than eight times in
#   ten. In the game $D$ chases a moving target and never gets time to learn it.
# - **$G$ itself never settles.** A fresh $D$ still finds it out at the end, although nearly all fakes are close to a
#   cluster: look at the last scene above, where the fakes lie a little beside the middle of each cluster. From update
#   to update $G$ shifts them, as the players of $x y$ did.
# - **The average does better.** Its fakes are much harder to tell from real points. That is what averaging is worth.
#
# (A fresh $D$ gives a *lower bound*: a bigger one, or one that trains for longer, may find more.)
#
# ### A discriminator that cannot see
#
# There are simpler ways to look undecided, with no good fake at all. Let the "fakes" be points all over a disc. No one
# would confuse them with the ring. Four discriminators judge them; the first one is never trained.

# %%
radius, angle = 1.2 * torch.rand(8000, 1, generator=own).sqrt(), 2 * torch.pi * torch.rand(8000, 1, generator=own)
disc = torch.cat([radius * angle.cos(), radius * angle.sin()], 1)

runtime.seed_everything(3)
linear = torch.nn.Sequential(torch.nn.Linear(2, 1), torch.nn.Flatten(0))
untrained, penalised, fresh_D = (MLPDiscriminator((2,), width=64) for _ in range(3))
print("discriminator        right    loss -V    D(x) lies between")
for words, D, settings in (
    ("never trained", untrained, {"updates": 0}),
    ("linear", linear, {}),
    ("R1 penalty of 100", penalised, {"penalty": 100.0}),
    ("fresh, no penalty", fresh_D, {}),
):
    train_discriminator(D, train[:4000], disc[:4000], **settings)
    with torch.no_grad():
        real_logits, fake_logits = D(held_out[:4000]), D(disc[4000:])
    right, loss = share_right(D, held_out[:4000], disc[4000:]), minimax.discriminator(real_logits, fake_logits)
    p = torch.sigmoid(torch.cat([real_logits, fake_logits]))
    print(f"{words:20}{right:6.0%}{loss:11.3f}    {p.min():.4f} and {p.max():.4f}")
print(f"always 1/2:{2 * log(2):26.3f}")

# %%
picture = viz.Picture(
    9,
    3.3,
    "Ring and disc under three verdicts. The linear and the penalised discriminator are undecided everywhere. The "
    "fresh one is white to pale blue at the clusters and orange everywhere else.",
)
for i, (words, D) in enumerate((("linear", linear), ("R1 penalty of 100", penalised), ("fresh, no penalty", fresh_D))):
    draw_scene(picture.axes_of(1, 3, i + 1), D, disc, words)
picture

# %% [markdown]
# The linear $D$ is *too weak*: its verdict can only change along one direction, and ring and disc have the same centre.
# Training longer would not help. The penalised $D$ is *held back*: it says 1/2 to everything, because any slope costs
# too much. Its loss is that of a $D$ that faces perfect fakes. (Its accuracy is better than its loss suggests: a lead
# of a hair counts as right.) The one that was never trained knows nothing. And the fresh one sees the difference
# at once.
#
# So: perfect fakes give 50 %. But a $D$ that looks undecided may also be behind, blind, or tied. Judge with a fresh
# discriminator on held-out samples, and with measures that know nothing of the game (chapter 09).

# %% [markdown]
# ## Exercises
#
# Replace the line with `raise` and run the cell. The check says what is wrong, if anything is.
#
# ### Exercise 1: the loss of D
#
# Write `discriminator_loss(real_logits, fake_logits)`: the loss $-V$, from logits.
#
# - It is $-\mathbb{E} \log D(x) - \mathbb{E} \log\bigl(1 - D(G(z))\bigr)$. Each expectation is the mean over its own
#   batch; the batches may differ in size.
# - Loss and gradient must be right at logits of $\pm 200$ as well.
# - Do not use `ganlib.losses`. Anything in PyTorch is fine.


# %% tags=["exercise", "raises-exception"]
def discriminator_loss(real_logits, fake_logits):
    raise NotImplementedError


if checks.discriminator_loss(discriminator_loss):
    yours = discriminator_loss(real_logits, fake_logits).item()
    print(f"yours {yours:.6f}, the course's {minimax.discriminator(real_logits, fake_logits).item():.6f}")

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# What is the minus logarithm of a sigmoid, as a function of the logit? See "Why logits?" above.
# </details>
# <details><summary>Hint 2</summary>
#
# <code>F.softplus</code>, <code>F.logsigmoid</code> and <code>F.binary_cross_entropy_with_logits</code> are all safe.
# For the fakes you need log(1 − σ(a)), which is log σ(−a).
# </details>


# %% tags=["solution"] jupyter={"source_hidden": true}
# BEGIN SOLUTION
def solution(real_logits, fake_logits):
    return F.softplus(-real_logits).mean() + F.softplus(fake_logits).mean()


checks.discriminator_loss(solution);
# END SOLUTION

# %% [markdown]
# ### Exercise 2: the loss of G
#
# Write `generator_loss(fake_logits)`: the non-saturating loss $-\mathbb{E} \log D(G(z))$, from logits, again right at
# $\pm 200$.


# %% tags=["exercise", "raises-exception"]
def generator_loss(fake_logits):
    raise NotImplementedError


if checks.generator_loss(generator_loss):
    logits = torch.tensor([-200.0, 0.0, 200.0], requires_grad=True)
    generator_loss(logits).backward()
    print("its slope at logits of -200, 0 and 200, times 3:", (3 * logits.grad).tolist())

# %% [markdown]
# <details><summary>Hint</summary>
#
# It is cross-entropy with the label 1: the generator pretends that its fakes are real.
# </details>


# %% tags=["solution"] jupyter={"source_hidden": true}
# BEGIN SOLUTION
def solution(fake_logits):
    return F.binary_cross_entropy_with_logits(fake_logits, torch.ones_like(fake_logits))


checks.generator_loss(solution);
# END SOLUTION

# %% [markdown]
# ### Exercise 3: a step of the game
#
# Write `play(x, y, lr)`: one step of $V(x, y) = x y$ **in turn, where $x$ moves first**. $x$ minimises $V$, $y$
# maximises it and answers the new $x$. It returns the new $x$ and the new $y$.
#
# Before you run it: which ellipse will the players stay on?


# %% tags=["exercise", "raises-exception"]
def play(x, y, lr):
    raise NotImplementedError


if checks.play(play):
    x, y = walk(play, 0.5, 1000).T
    for sign in (1, -1):
        kept = x**2 + y**2 + sign * 0.5 * x * y
        print(f"x^2 + y^2 {'+' if sign > 0 else '-'} 0.5 x y lies between {kept.min():.4f} and {kept.max():.4f}")

# %% [markdown]
# <details><summary>Hint</summary>
#
# Who goes down, who goes up? And which x does the slope of y contain when its turn comes?
# </details>


# %% tags=["solution"] jupyter={"source_hidden": true}
# BEGIN SOLUTION
def solution(x, y, lr):
    x = x - lr * y
    return x, y + lr * x


checks.play(solution);
# END SOLUTION

# %% [markdown]
# ### Exercise 4: one iteration
#
# Write `training_step(G, D, optimizer_d, optimizer_g, real, z_d, z_g)`: one iteration in which each player moves once,
# through its optimizer.
#
# 1. $D$ moves first. It minimises $-\mathbb{E} \log D(x) - \mathbb{E} \log(1 - D(G(z_d)))$. This must compute **no
#    gradients for $G$**.
# 2. $G$ answers. It minimises $-\mathbb{E} \log D(G(z_g))$, with new fakes from `z_g`, judged by $D$ **after its
#    step**.
#
# Gradients left over from earlier iterations must not count. What $D$ holds afterwards does not matter, but its weights
# must still be trainable. You may use `non_saturating` from `ganlib.losses`. It need not return anything.


# %% tags=["exercise", "raises-exception"]
def training_step(G, D, optimizer_d, optimizer_g, real, z_d, z_g):
    raise NotImplementedError


if checks.training_step(training_step):
    G, D, optimizer_g, optimizer_d = new_players()
    for real in islice(Batches(train, 128), 1000):
        training_step(G, D, optimizer_d, optimizer_g, *real, torch.randn(128, 2), torch.randn(128, 2))
    picture = viz.Picture(3.4, 3.5, "Your fakes after 1,000 of your steps, with the verdict of D.")
    draw_scene(picture.axes_of(), D, G(noise[:300]), "yours, after 1,000 steps")
    display(picture)

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Each half has the same three lines as any training step: clear the gradients, go backward, step. Which optimizer
# belongs to which half?
# </details>
# <details><summary>Hint 2</summary>
#
# What keeps the backward pass of D's loss out of G? And where must D(G(z_g)) be computed, before or after
# <code>optimizer_d.step()</code>?
# </details>


# %% tags=["solution"] jupyter={"source_hidden": true}
# BEGIN SOLUTION
def solution(G, D, optimizer_d, optimizer_g, real, z_d, z_g):
    loss_d = non_saturating.discriminator(D(real), D(G(z_d).detach()))
    optimizer_d.zero_grad()
    loss_d.backward()
    optimizer_d.step()

    with frozen(D):
        loss_g = non_saturating.generator(D(G(z_g)))
        optimizer_g.zero_grad()
        loss_g.backward()
        optimizer_g.step()


checks.training_step(solution);
# END SOLUTION

# %% [markdown]
# ### Exercise 5: accuracy
#
# Write `accuracy(real_logits, fake_logits)`: the share of all samples that $D$ calls right, from 0 to 1. The two
# batches have the same size, and no logit is exactly 0.


# %% tags=["exercise", "raises-exception"]
def accuracy(real_logits, fake_logits):
    raise NotImplementedError


if checks.accuracy(accuracy):
    for words, D in (("linear", linear), ("fresh", fresh_D)):
        with torch.no_grad():
            yours = accuracy(D(held_out[:4000]), D(disc[4000:]))
        print(f"{words} discriminator, ring against disc: {float(yours):.0%}")

# %% [markdown]
# <details><summary>Hint</summary>
#
# D calls a sample real when D(x) > 1/2. For which logits is that so?
# </details>


# %% tags=["solution"] jupyter={"source_hidden": true}
# BEGIN SOLUTION
def solution(real_logits, fake_logits):
    right = torch.cat([real_logits > 0, fake_logits < 0])
    return right.float().mean()


checks.accuracy(solution);
# END SOLUTION

# %% [markdown]
# **More to try.** Predict first, then change the cells above and run them again.
#
# - Train $G$ in the loop with `minimax.generator`. Does Adam hide the difference here too?
# - Set $k = 5$. Is $D$'s accuracy higher? Are the fakes better, after the same number of updates, or after the same
#   time?
# - Let $\gamma < \eta$ in "at once, y pays". What does the formula say, and what happens?
# - Give both players of the loop momentum (`betas=(0.9, 0.99)`). What changes?

# %% [markdown]
# ## Summary
#
# - $V(D, G) = \mathbb{E} \log D(x) + \mathbb{E} \log(1 - D(G(z)))$. $D$ maximises it; its loss $-V$ is cross-entropy,
#   computed from logits.
# - $G$'s minimax loss has hardly any slope when $D$ is ahead. The non-saturating loss pushes each fake in the same
#   direction, and harder. It is no longer zero-sum. Adam hides part of the difference.
# - Following gradients in a game goes round in circles, or worse. Alternating, averaging, and a penalty on $D$ help.
# - Each optimizer moves its own player. `detach`, `frozen` and `zero_grad` decide which gradients are computed and
#   kept.
# - Perfect fakes make $D$ right half of the time. $D$ being right half of the time does not make fakes perfect.
#
# ### Test yourself
#
# <details><summary>D says 1/2 to everything. What are V, D's loss, and G's two losses?</summary>
#
# V = −2 log 2 = −1.386, so D's loss is 1.386. G's saturating loss is log(1/2) = −0.693, the non-saturating one
# −log(1/2) = 0.693.
# </details>
# <details><summary>D(G(z)) = 0.001. How much larger is the non-saturating slope for the logit?</summary>
#
# (1 − D) / D = 999 times.
# </details>
# <details><summary>"We use log(1 − D(G(z))) with Adam. Its gradient vanishes, so G is stuck." Your answer?</summary>
#
# Adam divides by the size of the gradient, so a small factor alone does not stop G. It fails where the gradient drowns
# in noise or in rounding, and it lets the few fakes with the largest D(G(z)) decide the direction.
# </details>
# <details><summary>Is (0, 0) a Nash equilibrium of x y although gradient steps do not lead there?</summary>
#
# Yes. An equilibrium is a place where no player gains by moving alone. It says nothing about how to get there.
# </details>
# <details><summary>You forgot detach in D's step; zero_grad begins each player's own step. What breaks?</summary>
#
# Nothing in the result. D's backward pass computes gradients for G that are thrown away: wasted time.
# </details>
# <details><summary>D looks undecided: accuracy near 50 %, loss near 1.386. Name three explanations.</summary>
#
# Perfect fakes. A D that is too weak or too strongly penalised to see the difference. A D that lags behind a moving G.
# Only a fresh discriminator, judged on held-out samples, tells them apart.
# </details>
#
# ### To read next
#
# - Goodfellow et al. 2014, *Generative adversarial nets*, arXiv 1406.2661: the value function, both losses of G, and
#   the loop (algorithm 1).
# - Goodfellow 2016, *NIPS 2016 tutorial: generative adversarial networks*, arXiv 1701.00160: section 3.2 compares the
#   losses.
# - Arjovsky and Bottou 2017, *Towards principled methods for training generative adversarial networks*, arXiv
#   1701.04862: what both gradients of G do when D is nearly perfect.
# - Mescheder et al. 2018, *Which training methods for GANs do actually converge?*, arXiv 1801.04406: the smallest GAN,
#   and the R1 penalty.
# - Gidel et al. 2018, *A variational inequality perspective on generative adversarial networks*, arXiv 1802.10551:
#   averaging, and better steps for games.
# - Bailey et al. 2019, *Finite regret and cycles with fixed step-size via alternating gradient descent-ascent*, arXiv
#   1907.04392: why taking turns stays bounded.
# - Lopez-Paz and Oquab 2016, *Revisiting classifier two-sample tests*, arXiv 1610.06545: the fresh discriminator as a
#   test.

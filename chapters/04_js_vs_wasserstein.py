# %% [markdown]
# # 04 · JS vs Wasserstein
#
# {{links}}
#
# Chapter 03 found what a perfect discriminator measures: the Jensen-Shannon divergence. It is a fine distance with one
# flaw. As soon as fakes and real samples no longer overlap, it stops changing, and $G$ is told that it is wrong but
# not where to go. In this chapter you see it happen, in a formula, on a line, and in training. Then you move earth
# with your own hands, find the distance that does not go flat, and train a critic to measure it.
#
# **You will be able to**
#
# - say what KL, reverse KL, JS and the Wasserstein distance do when two distributions drift apart, with numbers,
# - explain why $D$ can be perfect so often, and what that does to each of $G$'s losses,
# - compute $W_1$ by hand, by sorting, and by linear program, and prove that a price cannot be beaten,
# - say what a critic must obey, and compare the two usual ways to make it: clipping and the gradient penalty,
# - choose a divergence and foresee what a model that is too simple will do: cover all modes, or drop some.
#
# **You need** chapters 02 and 03: both losses of $G$, the optimal $D^*$, and $V(G, D^*) = 2\,\mathrm{JS} - 2 \log 2$.
#
# **Time**: about 100 minutes to read and try. All cells together run for about a minute on one CPU core. The networks
# are tiny, so no cell uses a GPU.

# %% tags=["setup"]
# {{setup}}

# %%
from functools import lru_cache
from math import inf, log, sqrt

import numpy as np
import torch
from ipywidgets import Dropdown, FloatSlider
from matplotlib.colors import LinearSegmentedColormap
from scipy.spatial.distance import cdist
from scipy.stats import wasserstein_distance
from torch.distributions import Categorical, MixtureSameFamily, MultivariateNormal, Normal, Uniform, kl_divergence
from torch.nn.functional import softplus
from torch.optim import SGD, Adam, RMSprop

from ganlib import checks, divergences, runtime, viz
from ganlib.data import toys
from ganlib.losses import gradient_penalty, input_gradient, minimax, non_saturating, wasserstein
from ganlib.models import DCGANDiscriminator, MLPDiscriminator, MLPGenerator
from ganlib.viz.critic_lab import Settings, Trial

torch.set_num_threads(1)

# %% [markdown]
# ## Four numbers on one axis
#
# Take the simplest generator there is. It has one weight, $\theta$, and that is *where its fakes are*. The real samples
# stay around 0. The game is solved at $\theta = 0$. How far is it still to go? Here are four answers. ($p$ is the data,
# $q$ the fakes, $m = (p + q)/2$.)
#
# | | formula | read it as |
# |---|---|---|
# | KL | $\mathrm{KL}(p \,\Vert\, q) = \int p \log \frac{p}{q}$ | surprise of a believer in $q$ who sees real samples |
# | reverse KL | $\mathrm{KL}(q \,\Vert\, p) = \int q \log \frac{q}{p}$ | surprise of a believer in $p$ who sees fakes |
# | JS | $\frac12 \mathrm{KL}(p \Vert m) + \frac12 \mathrm{KL}(q \Vert m)$ | what the best $D$ can know |
# | $W_1$ | $\min$ over plans of mass × distance | the work of moving $q$ onto $p$ |
#
# Three pairs to try: two **Gaussians**; two **uniform** distributions, which end sharply; and two **parallel lines** in
# the plane, the example with which the Wasserstein GAN was introduced (arXiv 1701.07875, example 1): real samples are
# $(0, z)$, fakes are $(\theta, z)$, with $z$ uniform on $[0, 1]$.

# %%
nearer = viz.Prediction(
    "Real samples and fakes lie apart and do not overlap at all. G moves its fakes a little closer. "
    "Which of the numbers changes?",
    ["all of them", "only JS", "only KL and reverse KL", "only W1"],
)
nearer

# %% [markdown]
# The next cell computes the four numbers over $\theta$, and the slope of each: that slope is the gradient that $G$'s
# only weight receives.

# %%
x = torch.linspace(-11, 11, 441, dtype=torch.float64)


def gaussians(theta, spread):
    """Real samples from N(0, 0.5^2), fakes from N(theta, spread^2)."""
    p, q = Normal(torch.zeros_like(theta), 0.5), Normal(theta, spread)
    js = divergences.js(Normal(0.0, 0.5).log_prob(x), Normal(theta[..., None], spread).log_prob(x), x)
    return kl_divergence(p, q), kl_divergence(q, p), js, divergences.normal_w1(p, q)


def uniforms(theta, spread):
    """Real samples from [-0.5, 0.5], fakes from [theta - spread, theta + spread]."""
    d = divergences.uniform_divergences(Uniform(-0.5, 0.5), Uniform(theta - spread, theta + spread))
    return d.kl, d.reverse_kl, d.js, d.w1


def lines(theta, spread):
    """Lines have no width: the spread plays no part."""
    d = divergences.parallel_lines(theta)
    return d.kl, d.reverse_kl, d.js, d.w1


pairs = {"two Gaussians": gaussians, "two uniforms": uniforms, "parallel lines": lines}


# %%
def with_slopes(pair, theta, spread=0.5):
    """The four numbers at each theta, and the derivative of each; two arrays (4, n)."""
    theta = torch.as_tensor(theta, dtype=torch.float64).clone().requires_grad_(True)
    values = pair(theta, spread)
    slopes = [torch.autograd.grad(value.sum(), theta, retain_graph=True)[0] for value in values]
    return torch.stack(values).detach(), torch.stack(slopes)


axis = torch.arange(-60, 61, dtype=torch.float64) / 15  # 0 is one of them


@lru_cache
def curves(name, spread):
    """Values and slopes along the axis; infinite values and their slopes are left out of the drawing."""
    values, slopes = with_slopes(pairs[name], axis, spread)
    hidden = values.isinf()
    return values.masked_fill(hidden, torch.nan), slopes.masked_fill(hidden, torch.nan)


def shapes(name, theta, spread):
    """What to draw for real samples and fakes: densities, or the lines themselves."""
    if name == "parallel lines":
        return (torch.zeros(2), torch.tensor([0, 1])), (torch.full((2,), theta), torch.tensor([0, 1]))
    if name == "two Gaussians":
        return (axis, Normal(0.0, 0.5).log_prob(axis).exp()), (axis, Normal(theta, spread).log_prob(axis).exp())
    ends, box = torch.tensor([-1, -1, 1, 1]), torch.tensor([0, 1, 1, 0])
    return (0.5 * ends, box), (theta + spread * ends, box / (2 * spread))

# %%
STYLES = {"KL": "-.", "reverse KL": ":", "JS": "-", "W1": "--"}


def draw_curves(ax, name, spread, which):
    """One line for each number; purple are those that a discriminator or a critic measures."""
    theme, lines = ax.figure.theme, []
    for words, style, y in zip(STYLES, STYLES.values(), curves(name, spread)[which], strict=True):
        measured = words in ("JS", "W1")
        colour, width = (theme.discriminator, 2.4) if measured else (theme.text, 1.3)
        lines += ax.plot(axis, y, style, color=colour, linewidth=width, label=words)
    return lines


def readout(name, theta, spread):
    """The four numbers and their slopes at theta, as lines of text."""
    values, slopes = (rows[:, 0].tolist() for rows in with_slopes(pairs[name], [theta], spread))
    rows = []
    for value, slope in zip(values, slopes, strict=True):
        rows.append(f"{value:18.4f}{'none' if value == inf else f'{slope:z.4f}':>10}")
    return "\n".join(rows)


# %%
def draw_axis(picture):
    theme, places = picture.theme, picture.add_gridspec(2, 2, width_ratios=[1.75, 1])
    value, slope, shape, words = (picture.axes_of(places[i, j]) for j in (0, 1) for i in (0, 1))
    curved = [draw_curves(ax, "two Gaussians", 0.5, which) for which, ax in enumerate((value, slope))]
    value.legend(ncols=4, frameon=False, fontsize=9, labelcolor=theme.text, loc="lower center", bbox_to_anchor=(0.5, 1))
    value.set(xlim=(-4, 4), ylim=(0, 4), ylabel="value")
    slope.set(xlim=(-4, 4), ylim=(-2.2, 2.2), ylabel="slope: what G receives", xlabel="θ, where the fakes are")
    here = [ax.axvline(0, color=theme.generator, linewidth=1) for ax in (value, slope)]
    drawn = [shape.plot([], [], style, color=c)[0] for c, style in ((theme.real, "-"), (theme.fake, "--"))]
    shape.set(xlim=(-4, 4), ylim=(0, 2.1), xticks=[-3, 0, 3], yticks=[])
    shape.set_xlabel("real samples (full)\nand fakes (dashed)")
    words.set_axis_off()
    fixed = {"family": "monospace", "fontsize": 9.5, "color": theme.text, "va": "top"}
    words.text(0, 0.85, "\n".join(["             value     slope", *STYLES]), **fixed)
    told = words.text(0, 0.85, "", **fixed)

    def move(pair, theta, spread):
        for which, artists in enumerate(curved):
            for line, y in zip(artists, curves(pair, spread)[which], strict=True):
                line.set_ydata(y)
        for line, (across, up) in zip(drawn, shapes(pair, theta, spread), strict=True):
            line.set_data(across, up)
        told.set_text("\n" + readout(pair, theta, spread))
        for line in here:
            line.set_xdata([theta, theta])
        return [*curved[0], *curved[1], *here, *drawn, told]

    return move

# %% tags=["cover"]
viz.Explorer(
    viz.FigureWidget(
        7.6,
        4.8,
        "KL, reverse KL, JS and W1 over theta, above, and their slopes, below. JS flattens, W1 is a V with slope one; "
        "beside them the two distributions and the numbers at the chosen theta.",
        draw_axis,
    ),
    pair=Dropdown(options=list(pairs), description="pair"),
    theta=FloatSlider(value=2.0, min=-4.0, max=4.0, step=0.05, description="θ"),
    spread=FloatSlider(value=0.5, min=0.2, max=1.5, step=0.05, description="fakes' spread"),
)

# %% [markdown]
# Tab goes to the list or a slider, and the arrow keys move it. Try this:
#
# 1. Two Gaussians: push $\theta$ outwards. Which curve goes flat? Which do not? (While both spreads are 0.5, the two
#    KLs are equal, and one curve hides the other.)
# 2. Two uniforms: the same, slowly. What happens at the moment when they part?
# 3. Two uniforms, with the spread at 1: when is one KL finite and the other not?
# 4. Parallel lines. Read the numbers at $\theta = 0.05$, and at 0.
#
# Now in numbers.

# %% tags=["nbval-check-output"]
print("pair             theta       KL  reverse KL         JS   slope of JS       W1  slope of W1")
for name, places in (
    ("two Gaussians", (0.5, 1, 2, 4)),
    ("two uniforms", (0.25, 0.75, 1.5, 3)),
    ("parallel lines", (0.01, 1, 3)),
):
    for theta in places:
        values, slopes = (rows[:, 0].tolist() for rows in with_slopes(pairs[name], [theta]))
        print(f"{name:15}{theta:7}{values[0]:9.4f}{values[1]:12.4f}{values[2]:11.6f}{slopes[2]:14.1e}", end="")
        print(f"{values[3]:9.4f}{slopes[3]:13.4f}")

near, far = (with_slopes(uniforms, [theta])[0][:, 0] for theta in (1.9, 2.0))
changed = [words for words, a, b in zip(STYLES, near, far, strict=True) if a != b]
js, js_slope = (rows[2, 0].item() for rows in with_slopes(uniforms, [2.0]))
print(f"uniforms apart: JS - log 2 = {js - log(2)}, slope of JS = {js_slope}; from 2.0 to 1.9 these change: {changed}")
nearer.reveal("only W1" if changed == ["W1"] else "all of them")

# %% [markdown]
# - **JS** ends at $\log 2 = 0.693$ (one bit). Where the supports do not meet it is *exactly* $\log 2$, and its slope
#   is exactly 0: not small, nothing. That is no accident of rounding. A perfect $D$ says 1 to all real samples and 0
#   to all fakes, whether they are a hair apart or a mile. So $V = 0$, and $V = 2\,\mathrm{JS} - 2 \log 2$.
# - **KL** is infinite there, in both directions (an infinite number has no slope either). But for two Gaussians, which
#   overlap everywhere, it is $\theta^2 / (2 \sigma^2)$: here $2\,\theta^2$. It grows faster and faster. It does **not**
#   flatten: of the two, only JS does. At $\theta = 4$ it is 32, and its slope is 16.
# - **$W_1$** is $\lvert\theta\rvert$ for all three pairs, as long as both have the same shape. Its slope is 1, near
#   and far: it always says which way to go.
#
# The first three compare the two densities *at the same place*. Only $W_1$ knows what "near" means.
#
# The slope of JS for Gaussians never is exactly 0, but look how fast it falls: from $\theta = 2$ to $\theta = 4$ by a
# factor of about 350.
#
# (Do you know a picture in which KL flattens, too? Such pictures are made from histograms with a small number added to
# empty cells. It is the small number that flattens.)
#
# ### Can we trust these numbers?
#
# Each was computed in one way. Let us take one case, $\theta = 1$ with a spread of 0.8, and compute it in three: by
# formula, by quadrature (sums on a grid), and by Monte Carlo (averages over samples). For $W_1$ also by linear program.

# %% tags=["nbval-check-output"]
p, q = (Normal(torch.tensor(m, dtype=torch.float64), s) for m, s in ((0.0, 0.5), (1.0, 0.8)))
log_p, log_q = p.log_prob(x), q.log_prob(x)
runtime.seed_everything(0)
of_p, of_q = p.sample((400_000,)), q.sample((400_000,))
p_ratio, q_ratio = (p.log_prob(s) - q.log_prob(s) for s in (of_p, of_q))
js = divergences.js_estimate(p_ratio, q_ratio)

print("              formula   quadrature   Monte Carlo (400,000 samples)")
kl = kl_divergence(p, q), divergences.kl(log_p, log_q, x), p_ratio.mean()
print("KL         {:10.5f}{:13.5f}{:11.2f}".format(*kl))
kl = kl_divergence(q, p), divergences.reverse_kl(log_p, log_q, x), -q_ratio.mean()
print("reverse KL {:10.5f}{:13.5f}{:11.2f}".format(*kl))
print(f"JS               none{divergences.js(log_p, log_q, x):13.5f}{js.value:11.3f}")
w1 = divergences.normal_w1(p, q), divergences.w1(log_p, log_q, x), divergences.sorted_w1(of_p, of_q)
print("W1         {:10.5f}{:13.5f}{:11.2f}".format(*w1))
few = of_p[:100], of_q[:100]
program = divergences.optimal_transport(cdist(*(samples[:, None] for samples in few))).cost
print(f"W1 of 100 samples, sorted: {divergences.sorted_w1(*few):.6f}, by linear program: {program:.6f}")

# %% [markdown]
# They agree as far as each method goes. (JS of two Gaussians has no closed formula.)

# %% [markdown]
# ## What G feels while D gets better
#
# A real $D$ is no formula. It is a network that starts out ignorant and improves. So take a $G$ that stands still,
# train a $D$ against it, and look at the gradient that $G$ *would* get after each number of updates. (Arjovsky and
# Bottou did this with images, arXiv 1701.04862, figures 2 and 3.) Real points lie in eight clusters on a ring; $G$ is
# untrained, so its fakes are a blot in the middle.
#
# Three losses: the **saturating** $\mathbb{E} \log(1 - D(G(z)))$ and the **non-saturating** $-\mathbb{E} \log D(G(z))$
# of chapter 02, and the **Wasserstein** loss $-\mathbb{E} f(G(z))$. For the last one a second network $f$ is trained, a
# *critic*. What that is comes below; for now, it is the player that measures $W_1$.

# %%
perfect = viz.Prediction(
    "D is trained for longer and longer, until it makes no mistakes. What happens to the length of G's gradient?",
    [
        "it vanishes with both losses",
        "it vanishes with the saturating loss and grows with the other",
        "it grows with the saturating loss and vanishes with the other",
        "it grows with both losses",
    ],
)
perfect

# %%
toy = toys.ring(std=0.05)
looks = [step for step in (0, 1, 3, 10, 30, 100, 300, 1000) if step <= runtime.budget(full=1000, quick=30)]


def lengths(losses, G, D, z):
    """The length of the gradient of each loss for all weights of G."""
    gradients = [torch.autograd.grad(loss.generator(D(G(z))), list(G.parameters())) for loss in losses]
    return [torch.cat([part.flatten() for part in parts]).norm().item() for parts in gradients]


def watched(losses, penalty, seed):
    """Train a discriminator against a G that stands still; the lengths of G's gradients at each look."""
    runtime.seed_everything(seed)
    G, D, z, notes = MLPGenerator(2, (2,), width=64), MLPDiscriminator((2,), width=64), torch.randn(1000, 2), []
    optimizer = Adam(D.parameters(), lr=1e-3, betas=(0.0, 0.9), fused=True)
    for step in range(max(looks) + 1):
        if step in looks:
            notes.append(lengths(losses, G, D, z))
        real, fake = toy.sample(128), G(torch.randn(128, 2)).detach()
        loss = losses[0].discriminator(D(real), D(fake))
        if penalty:
            loss = loss + penalty * gradient_penalty(D, real, fake)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return torch.tensor(notes)

# %% [markdown]
# Four trainings, two of $D$ and two of the critic, about ten seconds.

# %%
felt = [
    torch.cat([watched((minimax, non_saturating), 0, seed), watched((wasserstein,), 10, seed)], 1) for seed in (0, 1)
]
print("           length of G's gradient, seeds 0 and 1")
print("updates       saturating          non-saturating       Wasserstein")
for step, *rows in zip(looks, *felt, strict=True):
    print(f"{step:7,}", *(f"{rows[0][i]:11.1e}{rows[1][i]:9.1e}" for i in range(3)))
first, last = (torch.stack([notes[i] for notes in felt]).log().mean(0).exp() for i in (0, -1))
saturating, strong = (last / first)[:2].tolist()
print(f"last / first, geometric mean: {saturating:.0e} and {strong:.0f}")
grew = {(False, False): 0, (False, True): 1, (True, False): 2, (True, True): 3}[saturating > 1, strong > 1]
perfect.reveal(perfect.choices[grew])

# %%
picture = viz.Picture(
    7.2,
    3.7,
    "G's gradient against D's updates, both on logarithmic axes. Saturating: falls by many powers of ten. "
    "Non-saturating: rises more than a hundredfold. Wasserstein: stays near one.",
)
ax, theme = picture.axes_of(), picture.theme
drawn = {"saturating": "--o", "non-saturating": "-s", "Wasserstein": "-.^"}
for i, (words, style) in enumerate(drawn.items()):
    for notes in felt:
        ax.plot([max(step, 0.5) for step in looks], notes[:, i], style, color=theme.generator, markersize=5)
    ax.text(1.25 * max(looks), felt[0][-1, i], words, color=theme.text, va="center", fontsize=10)
ax.set(xscale="log", yscale="log", xlim=(0.4, 9 * max(looks)), ylabel="length of G's gradient")
ax.set_xticks([0.5, *looks[1:]], [f"{step:,}" for step in looks])
ax.set_xlabel("updates of D, or of the critic (0 is drawn at 1/2)")
ax.minorticks_off()
picture

# %% [markdown]
# - **Saturating**: for some hundred updates $D$ learns to speak and the gradient grows. From then on, the better $D$
#   gets, the less $G$ hears. At the end it is a whisper of $10^{-5}$ and less: the flat end of JS, seen from inside the
#   training.
# - **Non-saturating**: the gradient *grows*. It does not vanish, but a push that gets a hundred times stronger as $D$
#   improves is no comfort either: in training it makes steps of unpredictable length.
# - **Wasserstein**: after some three hundred updates the gradient settles and stays where it is. You may train the
#   critic as well as you can. **The better the critic, the better the gradient**; with a discriminator you had to be
#   careful.
#
# ### What does the non-saturating loss descend?
#
# At a perfect $D^*$ the saturating gradient is that of $2\,\mathrm{JS}$: only $q$ moves while $D^*$ is held fixed, and
# $D^*$ maximises $V$, so its own change does not count. And the other one? Hold $D^*$ of $\theta_0$ fixed, and write
# $r = q/p$ at $\theta_0$. Then $-\log D^* = \log(1 + r)$ and $\log(1 - D^*) = \log r - \log(1 + r)$, so
#
# $$-\log D^* = \log r - \log(1 - D^*).$$
#
# Averaged over $q_\theta$, the first term has the gradient of the reverse KL at $\theta_0$, the second that of
# $-2\,\mathrm{JS}$. So one step of the non-saturating loss against $D^*$ goes down
# $\mathrm{KL}(q \,\Vert\, p) - 2\,\mathrm{JS}(p, q)$ (arXiv 1701.04862, theorem 2.5). Check it with two Gaussians.


# %% tags=["nbval-check-output"]
def at_fixed_D(of_logits, theta):
    """The derivative for theta of E_q of a function of the logits of D*, where D* stands still."""
    moving = torch.tensor(theta, dtype=torch.float64, requires_grad=True)
    logits = (Normal(0.0, 0.5).log_prob(x) - Normal(moving, 0.8).log_prob(x)).detach()
    loss = torch.trapezoid(Normal(moving, 0.8).log_prob(x).exp() * of_logits(logits), x)
    return torch.autograd.grad(loss, moving)[0].item()


print("         derivative of                       derivative of")
print("theta    log(1 - D*)      2 JS               -log D*    reverse KL - 2 JS")
for theta in (0.5, 1.0, 2.0, 4.0):
    slopes = with_slopes(gaussians, [theta], 0.8)[1][:, 0]
    saturating, strong = at_fixed_D(lambda a: -softplus(a), theta), at_fixed_D(lambda a: softplus(-a), theta)
    print(f"{theta:5}{saturating:15.6f}{2 * slopes[2]:12.6f}{strong:18.6f}{slopes[1] - 2 * slopes[2]:13.6f}")

# %% [markdown]
# JS enters with a *minus*: that part pushes the fakes away from the data. The reverse KL is stronger and wins. Its
# slope does not flatten. But where the supports are disjoint the reverse KL is infinite, and the growing curve above
# is on its way there. So neither loss has a useful gradient at a perfect $D$ when real samples and fakes do not
# overlap.

# %% [markdown]
# ## Two thin things in a large space
#
# Do they overlap? A picture of 64 × 64 pixels has 4,096 numbers. $G$ makes it from some hundred random numbers. So its
# fakes lie on a thin sheet, with at most as many dimensions as the noise has (arXiv 1701.04862, lemma 1). Photographs
# lie on a thin sheet too: most arrays of pixels are no photographs. And two thin sheets in a large space hardly ever
# meet in more than a thin set: two lines in space miss each other, and two walls meet in a line, which has no area.

# %% tags=["nbval-check-output"]
runtime.seed_everything(0)
G = MLPGenerator(latent_dim=8, shape=(64,), width=64)
jacobian = torch.func.vmap(torch.func.jacrev(lambda z: G(z[None])[0]))(torch.randn(100, 8))
print("G takes 8 random numbers to", jacobian.shape[1], "numbers. Around 100 fakes the sheet has dimension", end=" ")
print(sorted(set(torch.linalg.matrix_rank(jacobian).tolist())))
fakes = G(torch.randn(2000, 8)).detach()
spread = torch.linalg.svdvals(fakes - fakes.mean(0))
print(f"(it is bent: all fakes together need {int((spread > 1e-3 * spread[0]).sum())} dimensions)")

# %% [markdown]
# The simplest sheets are flat. Take two random subspaces of dimension 8, each through the origin, each with a Gaussian
# on it: $x = A z$, with $z \sim N(0, I)$ and $A$ a $d \times 8$ matrix with orthonormal columns. Both clouds have mean
# 0 and the same spread, so no straight cut tells them apart. How well does a fresh network do, judged on new points,
# depending on $d$ and on the number of points it may learn from?


# %%
def sheet(d, generator):
    """A d x 8 matrix with orthonormal columns, in a random direction."""
    return torch.linalg.qr(torch.randn(d, 8, generator=generator)).Q


def cloud(A, n, sigma, generator):
    """n points on the sheet of A, with noise of deviation sigma in all directions."""
    noise = sigma * torch.randn(n, len(A), generator=generator)
    return torch.randn(n, A.shape[1], generator=generator) @ A.T + noise


def fresh_accuracy(A, B, n, sigma=0.0):
    """How often a new D is right about new points after training on n points of each cloud."""
    own = runtime.seed_everything(0)
    real, fake, new_real, new_fake = (cloud(M, size, sigma, own) for size in (n, 4000) for M in (A, B))
    D = MLPDiscriminator((len(A),), width=64)
    optimizer = Adam(D.parameters(), lr=3e-3, fused=True)
    for _ in range(runtime.budget(full=250, quick=10)):
        batch = (points[torch.randint(n, (min(n, 128),))] for points in (real, fake))
        loss = minimax.discriminator(*(D(points) for points in batch))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        return torch.cat([D(new_real) > 0, D(new_fake) < 0]).float().mean().item()

# %%
accuracy, own = {}, torch.Generator().manual_seed(1)
print("            accuracy on new points after training on n points of each cloud")
print("dimension     n = 30   n = 100   n = 1,000")
for d in (8, 9, 10, 12, 16, 32, 64):
    A, B = sheet(d, own), sheet(d, own)
    accuracy[d] = [fresh_accuracy(A, B, n) for n in (30, 100, 1000)]
    print(f"{d:9}", "".join(f"{share:10.0%}" for share in accuracy[d]))

# %% [markdown]
# In 8 dimensions both sheets fill the whole space: they *are* the same distribution, and nobody can be right more than
# half of the time. One dimension more, and hardly any sample lies where they meet: the chance is 0. From then on a
# perfect $D$ exists and JS is $\log 2$, whatever $d$ is. With 1,000 points a network finds that $D$ from $d = 9$
# on. Even with 30 points it is right more than four times out of five once $d$ is 16. The pictures of a GAN live in
# *thousands* of dimensions.
#
# ### Noise makes them meet
#
# If $D$ sees every sample, real or fake, with Gaussian noise added, the sheets get a thickness. Then densities exist,
# and here they have a formula: $N(0, A A^\top + \sigma^2 I)$. So JS can be estimated with the exact densities, and so
# can the accuracy of $D^*$.

# %%
d, own = 16, torch.Generator().manual_seed(2)
A, B = sheet(d, own), sheet(d, own)
print("noise        JS              D* is right   a fresh D (1,000 points)")
for sigma in (0.0, 0.1, 0.3, 0.5, 1.0, 3.0):
    if sigma:
        p, q = (MultivariateNormal(torch.zeros(d), M @ M.T + sigma**2 * torch.eye(d)) for M in (A, B))
        ratio = [p.log_prob(points) - q.log_prob(points) for points in (cloud(M, 20_000, sigma, own) for M in (A, B))]
        js, right = divergences.js_estimate(*ratio), torch.cat([ratio[0] > 0, ratio[1] < 0]).float().mean()
        told = f"{js.value:.4f} ± {js.standard_error:.4f} {right:10.1%}"
    else:
        told = f"{log(2):.4f} (exact) {1:13.1%}"
    print(f"{sigma:5}     {told}{fresh_accuracy(A, B, 1000, sigma):17.1%}")

# %% [markdown]
# With noise JS comes down from $\log 2$, and a perfect $D$ no longer exists. So JS has a slope again, as between the
# two Gaussians at the start. ($\sigma = 0.1$ changes next to nothing: the noise must be about as wide as the gaps
# between the sheets.) This is called *instance noise* (arXiv 1610.04490), and it is one honest cure. It has a price:
# $G$ now learns to match the *blurred* data, so the noise has to be made smaller again in the course of the training.
#
# The other cure is to ask for a different distance.

# %% [markdown]
# ## Moving earth
#
# Think of $q$ as a pile of earth and of $p$ as the shape that the pile should have. Moving a mass $m$ over a distance
# $s$ costs $m \cdot s$. A **plan** $\gamma$ says how much goes from each place $y_i$ of the pile to each place $x_j$ of
# the goal. It must use up the pile and fill the goal: nothing is lost. The **earth mover's distance**, or Wasserstein
# distance, is the price of the cheapest plan:
#
# $$W_1(p, q) = \min_{\gamma} \sum_{i, j} \gamma_{ij} \, \lvert y_i - x_j \rvert,
# \qquad \gamma_{ij} \ge 0, \quad \sum_j \gamma_{ij} = q_i, \quad \sum_i \gamma_{ij} = p_j.$$
#
# The price is mass times distance. It is not a number of moves, and not a number of swaps.

# %%
jumping = viz.Prediction(
    "Blocks of equal mass lie at the places 0 and 1. They are to lie at 1 and 2. Either the first jumps over the "
    "second, or each moves up by one. Which costs less?",
    ["the jump: one move", "moving up: short ways", "both cost the same"],
)
jumping

# %% tags=["nbval-check-output"]
jump, up = abs(0 - 2) + abs(1 - 1), abs(0 - 1) + abs(1 - 2)
print(f"the jump costs {jump}, moving up costs {up}")
jumping.reveal("both cost the same" if jump == up else "the jump: one move" if jump < up else "moving up: short ways")

# %% [markdown]
# On a line blocks can overtake each other at no loss, as long as nobody walks back. Your turn: move the blocks (orange)
# to the goal (blue, dashed). Drag them, or use the keyboard: the arrow keys choose a place, the space bar picks up and
# puts down. Can you pay the least on every level?

# %%
puzzle = viz.EarthMover()
puzzle

# %% [markdown]
# "Optimal plan" is no recorded answer. The price is linear in $\gamma$, and so are the conditions. So finding the
# cheapest plan is a *linear program*, and SciPy solves it: `divergences.optimal_transport`. A plan is a matrix. Here
# are the distances and two plans for the level "Unequal heaps". Multiply entry by entry and add up.

# %%
start, goal = (torch.tensor(heaps).double() for heaps in (puzzle.plays[3].level.start, puzzle.plays[3].level.goal))
places = np.arange(9.0)[:, None]
distance = torch.from_numpy(cdist(places, places))
best = divergences.optimal_transport(distance, start, goal)
evenly = start[:, None] * goal / goal.sum()


def draw_matrix(ax, values, words):
    """A matrix with its entries that are not 0; rows count from the top."""
    theme = ax.figure.theme
    ax.imshow(values, cmap=LinearSegmentedColormap.from_list("plan", [theme.background, theme.faint]))
    for i, j in values.nonzero().tolist():
        ax.text(j, i, f"{values[i, j]:.4g}", ha="center", va="center", fontsize=8, color=theme.text)
    ax.set(xticks=range(9), yticks=range(9), xlabel="to", ylabel="from")
    ax.figure.caption(ax, words)

# %%
picture = viz.Picture(
    9.4,
    3.4,
    "Three 9 by 9 matrices: distances, which grow away from the diagonal; the cheapest plan, with few entries near the "
    "diagonal; and the plan that shares every heap among all goals, with many.",
)
draw_matrix(picture.axes_of(1, 3, 1), distance, "distance")
draw_matrix(picture.axes_of(1, 3, 2), best.plan, f"cheapest plan: {best.cost:.0f}")
draw_matrix(picture.axes_of(1, 3, 3), evenly, f"a bit to everywhere: {(evenly * distance).sum():.0f}")
picture

# %% tags=["nbval-check-output"]
for words, plan in (("cheapest", best.plan), ("a bit to everywhere", evenly)):
    fits = torch.allclose(plan.sum(1), start) and torch.allclose(plan.sum(0), goal)
    entries, cost = int((plan > 1e-9).sum()), (plan * distance).sum().item()
    print(f"{words:20} rows and columns fit: {fits}   entries: {entries:2}   price {cost:.2f}")
print(f"for a mass of 1 in all: W1 = {best.cost / start.sum():.4f}")

# %% [markdown]
# Some heaps are split: that is why a plan is a matrix, and not a list that says where each place goes.
#
# ### On a line there is a short cut
#
# A mover on a line never gains by crossing: the first block goes to the first place, the second to the second, and so
# on. So for samples, sort both and average the distances. There is a second way to see it. Stand at a point $t$. What
# must be carried past you is the difference of what lies to your left before and after, $F_q(t) - F_p(t)$ (the two
# *distribution functions*). So $W_1 = \int \lvert F_q - F_p \rvert \, dt$. **Exercises 1 and 2** are these two.

# %% tags=["nbval-check-output"]
runtime.seed_everything(0)
a, b = torch.randn(80, dtype=torch.float64), 2 * torch.randn(80, dtype=torch.float64) + 0.5
t = torch.cat([a, b]).sort().values
F_a, F_b = ((samples <= t[:-1, None]).double().mean(1) for samples in (a, b))
for words, distance in (
    ("sorted, first to first", divergences.sorted_w1(a, b)),
    ("linear program", divergences.optimal_transport(cdist(a[:, None], b[:, None])).cost),
    ("area between the two distribution functions", ((F_a - F_b).abs() * t.diff()).sum()),
    ("scipy.stats.wasserstein_distance", wasserstein_distance(a, b)),
    ("first to last, for comparison", (a.sort().values - b.sort().values.flip(0)).abs().mean()),
    ("each to a random one, for comparison", (a - b[torch.randperm(80)]).abs().mean()),
):
    print(f"{words:46}{distance:10.6f}")

# %% [markdown]
# ### Squared distances
#
# If a move over the distance $s$ costs $s^2$, the square root of the least price is called $W_2$. Between Gaussians it
# has a formula, which you will meet again in chapter 09 as the *Fréchet distance* behind FID:
#
# $$W_2^2 = \lVert m_p - m_q \rVert^2 + \mathrm{tr}\bigl(C_p + C_q - 2 (C_p C_q)^{1/2}\bigr).$$
#
# To test it we need a plan that we can compute. On a line, pair equal quantiles. In three dimensions, take points with
# mean 0 and covariance $I$, and stretch them by a symmetric positive matrix $S$: the covariance becomes $S^2$, and the
# stretching itself is the cheapest plan.

# %% tags=["nbval-check-output"]
level = (torch.arange(1_000_000, dtype=torch.float64) + 0.5) / 1_000_000
one, other = (Normal(*torch.tensor(numbers, dtype=torch.float64)) for numbers in ((0.0, 0.5), (1.0, 0.8)))
quantiles = (one.icdf(level) - other.icdf(level)).square().mean().sqrt()
on_line = [MultivariateNormal(d.loc[None], d.variance[None, None]) for d in (one, other)]
print(f"1 dimension:  formula {divergences.gaussian_w2(*on_line):.5f}   quantiles {quantiles:.5f}")

runtime.seed_everything(0)
points = torch.randn(60, 3, dtype=torch.float64)
points = points - points.mean(0)
points = torch.linalg.solve_triangular(torch.linalg.cholesky(points.T @ points / 60), points.T, upper=False).T
S, shift = torch.tensor([[2, 0.5, 0], [0.5, 1, 0.2], [0, 0.2, 0.4]]).double(), torch.tensor([1, -2, 0.5]).double()
program = divergences.optimal_transport(cdist(points, points @ S + shift, "sqeuclidean")).cost
spherical = MultivariateNormal(torch.zeros(3).double(), torch.eye(3).double())
formula = divergences.gaussian_w2(spherical, MultivariateNormal(shift, S @ S))
print(f"3 dimensions: formula {formula:.5f}   linear program {sqrt(program):.5f}")

# %% [markdown]
# ### Samples are not the distribution
#
# A caution before we use $W_1$ on samples. Draw two samples of 100 points from *one and the same* Gaussian. Their
# distributions are equal, so the distance should be 0.

# %%
for d in (1, 2, 10, 50):
    a, b = torch.randn(100, d), torch.randn(100, d)
    apart = divergences.optimal_transport(cdist(a, b)).cost
    print(f"d = {d:2}: W1 of two samples of 100 points of one Gaussian is {apart:.2f}")

# %% [markdown]
# Two finite samples are never equal, and in many dimensions the nearest neighbour is far away. So a $W_1$ of samples
# has to be read against this floor: it is the faint line in the distance chart of the laboratory of chapter 02. When a
# critic is compared with an exact $W_1$ below, both see the same finite sets of points.

# %% [markdown]
# ## The other side of the coin: prices
#
# How could you *prove* that a price cannot be beaten? Suppose that somebody puts a price $f(x)$ on a unit of earth at
# each place, such that prices differ by no more than the distance:
#
# $$\lvert f(a) - f(b) \rvert \le \lvert a - b \rvert \quad \text{for all } a, b.$$
#
# Such an $f$ is called **1-Lipschitz**. Then no move of mass $m$ from $y$ to $x$ gains more than it costs: $m\,(f(x) -
# f(y)) \le m\,\lvert x - y \rvert$. Add up over a whole plan. On the left remains what is at the goal minus what was
# in the pile, whatever the plan:
#
# $$\mathbb{E}_{p} f - \mathbb{E}_{q} f \le \text{price of the plan}.$$
#
# So *every* 1-Lipschitz function proves a lower bound for *every* plan. The theorem of **Kantorovich and Rubinstein**
# says that the best function leaves no gap:
#
# $$W_1(p, q) = \max_{f \text{ 1-Lipschitz}} \; \mathbb{E}_{x \sim p} f(x) - \mathbb{E}_{x \sim q} f(x).$$
#
# This $f$ is the **critic**. It is a function, not a distribution and no probability: any real number may come out. (In
# the puzzle, *Prices* shows one.) Now in the plane: 128 real points on the ring, and 128 fakes from a blot beside the
# middle.

# %%
own = torch.Generator().manual_seed(0)
real, fake = toy.sample(128, own), 0.5 * torch.randn(128, 2, generator=own) + torch.tensor([0.5, 0.0])
transport = divergences.optimal_transport(cdist(fake, real))
exact = transport.cost
potential = divergences.lipschitz_critic(real, transport.g)


def best_critic(x):
    """The critic of the linear program: its potential is low at real points, so take the negative."""
    return -potential(x)


def gap(f):
    """What a critic f claims: its mean on real points minus its mean on fakes."""
    return (f(real).mean() - f(fake).mean()).item()


def steepest(f):
    """The largest |f(a) - f(b)| / |a - b| over all pairs of the 256 points."""
    points = torch.cat([real, fake])
    distance = (points[:, None] - points).norm(dim=2).fill_diagonal_(inf)
    return ((f(points)[:, None] - f(points)).abs() / distance).max().item()

# %%
print("f(x)                             steepest    E f(real) - E f(fake)")
for words, f in (
    ("to the left", lambda x: -x[:, 0]),
    ("distance from the origin", lambda x: x.norm(dim=1)),
    ("distance from the blot", lambda x: (x - fake.mean(0)).norm(dim=1)),
    ("sine of the distance from it", lambda x: (x - fake.mean(0)).norm(dim=1).sin()),
    ("of the linear program", best_critic),
):
    print(f"{words:31}{steepest(f):10.3f}{gap(f):18.4f}")
print(f"cheapest plan, W1: {exact:41.4f}")
from_fake, to_real = transport.plan.nonzero().T
rise = f(real)[to_real] - f(fake)[from_fake]
slope = rise / (real[to_real] - fake[from_fake]).norm(dim=1)
print(f"slope of the last f along the ways of the plan: {slope.min():.4f} to {slope.max():.4f}")

# %% [markdown]
# No line exceeds $W_1$, and the last one meets it: price and proof in one. Between any two points that the plan
# connects, its slope is 1: it is as steep as it may be along each way.

# %% [markdown]
# ## A network as critic
#
# A linear program needs all points at once, and its $f$ is built from all of them. A GAN needs an $f$ that is trained
# on batches, and follows a $G$ that moves. So let $f$ be a network that maximises the gap, kept from being too steep.
# Two ways are common:
#
# - **Weight clipping** (WGAN, arXiv 1701.07875): after each step cut every weight to $[-c, c]$. Then $f$ is
#   $K$-Lipschitz for *some* $K$ that depends on $c$ and on the layers. So the critic measures $K \cdot W_1$, with a
#   $K$ that nobody knows, and only over the functions that such weights can form.
# - **Gradient penalty** (WGAN-GP, arXiv 1704.00028): add $\lambda\,\mathbb{E}\,(\lVert \nabla f(\hat x) \rVert - 1)^2$
#   to the loss, at points $\hat x$ between real samples and fakes, because along the ways of the best plan the slope
#   is 1.
#
# The cell trains three critics of each kind on the 256 points, about ten seconds.


# %%
def train_critic(penalty=None, clip=None, seed=0, steps=1000):
    """A critic for the two sets of points, kept in check by a penalty or by clipping."""
    runtime.seed_everything(seed)
    f, steps = MLPDiscriminator((2,), width=128), runtime.budget(full=steps, quick=20)
    adam, rate = {"betas": (0.0, 0.99), "fused": True}, 3e-3 if penalty else 1e-3
    optimizer = Adam(f.parameters(), rate, **adam) if penalty else RMSprop(f.parameters(), rate)
    for step in range(steps):
        optimizer.param_groups[0]["lr"] = rate * (1 - step / steps)
        loss = wasserstein.discriminator(f(real), f(fake))
        if penalty:
            loss = loss + penalty * gradient_penalty(f, real[torch.randperm(128)], fake)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if clip:
            with torch.no_grad():
                for weight in f.parameters():
                    weight.clamp_(-clip, clip)
    return f


side = torch.linspace(-2, 2, 81)
grid = torch.cartesian_prod(side, side).flip(1)  # x runs fastest, then y from bottom to top


def proven(f):
    """The lower bound that f proves: its gap divided by its largest slope on a grid."""
    return gap(f) / input_gradient(f, grid).norm(dim=1).max().item()

# %%
print(f"exact W1 = {exact:.4f}")
print("critic                   claims     claims / W1   largest slope    claims / slope / W1")
critics = [(f"penalty 10, seed {seed}", train_critic(penalty=10.0, seed=seed)) for seed in range(3)]
for words, f in (*critics, *((f"clipping, c = {c}", train_critic(clip=c, steps=400)) for c in (0.01, 0.1, 1.0))):
    claim, bound = gap(f), proven(f)
    print(f"{words:19}{claim:12.4f}{claim / exact:14.3f}{claim / bound:16.3f}{bound / exact:18.2f}")

# %% [markdown]
# The critic with the penalty comes within 5 % of the exact $W_1$, from three different starts. The clipped ones claim
# anything from a hundredth of $W_1$ to a thousand times $W_1$: that is $K \cdot W_1$ with their own $K$. For training
# $G$ a constant $K$ would not matter much: it is like another learning rate. But who would guess it?
#
# The last column divides each claim by the steepest slope found on a grid. As far as the grid shows, that is a bound
# that holds for *any* critic, and indeed no number exceeds 1. No number comes very near it either: a network is
# steeper in some places than it is along the ways of the plan.

# %%
picture = viz.Picture(
    9.4,
    3.5,
    "Level lines of three critics over the same points. The linear program's close in rings around the clusters. The "
    "penalised network's run evenly spaced from blot to clusters, with bends. The clipped one's are nearly straight.",
)
shown = (
    ("linear program", best_critic),
    ("network, penalty 10", critics[0][1]),
    ("network, clipped", train_critic(clip=0.01, steps=400)),
)
for i, (words, f) in enumerate(shown):
    ax = picture.axes_of(1, 3, i + 1)
    with torch.no_grad():
        height = f(grid).view(81, 81)
    ax.contour(side, side, height, levels=14, colors=picture.theme.discriminator, linewidths=0.8, linestyles="-")
    viz.draw_points(ax, real, fake)
    ax.set(xlim=(-2, 2), ylim=(-2, 2), xticks=[], yticks=[])
    picture.caption(ax, words)
picture

# %% [markdown]
# Each line joins points where $f$ is equal, and within a picture $f$ changes by the same amount from line to line: the
# closer, the steeper. All three critics rise from the blot towards the clusters, mostly to the left, where most earth
# has to go. The linear program's knows every point, and its lines are equally spaced everywhere: slope 1. The penalised
# network's are smoother and nearly as even. The clipped one is hardly more than a tilted plane.
#
# ### The penalty is soft
#
# Why is the largest slope above 1? The penalty is no wall. It costs little to be a little steeper, and the gap gains.
# Take the simplest case: all real samples at one point, all fakes at another, at a distance $W$. A critic with slope
# $k$ between them gains $k W - \lambda (k - 1)^2$. **Exercise 5** asks for the best $k$. Here it is found by
# gradient descent on $f(x) = k x$.


# %% tags=["nbval-check-output"]
def best_slope(W, penalty_weight):
    """The slope that a linear critic learns between fakes at 0 and real samples at W."""
    k, real, fake = torch.zeros(1, requires_grad=True), torch.full((1, 1), W), torch.zeros(1, 1)
    optimizer = SGD([k], lr=0.1 / penalty_weight)
    for _ in range(200):
        loss = wasserstein.discriminator(k * real, k * fake)
        loss = loss + penalty_weight * gradient_penalty(lambda x: k * x, real, fake)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return k.item()


print("distance W   lambda   slope k = claim / W1")
for W, penalty_weight in ((0.5, 10.0), (2.0, 10.0), (20.0, 10.0), (2.0, 100.0)):
    print(f"{W:10}{penalty_weight:9}{best_slope(W, penalty_weight):14.4f}")

# %% [markdown]
# The critic claims $k W$. At $\lambda = 10$ and a distance of 20 that is twice the distance. So a claim of 5 % too much
# or too little is a matter of scale: keep data of the size of 1, or raise $\lambda$. (Our networks also fall a little
# short, because they cannot make every corner. The two errors partly cancel.)

# %% [markdown]
# ## Clipping against the penalty, live
#
# Small nets forgive much. Now take a *deep* critic, twelve layers, as in figure 1 of the WGAN-GP paper. Real points
# come from a spiral, the fakes are real points plus noise, and the generator stands still. Four critics learn side by
# side: clipped at 0.1, at 0.01, at 0.001, and one with the gradient penalty.

# %%
twelve_layers = viz.Prediction(
    "The gradient of the score travels back from the last layer to the first, twelve layers. The weights are clipped "
    "to 0.01. At the first layer it is ...",
    [
        "about as large as at the last",
        "some ten times smaller",
        "some thousand times smaller",
        "over a million times smaller",
    ],
)
twelve_layers

# %%
lab = viz.CriticLab()
lab

# %% [markdown]
# *Play* trains all four. Watch the weights pile up at the limits, and the gradient norms fan out. Change $c$ and the
# depth: how deep may a critic clipped at 0.1 be before its gradient explodes? The next cell does 300 steps and
# measures, about ten seconds. (`metrics.gradient_norms` does the measuring. It works for any critic.)

# %%
lab.run(runtime.budget(full=300, quick=10))
print("               gradient E |df/da| at layer    factor per layer     share of weights")
print("critic              1         6        12    towards data   R^2     at the limit    claims")
for reading in lab.readings():
    sizes, growth = reading.norms.activations, reading.norms.growth()
    shown = "".join(f"{sizes[i]:10.1e}" for i in (0, len(sizes) // 2 - 1, -1))
    print(f"{reading.name:10}{shown}{growth.factor:15.4f}{growth.r_squared:7.3f}", end="")
    print(f"{reading.at_limit:14.0%}{reading.estimate:13.2g}")
print(f"exact W1 of the points that are measured: {lab.trials.exact:.2f}")
small = lab.readings()[1].norms.activations
times = (small[-1] / small[0]).item()
reached = sum(times > limit for limit in (4, 100, 1e6))
twelve_layers.reveal(twelve_layers.choices[reached])

# %% [markdown]
# A straight line of the logarithm against the depth means a constant factor per layer: the gradient changes
# **geometrically**. Where does the factor come from? Going back through a layer multiplies the gradient by a matrix
# of $64 \times 64$ weights, of which ReLU lets about half through.
#
# - If all weights are $\pm c$ with random signs, the factor is about $c \sqrt{64 / 2} \approx 5.7\,c$: 0.057 for
#   $c = 0.01$ and 0.0057 for $c = 0.001$. Twelve layers of that leave nothing.
# - If training lines the signs up, it can reach $c \cdot 64 / 2 = 32\,c$: for $c = 0.1$ that is 3.2, and the gradient
#   explodes.
# - The penalty asks for slope 1 at the data, whatever the weights. So the norms stay near 1, over all twelve layers.
#
# Does the first formula hold? The next cell clips critics of three widths $n$ at two values of $c$ and compares with
# $c \sqrt{n / 2}$.

# %%
print("width n       c     factor per layer   c sqrt(n / 2)    R^2")
for width, clip in ((16, 0.01), (64, 0.01), (128, 0.01), (16, 0.001), (64, 0.001), (128, 0.001)):
    trial = Trial(Settings(width=width), clip)
    for _ in range(runtime.budget(full=60, quick=2)):
        trial.step()
    growth = trial.read().norms.growth()
    print(f"{width:7}{clip:9}{growth.factor:18.4f}{clip * sqrt(width / 2):16.4f}{growth.r_squared:10.3f}")

# %% [markdown]
# It does, within a fifth. Between exploding and vanishing lies a $c$ that would do, and it depends on width and depth:
# one more thing to tune. The paper that introduced clipping calls it a terrible way to make a critic Lipschitz, and
# uses it because it is simple (arXiv 1701.07875, section 3).

# %% [markdown]
# ## No batch norm in the critic
#
# The penalty is about the slope of $f$ at *one* point: how does the score of $\hat x$ change with $\hat x$? That makes
# sense only if the score of a sample depends on that sample alone. Batch norm divides by the spread of the whole
# batch. So each score depends on all samples. Look at the **cross-gradients** $\lVert \partial f(x)_i / \partial x_j
# \rVert$ of new critics on a batch of six samples, and at the slope that the penalty works with: the gradient of the
# *sum* of all scores.


# %%
def cross_gradients(critic, x):
    """|d f(x)_i / d x_j| for all pairs of a batch, (n, n), and the slopes that a penalty would take, (n,)."""
    x = x.requires_grad_(True)
    rows = [torch.autograd.grad(score, x, retain_graph=True)[0].flatten(1).norm(dim=1) for score in critic(x)]
    return torch.stack(rows), input_gradient(critic, x).flatten(1).norm(dim=1).detach()


print("                                 average over the batch          first sample")
print("critic                     own slope   cross-gradient   own slope   penalty's slope")
makers = {
    "points, no norm": lambda: (MLPDiscriminator((2,), width=64), torch.randn(6, 2)),
    "points, batch norm": lambda: (MLPDiscriminator((2,), width=64, norm="batch"), torch.randn(6, 2)),
    "points, layer norm": lambda: (MLPDiscriminator((2,), width=64, norm="layer"), torch.randn(6, 2)),
    "images, instance norm": lambda: (DCGANDiscriminator(16, 1, 16, norm="instance"), torch.randn(6, 1, 16, 16)),
}
for words, make in makers.items():  # instance norm averages over positions, which points do not have
    runtime.seed_everything(0)
    slopes, taken = cross_gradients(*make())
    others = slopes[~torch.eye(6, dtype=bool)].mean()
    print(f"{words:24}{slopes.diag().mean():12.4f}{others:17.4f}{slopes[0, 0]:12.4f}{taken[0]:18.4f}")

# %% [markdown]
# Without normalisation, and with layer or instance norm, the cross-gradients are exactly 0, and the slope of the sum
# is the slope of the sample. With batch norm each sample moves all other scores by a good part of what it moves its
# own, and the slope of the sum is something else altogether: a penalty would hold the wrong number to 1. The WGAN-GP
# paper recommends layer norm in its place; instance norm works, too.

# %% [markdown]
# ## The two recipes
#
# | | WGAN (arXiv 1701.07875) | WGAN-GP (arXiv 1704.00028) |
# |---|---|---|
# | critic's loss | $\mathbb{E} f(G(z)) - \mathbb{E} f(x)$ | the same plus the penalty |
# | generator's loss | $-\mathbb{E} f(G(z))$ | $-\mathbb{E} f(G(z))$ |
# | end of the critic | no sigmoid, no logarithm | no sigmoid, no logarithm |
# | Lipschitz | weights clipped to $[-c, c]$, $c = 0.01$ | penalty, $\lambda = 10$ |
# | optimizer | RMSProp, rate $5 \cdot 10^{-5}$; no momentum | Adam, rate $10^{-4}$, betas (0, 0.9) |
# | critic steps for one of $G$ | 5 | 5 |
# | norm in the critic | batch norm was used | no batch norm; layer norm instead |
#
# Why no sigmoid? $f$ is no probability. A sigmoid would make it flat again where it is sure, and bring the old trouble
# back. A negative loss of the critic is no mistake: minus the loss is its claim about $W_1$. It should start large,
# and come down as $G$ improves. (**Exercise 3** is the two losses. The penalty is yours to write in chapter 06.)
#
# ### Do they get there?
#
# Back to the parallel lines. $G(z) = (\theta, z)$ has one weight, which starts at 2. The data are at 0. Each
# discriminator is a real network, trained for five steps between two of $G$. We train with plain gradient descent and
# with Adam, since chapter 02 showed how much Adam can hide. Six short games, about ten seconds.


# %%
def where_fakes_go(loss, penalty, optimizer_class, rounds):
    """The path of theta in a game for the parallel lines, and the last gradient that it received."""
    runtime.seed_everything(0)
    theta, D = torch.tensor(2.0, requires_grad=True), MLPDiscriminator((2,), width=64)
    optimizer_d = Adam(D.parameters(), lr=2e-3, betas=(0.0, 0.9), fused=True)
    optimizer_g = optimizer_class([theta], lr=0.02)
    path, zeros = [theta.item()], torch.zeros(64)
    for _ in range(rounds):
        for _ in range(5):
            real, fake = (torch.stack([at, torch.rand(64)], 1) for at in (zeros, theta.detach().expand(64)))
            loss_d = loss.discriminator(D(real), D(fake))
            if penalty:
                loss_d = loss_d + penalty * gradient_penalty(D, real, fake)
            optimizer_d.zero_grad()
            loss_d.backward()
            optimizer_d.step()
        loss_g = loss.generator(D(torch.stack([theta.expand(64), torch.rand(64)], 1)))
        optimizer_g.zero_grad()
        loss_g.backward()
        optimizer_g.step()
        path.append(theta.item())
    return path, theta.grad.item()

# %%
rounds, games = runtime.budget(full=200, quick=10), {}
players = {"minimax": (minimax, 0), "non-saturating": (non_saturating, 0), "WGAN-GP": (wasserstein, 10)}
print("                                  theta after rounds")
print("loss             optimizer       0     25     50    100    200    last gradient")
for optimizer_class in (SGD, Adam):
    for words, (loss, penalty) in players.items():
        path, gradient = where_fakes_go(loss, penalty, optimizer_class, rounds)
        games[words, optimizer_class.__name__] = path
        row = " ".join(f"{path[min(i, rounds)]:z6.2f}" for i in (0, 25, 50, 100, 200))
        print(f"{words:17}{optimizer_class.__name__:10}{row}{gradient:17.0e}")

# %%
picture = viz.Picture(
    9,
    3.2,
    "Theta against rounds, with gradient descent and with Adam. Minimax stays near its start. The other two come "
    "to zero: WGAN-GP straight ahead with both, non-saturating in a leap with gradient descent.",
)
styles = {"minimax": "--", "non-saturating": "-", "WGAN-GP": "-."}
for i, name in enumerate(("SGD", "Adam")):
    ax = picture.axes_of(1, 2, i + 1)
    ax.axhline(0, color=picture.theme.real, linewidth=1)
    for words, style in styles.items():
        ax.plot(games[words, name], style, color=picture.theme.generator, label=words)
    ax.set(ylim=(-0.9, 2.5), xlabel="rounds", ylabel="θ")
    picture.caption(ax, {"SGD": "gradient descent", "Adam": "Adam"}[name])
    if i == 0:
        ax.legend(frameon=False, fontsize=9, labelcolor=picture.theme.text, loc=(0.62, 0.55))
picture

# %% [markdown]
# - **Minimax** is stuck: $D$ is perfect at once. With Adam it gets a little further. Then the gradient is so small,
#   some $10^{-10}$, that Adam cannot make up for it: it divides by the size that it remembers from better days, plus
#   $10^{-8}$.
# - **WGAN-GP** walks at the speed that the rate allows, straight to 0: the slope of the critic is about 1 all the way.
#   Near 0 it overshoots and swings, for it does not know how near it is: the slope is 1 there too.
# - **Non-saturating** also gets there. Why, if its gradient is worthless at $D^*$? Because this $D$ is *not* $D^*$: a
#   network trained for some steps is smooth, and its logit has a slope between the lines. How large, nobody
#   guarantees: with gradient descent the fakes leap. That is why GANs with the non-saturating loss work in practice,
#   and why they need care.
#
# So "JS cannot train a GAN" would be too strong. What the Wasserstein loss offers is a gradient that stays useful
# however good the critic gets, and a number that means something.

# %% [markdown]
# ## The divergences lab
#
# The best fit depends on what you call best. Let $p$ have two modes, and let the model $q$ be *one* Gaussian: too
# simple to match. Where should it go? For each divergence the cell below searches mean and deviation on a grid, and
# then again around the best place.

# %%
across = viz.Prediction(
    "Two equal modes, far apart. Which divergences put the one Gaussian across BOTH modes?",
    ["KL and reverse KL", "KL and W1", "reverse KL and JS", "JS and W1"],
)
across

# %%
wide = torch.linspace(-16, 16, 321, dtype=torch.float64)
measures = {
    "KL(p || q)": divergences.kl,
    "reverse KL(q || p)": divergences.reverse_kl,
    "JS": divergences.js,
    "W1": divergences.w1,
}


def two_modes(apart, weight):
    """Deviation 1/2 each; the left one holds the share ``weight``."""
    centres = torch.tensor([-apart / 2, apart / 2], dtype=torch.float64)
    share = Categorical(torch.tensor([weight, 1 - weight]).double())
    return MixtureSameFamily(share, Normal(centres, torch.full_like(centres, 0.5)))


def best_gaussian(measure, p, zooms=5, n=13):
    """Mean and deviation of the Gaussian q that is nearest to p, and how near it is."""
    log_p, low, high = p.log_prob(wide), torch.tensor([-4.0, log(0.3)]), torch.tensor([4.0, log(4.0)])
    for _ in range(zooms):  # a grid of n x n means and logarithms of deviations, each time around the last best
        sides = (torch.linspace(a, b, n).double() for a, b in zip(low, high, strict=True))
        means, deviations = torch.meshgrid(*sides, indexing="ij")
        log_q = Normal(means[..., None], deviations.exp()[..., None]).log_prob(wide)
        value = measure(log_p, log_q, wide).flatten()
        centre = torch.stack([means.flatten(), deviations.flatten()])[:, value.argmin()].float()
        low, high = centre - (high - low) / n, centre + (high - low) / n
    return centre[0].item(), centre[1].exp().item(), value.min().item()


# %%
def draw_fit(picture):
    ax, theme = picture.axes_of(), picture.theme
    fine = torch.linspace(-6.5, 6.5, 401)
    (data,) = ax.plot(fine, 0 * fine, color=theme.real, linewidth=2, label="data p")
    (model,) = ax.plot(fine, 0 * fine, "--", color=theme.fake, linewidth=2, label="best Gaussian q")
    told = ax.text(0.02, 0.95, "", transform=ax.transAxes, color=theme.text, va="top", fontsize=10)
    ax.set(xlim=(-6.5, 6.5), ylim=(0, 0.85), xlabel="x", ylabel="density")
    ax.legend(frameon=False, fontsize=9, labelcolor=theme.text, loc="upper right")

    def move(divergence, apart, weight):
        p = two_modes(apart, weight)
        mean, deviation, value = best_gaussian(measures[divergence], p)
        data.set_ydata(p.log_prob(fine).exp())
        model.set_ydata(Normal(mean, deviation).log_prob(fine).exp())
        told.set_text(f"{divergence} = {value:.3f}\nmean {mean:z.2f}, deviation {deviation:.2f}")
        return [data, model, told]

    return move


viz.Explorer(
    viz.FigureWidget(6.4, 3.6, "A density with two modes and the one Gaussian that is nearest to it.", draw_fit),
    divergence=Dropdown(options=list(measures), description="divergence"),
    apart=FloatSlider(value=4.0, min=0.0, max=7.0, step=0.25, description="modes apart"),
    weight=FloatSlider(value=0.5, min=0.05, max=0.95, step=0.05, description="left weighs"),
)

# %% tags=["nbval-check-output"]
print("                      equal modes, 5 apart            the left one weighs 0.3")
print("divergence            mean  deviation    value        mean  deviation    value")
covers = []
for words, measure in measures.items():
    fits = [best_gaussian(measure, two_modes(5.0, weight)) for weight in (0.5, 0.3)]
    mean, deviation, value = fits[0]
    covers += [words.split("(")[0]] if abs(mean) < 1 else []
    shown = f"{abs(mean):10.2f}{deviation:11.2f}{value:9.3f}"
    print(f"{words:18}{shown}  " + "{:12.2f}{:11.2f}{:9.3f}".format(*fits[1]))
p = two_modes(5.0, 0.3)
print(f"the data's own, at weight 0.3: mean {p.mean:.2f}, deviation {p.stddev:.2f}")
across.reveal(" and ".join(covers))

# %% [markdown]
# - **KL covers**: wherever there is data, $q$ must not be near 0, or the price is without limit. The best Gaussian has
#   exactly the mean and the deviation of the data, most of its mass where no data are, and is the one of *maximum
#   likelihood*.
# - **Reverse KL drops**: wherever $q$ puts mass, there must be data. It takes one mode, the heavier one, and forgets
#   the other.
# - **JS** is in between. Move the modes apart with equal weights, step by step: when does it change its mind?
# - **$W_1$** stands across both. A fake between the modes has a way to go to either; a dropped mode would have to be
#   supplied from the other, all the way.
#
# It is tempting to say: GANs drop modes because they descend something like a reverse KL. Be careful. The same drop
# happens in GANs whose loss is made to follow KL (arXiv 1701.00160, section 3.2.5), so the direction of the KL alone
# does not explain it. A GAN's generator could have many modes. That it does not use them seems to come from the game:
# who moves how often, and what $D$ can see.

# %% [markdown]
# ## Exercises
#
# Replace the line with `raise` and run the cell. The check says what is wrong, if anything is.
#
# ### Exercise 1: sort
#
# Write `w1_sorted(a, b)`: $W_1$ of two samples on a line. `a` and `b` are tensors of shape $(N,)$ with the same $N$,
# in any order. Return a tensor with one number, through which gradients can flow. Do not use `ganlib.divergences`.


# %% tags=["exercise", "raises-exception"]
def w1_sorted(a, b):
    raise NotImplementedError


if checks.w1_sorted(w1_sorted):
    a, b = torch.randn(1000), torch.randn(1000) + 3
    print(f"two Gaussians, 3 apart: {w1_sorted(a, b):.3f}, SciPy says {wasserstein_distance(a, b):.3f}")

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# The cheapest plan takes the smallest to the smallest, the second to the second, and so on.
# </details>
# <details><summary>Hint 2</summary>
#
# Each of the N points carries the mass 1/N. And <code>sort</code> returns two things.
# </details>


# %% tags=["solution"] jupyter={"source_hidden": true}
# BEGIN SOLUTION
def solution(a, b):
    return (a.sort().values - b.sort().values).abs().mean()


checks.w1_sorted(solution)
# END SOLUTION

# %% [markdown]
# ### Exercise 2: the least price of the puzzle
#
# Write `least_price(start, goal)` for the puzzle on a line: `start` and `goal` are lists of heights, in blocks, of
# neighbouring columns at distance 1, with the same sum. Return the price of the cheapest plan, **without** a linear
# program: think of what must be carried past each gap between two columns.


# %% tags=["exercise", "raises-exception"]
def least_price(start, goal):
    raise NotImplementedError


if checks.least_price(least_price):
    for play in puzzle.plays:
        if play.level.on_a_line:
            yours = least_price(play.level.start.tolist(), play.level.goal.tolist())
            print(f"{play.level.name:16} yours {yours:3.0f}, linear program {play.level.optimum:3.0f}")

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Stand in the gap after column k. How many blocks are left of you before, and how many must be there afterwards? The
# difference has to pass you.
# </details>
# <details><summary>Hint 2</summary>
#
# <code>cumsum</code> of (start − goal) is that difference for all gaps at once. A block that passes three gaps is
# counted three times: that is mass times distance.
# </details>


# %% tags=["solution"] jupyter={"source_hidden": true}
# BEGIN SOLUTION
def solution(start, goal):
    return (torch.tensor(start) - torch.tensor(goal)).cumsum(0).abs().sum().item()


checks.least_price(solution)
# END SOLUTION

# %% [markdown]
# ### Exercise 3: the losses of WGAN
#
# Write `wasserstein_losses(real_scores, fake_scores)`. It returns two losses, each to be **minimised**: first that of
# the critic, whose gap $\mathbb{E} f(x) - \mathbb{E} f(G(z))$ should be large; then that of the generator. The batches
# may differ in size.


# %% tags=["exercise", "raises-exception"]
def wasserstein_losses(real_scores, fake_scores):
    raise NotImplementedError


if checks.wasserstein_losses(wasserstein_losses):
    f = critics[0][1]
    print(f"the trained critic claims {-wasserstein_losses(f(real), f(fake))[0].item():.4f}, exact W1 {exact:.4f}")

# %% [markdown]
# <details><summary>Hint</summary>
#
# Minimising the minus of something maximises it. No sigmoid, no logarithm. And the generator cannot change the scores
# of real samples.
# </details>


# %% tags=["solution"] jupyter={"source_hidden": true}
# BEGIN SOLUTION
def solution(real_scores, fake_scores):
    return fake_scores.mean() - real_scores.mean(), -fake_scores.mean()


checks.wasserstein_losses(solution)
# END SOLUTION

# %% [markdown]
# ### Exercise 4: the steepest slope of a layer
#
# Write `lipschitz_constant(weight)`: the smallest $K$ with $\lVert W a - W b \rVert \le K \lVert a - b \rVert$ for all
# $a$, $b$. `weight` has shape (outputs, inputs); the norm is the Euclidean one. Return a number, or a tensor with one.


# %% tags=["exercise", "raises-exception"]
def lipschitz_constant(weight):
    raise NotImplementedError


if checks.lipschitz_constant(lipschitz_constant):
    f = critics[0][1]
    bound = np.prod([float(lipschitz_constant(p.detach())) for p in f.parameters() if p.dim() == 2])
    print(f"product over the layers of the trained critic: {bound:.1f}")
    print(f"its steepest slope on the grid:                {input_gradient(f, grid).norm(dim=1).max():.1f}")

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# What is the largest factor by which a matrix can stretch a vector called?
# </details>
# <details><summary>Hint 2</summary>
#
# It is the largest singular value: <code>torch.linalg.matrix_norm(weight, ord=2)</code>, or the first of
# <code>torch.linalg.svdvals(weight)</code>.
# </details>


# %% tags=["solution"] jupyter={"source_hidden": true}
# BEGIN SOLUTION
def solution(weight):
    return torch.linalg.svdvals(weight).max()


checks.lipschitz_constant(solution)
# END SOLUTION

# %% [markdown]
# The product over all layers is a bound for the whole network, since ReLU and LeakyReLU stretch nothing. It is a safe
# bound and a loose one. Dividing each layer by its own constant makes a 1-Lipschitz critic without any penalty:
# *spectral normalisation* (chapter 05).
#
# ### Exercise 5: how soft is the penalty?
#
# All real samples are at one point, all fakes at another, at the distance `distance`. A critic with slope $k$ between
# them gains $k \cdot \text{distance} - \lambda (k - 1)^2$. Write `penalised_slope(distance, penalty_weight)`: the $k$
# that gains most. (`penalty_weight` is $\lambda$. Paper and pencil first.)


# %% tags=["exercise", "raises-exception"]
def penalised_slope(distance, penalty_weight):
    raise NotImplementedError


if checks.penalised_slope(penalised_slope):
    for W, penalty_weight in ((0.5, 10.0), (2.0, 10.0), (20.0, 10.0)):
        print(
            f"distance {W}: yours {penalised_slope(W, penalty_weight):.4f}, trained {best_slope(W, penalty_weight):.4f}"
        )

# %% [markdown]
# <details><summary>Hint</summary>
#
# Set the derivative for k to 0: distance − 2 λ (k − 1) = 0.
# </details>


# %% tags=["solution"] jupyter={"source_hidden": true}
# BEGIN SOLUTION
def solution(distance, penalty_weight):
    return 1 + distance / (2 * penalty_weight)


checks.penalised_slope(solution)
# END SOLUTION

# %% [markdown]
# **More to try.** Predict first, then change the cells above and run them again.
#
# - Train $D$ and $G$ in turn on the ring instead of $D$ alone. Does the saturating gradient still vanish?
# - Give the parallel lines instance noise: add $0.5$ times a Gaussian to what $D$ sees. Does the minimax game now move?
# - Start the lines at $\theta = 20$, with the rate for $G$ ten times as large. Which of the losses still arrive? What
#   does exercise 5 say about the slope?
# - Make your own level: `viz.EarthMover([viz.EarthLevel("mine", start=(2, 0, 1), goal=(0, 3, 0))])`.
# - In the laboratory for critics, find a $c$ for depth 12 at which the gradient neither explodes nor vanishes.
#
# ## Summary
#
# - The best $D$ measures JS. Where supports do not meet, JS is $\log 2$ and its slope is exactly 0; KL is infinite.
#   For Gaussians, KL goes on growing and only JS flattens.
# - Thin supports in a large space almost never meet. So a perfect $D$ exists, and $G$'s gradient vanishes
#   (saturating) or blows up (non-saturating) as $D$ approaches it. Noise makes supports meet.
# - $W_1$ is the least price of moving one distribution onto the other: mass times distance. On a line, sort. In
#   general, a linear program.
# - $W_1$ is also the largest gap $\mathbb{E}_p f - \mathbb{E}_q f$ of a 1-Lipschitz $f$. Any such $f$ proves a lower
#   bound; a trained one is the critic.
# - Clipping gives $K \cdot W_1$ with an unknown $K$, and gradients that change geometrically with depth. The penalty
#   keeps slopes near 1, at a price: it is soft, and it must see samples one by one, so no batch norm in the critic.
# - KL covers, reverse KL drops. The divergence alone does not explain why GANs drop modes.
#
# ### Test yourself
#
# <details><summary>Two uniform distributions on [0, 1] and [5, 6]. What are KL, JS and W1?</summary>
#
# KL is infinite, in both directions. JS = log 2 = 0.693, W1 = 5.
# </details>
# <details><summary>"KL saturates, that is why GANs do not learn." What is wrong?</summary>
#
# KL does not flatten: between Gaussians it grows like the squared distance, and between disjoint supports it is
# infinite. JS flattens. And it is not what a GAN with the non-saturating loss descends.
# </details>
# <details><summary>A heap of 3 blocks goes 2 places further, one block goes 4 places back. What is the price?</summary>
#
# 3 · 2 + 1 · 4 = 10.
# </details>
# <details><summary>A plan has the price 12, and a 1-Lipschitz f has the gap 12. What do you know?</summary>
#
# The plan is optimal and so is f: no plan can cost less than 12 and no f can have a larger gap. (With total mass 1, W1
# = 12.)
# </details>
# <details><summary>The critic's loss is −3.1 and getting closer to 0. Is something broken?</summary>
#
# No. Minus the loss, without the penalty, is the critic's estimate of W1 (times its slope). It comes down as fakes come
# nearer.
# </details>
# <details><summary>A critic of 20 layers is clipped at 0.01, and the fakes do not move. Where do you look?</summary>
#
# At the gradient norms per layer. With clipping they shrink by a constant factor per layer, and after 20 layers
# nothing arrives. Use the penalty.
# </details>
# <details><summary>Why must the critic of WGAN-GP not have batch norm?</summary>
#
# The penalty is on the slope of the score of one sample. With batch norm each score depends on all samples of the
# batch.
# </details>
#
# ### To read next
#
# - Arjovsky and Bottou 2017, *Towards principled methods for training generative adversarial networks*, arXiv
#   1701.04862: perfect discriminators, both gradients, noise.
# - Arjovsky, Chintala and Bottou 2017, *Wasserstein GAN*, arXiv 1701.07875: the parallel lines, and clipping.
# - Gulrajani et al. 2017, *Improved training of Wasserstein GANs*, arXiv 1704.00028: the gradient penalty.
# - Miyato et al. 2018, *Spectral normalization for generative adversarial networks*, arXiv 1802.05957: a third way to
#   be Lipschitz.
# - Goodfellow 2016, *NIPS 2016 tutorial: generative adversarial networks*, arXiv 1701.00160: section 3.2.5 on the
#   divergence and mode dropping.
# - Sønderby et al. 2016, *Amortised MAP inference for image super-resolution*, arXiv 1610.04490: instance noise.
# - Peyré and Cuturi 2019, *Computational optimal transport*, arXiv 1803.00567: all about moving earth.

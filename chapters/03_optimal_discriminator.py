# %% [markdown]
# # 03 · The optimal discriminator
#
# {{links}}
#
# Hold the generator still and ask for the best discriminator there could be. The answer is one short formula, and it
# changes how you read a GAN: a perfect $D$ computes the ratio of two densities, and the value of the game is a distance
# between them. In this chapter you derive that, and then you measure every line of it: with integrals to twelve digits,
# with samples, and with a network that you train. At the end you will know what a $D$ must not be, too: one that has
# learned its samples by heart.
#
# **You will be able to**
#
# - derive the optimal discriminator $D^*$, and say what it answers where there is hardly any data,
# - show that $V(G, D^*) = 2\,\mathrm{JSD} - 2 \log 2$, and what follows for $G$,
# - compute $V$ by integral and by samples, with an error bar that you can trust,
# - turn a trained $D$ into a ratio of densities, and use it to make fakes better without touching $G$,
# - recognise a discriminator that has stopped teaching, and name three cures.
#
# **You need** chapter 02, integrals, and the logarithm's rules.
#
# **Time**: about 90 minutes to read and try. All cells together run for about a minute on one CPU core. The networks
# are tiny, so no cell uses a GPU.

# %% tags=["setup"]
# {{setup}}

# %%
from functools import partial
from itertools import islice
from math import exp, log, sqrt

import torch
from ipywidgets import FloatSlider
from scipy.stats import linregress
from torch.nn import functional as F
from torch.optim import Adam

from ganlib import checks, divergences, runtime, viz
from ganlib.data.mixtures import Mixture
from ganlib.losses import minimax, r1_penalty
from ganlib.models import MLPDiscriminator
from ganlib.training import ema

torch.set_num_threads(1)

# %% [markdown]
# ## The best answer at one place
#
# In chapter 02 both players moved. Now $G$ stands still. Its fakes have some density $p_g$, the real samples have the
# density $p_\text{data}$. The value of the game is a sum of two expectations, that is, of two integrals over the same
# $x$:
#
# $$V(D, G) = \mathbb{E}_{x \sim p_\text{data}} \log D(x) + \mathbb{E}_{x \sim p_g} \log\bigl(1 - D(x)\bigr)
# = \int \underbrace{p_\text{data}(x) \log D(x) + p_g(x) \log\bigl(1 - D(x)\bigr)}_{\text{what happens at } x}\,dx.$$
#
# $D$ may be any function with values between 0 and 1. What it answers at one $x$ does not bind it at another. So the
# integral is as large as possible when the integrand is, at every $x$ by itself. That is why we may *maximise under the
# integral sign*. (For a network this is not quite true: all its answers share the same weights. We come back to that.)
#
# Fix one $x$. Call its answer $y = D(x)$, and write $a = p_\text{data}(x)$ and $b = p_g(x)$. What is the best $y$ for
#
# $$f(y) = a \log y + b \log(1 - y)\ ?$$
#
# The first term wants $y$ near 1, the second wants it near 0. Move $a$ and $b$ and watch the compromise. The arrow keys
# move a slider that has the focus.


# %%
def objective(y, a, b):
    return a * y.log() + b * (1 - y).log()


def build(picture):
    ax, theme, y = picture.axes_of(), picture.theme, torch.linspace(0.002, 0.998, 499)
    (total,) = ax.plot(y, y, color=theme.text, label="f(y)")
    (real_part,) = ax.plot(y, y, "-.", color=theme.real, linewidth=1.2, label="a log y")
    (fake_part,) = ax.plot(y, y, "--", color=theme.fake, linewidth=1.2, label="b log(1 − y)")
    (best,) = ax.plot([0.5], [0], "o", color=theme.discriminator, markersize=8)
    words = ax.text(0.5, 0.06, "", color=theme.text, ha="center", transform=ax.transAxes)
    ax.set(xlim=(0, 1), ylim=(-4, 0.2), xlabel="the answer y = D(x)")
    ax.legend(frameon=False, fontsize=9, labelcolor=theme.text, loc="lower left", bbox_to_anchor=(0.02, 0.1))

    def move(a, b):
        values, highest = objective(y, a, b), a / (a + b)
        for line, heights in ((total, values), (real_part, a * y.log()), (fake_part, b * (1 - y).log())):
            line.set_ydata(heights)
        best.set_data([y[values.argmax()]], [values.max()])
        words.set_text(f"highest at y = {y[values.argmax()]:.3f}     a / (a + b) = {highest:.3f}")
        return [total, real_part, fake_part, best, words]

    return move


viz.Explorer(
    viz.FigureWidget(6, 3.5, "a log y + b log(1 - y) against y, and its two parts. One maximum, marked.", build),
    a=FloatSlider(value=0.6, min=0.05, max=1, step=0.05, description="a: real"),
    b=FloatSlider(value=0.2, min=0.05, max=1, step=0.05, description="b: fake"),
)

# %% [markdown]
# The derivative is $f'(y) = a / y - b / (1 - y)$. It is zero where $a (1 - y) = b y$, so at
#
# $$y^* = \frac{a}{a + b}.$$
#
# The second derivative, $-a / y^2 - b / (1 - y)^2$, is negative for every $y$. So the curve bends down everywhere, and
# this place is its only maximum. At $y^*$ it equals $-(a + b)^3 / (a b)$. Now the machine: the best of 9,999 answers on
# a grid, and both derivatives by `autograd`.

# %% tags=["nbval-check-output"]
grid = torch.arange(1, 10_000, dtype=torch.float64) / 10_000
print("   a      b     best on grid   a/(a+b)    slope there   2nd derivative   formula")
for a, b in ((0.6, 0.2), (0.2, 0.6), (0.3, 0.3), (0.9, 0.01), (0.0006, 0.0002)):
    found = grid[objective(grid, a, b).argmax()]
    y = torch.tensor(a / (a + b), dtype=torch.float64, requires_grad=True)
    (slope,) = torch.autograd.grad(objective(y, a, b), y, create_graph=True)
    (bend,) = torch.autograd.grad(slope, y)
    formula = -((a + b) ** 3) / (a * b)
    print(f"{a:6.4f} {b:6.4f} {found:13.4f} {y:10.4f} {abs(slope.item()):14.9f} {bend:16.4g} {formula:10.4g}")

# %% [markdown]
# The last row has densities a thousand times smaller than the first one. The best answer is the same: only the *ratio*
# of $a$ to $b$ counts. What shrinks is the bend, and with it the price of a wrong answer.
#
# ## D*, and what it says in the dark
#
# The same at every $x$ gives the **optimal discriminator**:
#
# $$D^*(x) = \frac{p_\text{data}(x)}{p_\text{data}(x) + p_g(x)}.$$
#
# In words: the share of real samples among all samples at $x$, if real ones and fakes come equally often. That is
# Bayes' rule. Divide by $p_\text{data}(x)$, and you see that it is a sigmoid:
#
# $$D^*(x) = \frac{1}{1 + p_g(x) / p_\text{data}(x)} = \sigma\Bigl(\log \frac{p_\text{data}(x)}{p_g(x)}\Bigr).$$
#
# So **the logit of the optimal discriminator is the logarithm of the density ratio**. This is the second reason for
# logits.
#
# To see $D^*$ we need densities that we know. Let them be mixtures of Gaussians on the line. Here the real samples form
# two hills, and the fakes one wide one.

# %%
p = Mixture(means=(-2, 2), stds=(0.6, 0.6))  # p_data
q = Mixture(means=(0,), stds=(1.6,))  # p_g
x = torch.linspace(-12, 12, 961, dtype=torch.float64)
log_p, log_q = p.log_density(x), q.log_density(x)

about_the_dark = viz.Prediction(
    "At x = 6 there is next to nothing: of a million real samples or fakes not even 100 lie beyond it. "
    "What does D* say there?",
    ["about 1/2: it has nothing to go by", "nearly 0: fake", "nearly 1: real"],
)
about_the_dark

# %% tags=["nbval-check-output"]
print("     x      p_data(x)       p_g(x)         D*(x)")
for place in (0.0, 1.0, 2.0, 3.4, 6.0):
    at = torch.tensor(place, dtype=torch.float64)
    a, b = p.log_density(at), q.log_density(at)
    best = divergences.optimal_discriminator(a, b).item()
    print(f"{place:6.1f} {a.exp():14.2e} {b.exp():12.2e} {best:13.4g}")
says = "about 1/2: it has nothing to go by" if 0.1 < best < 0.9 else f"nearly {round(best)}"
about_the_dark.reveal(next(choice for choice in about_the_dark.choices if choice.startswith(says)));

# %% [markdown]
# $D^*$ does not ask whether a sample is likely. It asks which of the two is *more* likely. Both densities are tiny at
# $x = 6$, but the fakes' is millions of times the larger one. So $D^*$ is quite sure: fake. (In practice nobody trains
# there, since no samples come. A real $D$ may say anything in such places.)
#
# A second lesson is hidden here. Far out, $p_\text{data}(x)$ is so small that it rounds to 0. With both densities 0 the
# formula gives $0/0$. With logarithms there is no problem. **Exercise 1** is about that.
#
# ### Shape the two densities
#
# Blue line: $p_\text{data}$, dashed orange: $p_g$. The tint behind them is $D^*$'s verdict, blue where it says real.
# Below is $D^*$ itself. On the right you see the objective of one place, the *chosen x*, divided by $a + b$ so that it
# stays in sight. The numbers above the pictures are explained in the next section.
#
# - Choose the preset *side by side*. Where is $D^*$ exactly 1/2? Make one of the two wider. What happens far out?
# - Choose *one hill is missing*. What does $D^*$ say at the missing hill? What would $G$ learn from that?
# - Try to make $D^*$ equal to 1/2 *everywhere*. What must you do?

# %% tags=["cover"]
viz.DensityExplorer()

# %% [markdown]
# Is $D^*$ really the best? Let us try to beat it: 1,000 other discriminators, made from $D^*$ by changing its logits at
# random, by a little or by a lot. `divergences.value` computes $V$ as an integral, by the trapezoidal rule on our grid.

# %%
best_value = divergences.optimal_value(log_p, log_q, x)
best_logits = log_p - log_q
noise = torch.Generator().manual_seed(0)
sizes = torch.logspace(-3, 1, 1000, dtype=torch.float64)[:, None]
waves = torch.randn(1000, len(x), generator=noise, dtype=torch.float64)
values = divergences.value(best_logits + sizes * waves, log_p, log_q, x)
print(f"V of D*:                      {best_value:.9f}")
print(f"best of 1,000 others:         {values.max():.9f}")
print(f"others that are at least as good: {(values >= best_value).sum()}")
undecided = divergences.value(torch.zeros(len(x)), log_p, log_q, x)
print(f"V of D = 1/2 everywhere:      {undecided:.9f}   -2 log 2 = {-2 * log(2):.9f}")

# %% [markdown]
# ## What V becomes: the Jensen-Shannon divergence
#
# Put $D^*$ into $V$, and nothing of $D$ is left. It becomes a number that only depends on $G$. Which one? Let
# $m = (p_\text{data} + p_g) / 2$, the density of "real or fake, by the toss of a coin". Then $D^* = p_\text{data} /
# (2 m)$ and $1 - D^* = p_g / (2 m)$, so
#
# $$V(G, D^*) = \mathbb{E}_{p_\text{data}} \log \frac{p_\text{data}}{2 m} + \mathbb{E}_{p_g} \log \frac{p_g}{2 m}
# = -2 \log 2 + \underbrace{\mathrm{KL}(p_\text{data} \,\|\, m) + \mathrm{KL}(p_g \,\|\, m)}_{2\,\mathrm{JSD}}.$$
#
# Each 2 in a denominator gave a $-\log 2$. What remains are two **Kullback-Leibler divergences**, $\mathrm{KL}(p \,\|\,
# m) = \mathbb{E}_p \log (p / m)$. Their average is called the **Jensen-Shannon divergence**:
#
# $$\mathrm{JSD}(p, q) = \tfrac{1}{2} \mathrm{KL}(p \,\|\, m) + \tfrac{1}{2} \mathrm{KL}(q \,\|\, m), \qquad
# V(G, D^*) = 2\,\mathrm{JSD}(p_\text{data}, p_g) - 2 \log 2.$$
#
# Does the code agree? The first column is the definition of $V$ with $D^*$ put in, the second the definition of JSD with
# its two KLs. They are different integrals.


# %% tags=["nbval-check-output"]
def js_by_definition(log_p, log_q):
    log_m = torch.logaddexp(log_p, log_q) - log(2)
    return (divergences.kl(log_p, log_m, x) + divergences.kl(log_q, log_m, x)) / 2


pairs = {
    "equal": (p, p),
    "two hills, one wide fake": (p, q),
    "one hill is missing": (p, Mixture((-2,), (0.6,))),
    "means 0 and 0.5": (Mixture((0,), (1,)), Mixture((0.5,), (1,))),
    "means 0 and 2": (Mixture((0,), (1,)), Mixture((2,), (1,))),
    "means -3 and 3": (Mixture((-3,), (1,)), Mixture((3,), (1,))),
}
print("pair                          V(G, D*)   2 JSD - 2 log 2         JSD")
for words, (one, two) in pairs.items():
    densities = one.log_density(x), two.log_density(x)
    V, js = divergences.value(densities[0] - densities[1], *densities, x), js_by_definition(*densities)
    print(f"{words:26}{V:12.6f}{2 * js - 2 * log(2):18.6f}{abs(js):12.6f}", end="   ")
    print("equal to 12 digits" if abs(V - 2 * js + 2 * log(2)) < 1e-12 else "differ")

# %% [markdown]
# ### By samples
#
# A GAN never sees a density. It sees samples, and replaces an expectation by an average: that is a **Monte Carlo**
# estimate. Its error bar, the *standard error*, is the spread of the averaged numbers divided by $\sqrt N$. (**Exercise
# 3** asks you for both.) So each further digit costs a hundred times as many samples.

# %%
js = js_by_definition(log_p, log_q).item()


def log_ratio(samples):
    samples = samples.double()
    return p.log_density(samples) - q.log_density(samples)


print(f"exact: V = {best_value:.6f}")
print("         N         estimate         off by    in standard errors")
dice = torch.Generator().manual_seed(1)
for n in (100, 1000, 10_000, 100_000, 1_000_000):
    estimate = divergences.value_estimate(log_ratio(p.sample(n, dice)), log_ratio(q.sample(n, dice)))
    off = estimate.value - best_value.item()
    print(f"{n:10,}   {estimate}   {off:10.6f}   {off / estimate.standard_error:12.1f}")

# %% [markdown]
# A million samples give three digits. Six digits would need some $10^{12}$. There is a way to get more out of each
# sample: do not let chance decide how many fall where. Cut the probability into $N$ slices of equal size, and draw one
# sample at random in each. These are **stratified** samples. Their error falls much faster than $1 / \sqrt N$.


# %%
def independent(mixture, n, dice):
    return mixture.sample(n, dice)


def stratified(mixture, n, dice):
    """n samples of a mixture of k equal parts: n / k of each part, one in each slice of its probability."""
    k = len(mixture.means)
    level = (torch.arange(n // k) + torch.rand(n // k, generator=dice, dtype=torch.float64)) / (n // k)
    z = torch.special.ndtri(level)  # the inverse of the normal distribution function
    return (z[:, None] * torch.tensor(mixture.stds) + torch.tensor(mixture.means)).flatten()


def value_from(draw, n):
    """V(G, D*) from n real samples and n fakes."""
    real, fake = (log_ratio(draw(mixture, n, dice)) for mixture in (p, q))
    return (F.logsigmoid(real).mean() + F.logsigmoid(-fake).mean()).item()


numbers, rms = (100, 1000, 10_000, 100_000), {}
for draw in (independent, stratified):
    offs = [torch.tensor([value_from(draw, n) for _ in range(20)]) - best_value for n in numbers]
    rms[draw.__name__] = [off.square().mean().sqrt().item() for off in offs]
print(f"exact by quadrature:              {best_value:.6f}")
print(f"a million stratified samples:     {value_from(stratified, 1_000_000):.6f}")
print(f"2 JSD - 2 log 2 by quadrature:    {2 * js - 2 * log(2):.6f}")

# %%
picture = viz.Picture(
    6.5,
    3.3,
    "Typical error of V against the number of samples, both axes logarithmic. Independent samples follow a line of "
    "slope minus one half; stratified samples fall about twice as steeply.",
)
ax, theme = picture.axes_of(), picture.theme
for (draw, course), style in zip(rms.items(), ("o-", "s--"), strict=True):
    slope = log(course[-1] / course[0]) / log(numbers[-1] / numbers[0])
    ax.loglog(numbers, course, style, color=theme.discriminator, label=f"{draw}: slope {slope:.2f}".replace("-", "−"))
guide = [rms["independent"][0] * sqrt(numbers[0] / n) for n in numbers]
ax.loglog(numbers, guide, ":", color=theme.text, linewidth=1, label="1 / √N")
ax.set(xlabel="samples N of each kind", ylabel="error of V (rms of 20)")
ax.minorticks_off()
ax.legend(frameon=False, fontsize=9, labelcolor=theme.text)
picture

# %% [markdown]
# By quadrature, by the definition of JSD, and by samples: three ways, one number, six digits.
#
# ### The two ends
#
# JSD is never negative, and never above $\log 2 = 0.693$ nats (1 bit): $V$ averages logarithms of probabilities, so it
# is at most 0. Both ends matter.

# %% tags=["nbval-check-output"]
apart = torch.tensor([0.5, 0.5, 0.0, 0.0]).log(), torch.tensor([0.0, 0.0, 0.3, 0.7]).log()
for words, densities, grid_of in (("equal", (log_p, log_p), x), ("disjoint supports", apart, None)):
    V, js = divergences.optimal_value(*densities, grid_of).item(), divergences.js(*densities, grid_of).item()
    print(f"{words:18} V(G, D*) = {V:.12f}   JSD = {abs(js):.12f}")
print(f"{'':18} -2 log 2 = {-2 * log(2):.12f}  log 2 = {log(2):.12f}")
print(f"disjoint, to the last bit: V is 0: {V == 0}, JSD is log 2: {js == log(2)}")

# %% [markdown]
# - **Equal**: $D^* = 1/2$, and $V = -2 \log 2$. The coin knows as much as the discriminator.
# - **Disjoint supports**: no place where both occur. $D^*$ is always right and always sure, $V = 0$ and $\mathrm{JSD} =
#   \log 2$, *exactly*, however near or far the two are. Keep this in mind for chapter 04.
#
# Why is JSD never negative? Each KL is at least 0: since the logarithm is concave, $\mathbb{E}_p \log (m / p) \le \log
# \mathbb{E}_p (m / p) \le \log 1 = 0$ (Jensen's inequality). And it is 0 only when $p = m$, that is, $p = q$. So
#
# > against the best discriminator, $G$ does best when $p_g = p_\text{data}$, only then, and it gets $-2 \log 2$.
#
# This is the theorem that makes a GAN more than a trick: *if* $D$ is always the best one, the generator's loss has its
# one global minimum at the truth. Let $p_g$ walk to $p_\text{data}$ on two roads: by exchanging a share $t$ of the
# fakes for real samples, and by sliding two Gaussians into place.

# %% tags=["nbval-check-output"]
print("           a share t of real samples       two Gaussians that slide into place")
print("   t       V(G, D*)    above -2 log 2      V(G, D*)    above -2 log 2")
for t in (0.0, 0.25, 0.5, 0.75, 0.9, 1.0):
    blend = Mixture(p.means + q.means, p.stds + q.stds, (t / 2, t / 2, 1 - t))
    slide = Mixture((-2 * t, 2 * t), (1.6 - t, 1.6 - t))
    row = f"{t:6.2f}"
    for fakes in (blend, slide):
        V = divergences.optimal_value(log_p, fakes.log_density(x), x).item()
        row += f"{V:13.6f}{abs(V + 2 * log(2)):16.6f}   "
    print(row.rstrip())

# %% [markdown]
# The first road goes down all the way: as a function of the *density* $p_g$, the divergence has no other valley (JSD is
# convex). The second road first goes up. A generator cannot exchange samples one by one. It has parameters, and as a
# function of those the divergence may have hills, and other valleys. The theorem does not promise that $G$ gets there.
#
# ## Train one
#
# So far $D^*$ came from a formula that needs both densities. A network has only samples. Does training find $D^*$?
# Here is a laboratory for $D$ alone. $G$ stands still: its density is given by sliders.
#
# - *Play* trains, *Step* does one update, *Reset* begins with a new $D$. Each update is what chapter 02 calls $D$'s
#   step, with 128 samples of each kind.
# - Left: the two densities over the verdict of the trained $D$, the samples that it learns from (dots and crosses at
#   the bottom), and the trained $D$ beside $D^*$.
# - Right, above: $V(D)$, by integral. It can never exceed $V(D^*)$, the thick grey line. $V$ on $D$'s own samples, the
#   thin dashed line, can. Below: the mean distance $|D - D^*|$ (over real and fake in equal parts), and the gap between
#   the two values.
# - *samples* says what $D$ learns from: new samples in every step, or a fixed number, again and again. *width* is that
#   of its two hidden layers.

# %%
about_training = viz.Prediction(
    "A new D is about 0.25 away from D* on average. How far after 1,000 updates with new samples?",
    ["less than 0.01", "0.01 to 0.05", "more than 0.05"],
)
about_training

# %%
lab = viz.DensityLab()
lab

# %%
lab.reset()
before = lab.measures()
lab.run(runtime.budget(full=1000, quick=50))
after = lab.measures()
for words, now in (("before", before), ("after", after)):
    print(f"{words:7} mean |D - D*| = {now.error:.3f}   V(D) = {now.value:.4f}, at most V(D*) = {now.best:.4f}")
about_training.reveal(about_training.choices[(after.error >= 0.01) + (after.error > 0.05)]);

# %% [markdown]
# It took a second or two. Scroll up to see the course, and go on from there.
#
# - Play, and move the fakes' *mean 1* meanwhile. $D$ runs after $D^*$. That is what $G$ does to it in a GAN.
# - Set *width* to *linear D*, then to 2 units, and play. What can these not learn, whatever they see?
# - Go back to 32 units, set *samples* to 30 of each kind, and play for some seconds. Watch both dashed lines: the one
#   of $V$ on $D$'s own points, and $D^*$. We measure that below.
#
# ### The error, against steps and against samples
#
# Now without the widget: a loop that trains $D$, on new samples or on $n$ fixed ones of each kind. A moving average of
# $D$'s weights takes out the noise of single updates. With fixed samples, $D$ would sooner or later learn them by
# heart. So the loop holds out as many other samples and looks every 20 updates how well $D$ does on them. It stops
# when ten looks in a row brought nothing better, and returns the error at the best moment: *early stopping*.


# %%
@torch.no_grad()
def error_of(D):
    """The mean of |D - D*| over real and fake in equal parts."""
    mass = (log_p.exp() + log_q.exp()) / 2
    trained, best = torch.sigmoid(D(x.float()[:, None])), torch.sigmoid(log_p - log_q)
    return (((trained - best).abs() * mass).sum() / mass.sum()).item()


def pools(n, dice):
    """n real and n fake points, each (n, 1)."""
    return [density.sample(n, dice)[:, None] for density in (p, q)]


def some(points, batch, dice):
    """Some of the points at random, or all if there are no more."""
    return points if len(points) <= batch else points[torch.randint(len(points), (batch,), generator=dice)]


def training(D, draw, rate=5e-3):
    """Trains D for ever on the batches that draw() gives; yields its moving average after each update."""
    average, optimizer = ema(D, 0.99), Adam(D.parameters(), rate, fused=True)
    while True:
        real, fake = draw()
        loss = minimax.discriminator(D(real), D(fake))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        average.update_parameters(D)
        yield average.module


# %%
def fresh_run(seed, looks):
    """The error after some numbers of updates, with new samples each time; and the last average of D."""
    dice, errors = runtime.seed_everything(seed), []
    run = training(MLPDiscriminator((1,), width=32), partial(pools, 256, dice))
    for step, D in enumerate(islice(run, looks[-1]), 1):
        if step in looks:
            errors.append(error_of(D))
    return errors, D


def early_stopped(n, seed, updates):
    """The error of a D that trains on n fixed samples of each kind, at its best moment on n held-out ones."""
    dice = runtime.seed_everything(seed)
    own, held_out = pools(n, dice), pools(n, dice)
    run = training(MLPDiscriminator((1,), width=32), lambda: [some(points, 256, dice) for points in own])
    moments = []
    for step, D in enumerate(islice(run, updates), 1):
        if step % 20 == 0:
            with torch.no_grad():
                moments.append((minimax.discriminator(*map(D, held_out)).item(), error_of(D)))
            if len(moments) - moments.index(min(moments)) > 10:
                break
    return min(moments)[1]


# %% [markdown]
# The next cell takes about 20 seconds and prints as it goes.

# %%
seeds, updates = range(runtime.budget(full=3, quick=1)), runtime.budget(full=2000, quick=30)
looks = [step for step in (1, 10, 30, 100, 300, 1000, 2000) if step <= updates]
print("new samples   updates:", *(f"{step:8,}" for step in looks))
errors_by_step = []
for seed in seeds:
    errors, D_trained = fresh_run(seed, looks)
    errors_by_step.append(errors)
    print(f"              seed {seed}: ", *(f"{error:8.4f}" for error in errors))

print("fixed samples       n:     mean    (three seeds)")
sizes, errors_by_size = (30, 100, 300, 1000, 3000, 10_000), []
for n in sizes:
    errors_by_size.append([early_stopped(n, seed, updates) for seed in seeds])
    mean = sum(errors_by_size[-1]) / len(seeds)
    print(f"{n:21,}: {mean:8.4f}   ", *(f"{error:7.4f}" for error in errors_by_size[-1]))

# %%
picture = viz.Picture(
    9,
    3.4,
    "Two plots with logarithmic axes: the mean distance of D from D* against updates with new samples, and against the "
    "number of fixed samples. Both fall steadily; the second has a slope near minus 0.4.",
)
columns = (
    ("updates with new samples", looks, errors_by_step),
    ("fixed samples of each kind", sizes, list(zip(*errors_by_size, strict=True))),
)
for i, (words, across, runs) in enumerate(columns):
    ax, theme = picture.axes_of(1, 2, i + 1), picture.theme
    for run in runs:
        ax.loglog(across, run, "o", color=theme.discriminator, markersize=3, alpha=0.6)
    mean = torch.tensor(runs).mean(0)
    ax.loglog(across, mean, "-", color=theme.discriminator)
    ax.set(xlabel=words, ylabel="mean |D − D*|", ylim=(0.004, 0.3))
    ax.set_yticks([0.005, 0.01, 0.02, 0.05, 0.1, 0.2], ["0.005", "0.01", "0.02", "0.05", "0.1", "0.2"])
    ax.minorticks_off()
slope = linregress(torch.tensor(sizes).log(), mean.log()).slope
picture.caption(ax, f"fitted slope {slope:.2f}".replace("-", "−"))
print(f"ten times as many fixed samples make the error {10**-slope:.1f} times smaller")
picture

# %% [markdown]
# - With new samples the error goes on falling. What is left after 2,000 updates is below 0.01.
# - With $n$ fixed samples the best moment is the end of it: more training does not help, more samples do. An average of
#   $n$ numbers has an error like $n^{-1/2}$, a slope of $-1/2$ in this picture. The network's line is a little flatter:
#   a whole curve takes more samples than one number.
#
# ## The ratio of two densities
#
# Turn the formula for $D^*$ around, and the discriminator becomes an instrument:
#
# $$\frac{D^*(x)}{1 - D^*(x)} = \frac{p_\text{data}(x)}{p_g(x)}, \qquad
# \text{logit of } D^* = \log p_\text{data}(x) - \log p_g(x).$$
#
# A classifier has measured a ratio of two densities, and nobody knew either of them. How well? Here is the $D$ that was
# trained a moment ago.

# %%
logits = D_trained(x.float()[:, None]).detach().double()
truth = log_p - log_q
picture = viz.Picture(
    7.5, 3.4, "The logit of the trained D lies on the log ratio of the densities, except where samples are rare."
)
ax, theme = picture.axes_of(), picture.theme
ax.fill_between(x, -11, -11 + 12 * (log_p.exp() + log_q.exp()) / 2, color=theme.faint, alpha=0.5, linewidth=0)
ax.plot(x, truth, "--", color=theme.text, label="log p_data(x) − log p_g(x)")
ax.plot(x, logits, color=theme.discriminator, label="logit of the trained D")
ax.axhline(0, color=theme.faint, linewidth=1)
ax.set(xlim=(-6, 6), ylim=(-11, 5), xlabel="x; grey: where samples are", ylabel="log ratio")
ax.legend(frameon=False, fontsize=9, labelcolor=theme.text, loc="upper center", ncols=2)
picture

# %%
density, step = (log_p.exp() + log_q.exp()) / 2, x[1] - x[0]
print("density of real and fake    share of all samples   median |error of the log ratio|   ratio off by a factor")
for low, high in ((0.1, 1.0), (0.01, 0.1), (0.0001, 0.01)):
    part = (low < density) & (density <= high)
    off = (logits - truth)[part].abs().median().item()
    share = (density[part] * step).sum()
    print(f"{f'{low:g} to {high:g}':25}{share:22.1%}{off:30.3f}{exp(off):24.2f}")

# %% [markdown]
# Where samples are common, the ratio is right to some per cent. Far out, where only one sample in a hundred falls, it
# is a guess.
#
# ### Better fakes without touching G
#
# Suppose $G$ is finished and not perfect. With the ratio $w(x) = p_\text{data}(x) / p_g(x)$ you can repair its fakes
# *afterwards*. For any function $h$,
#
# $$\mathbb{E}_{p_\text{data}} h(x) = \int p_g(x)\, w(x)\, h(x)\, dx = \mathbb{E}_{p_g} w(x)\, h(x).$$
#
# So count each fake with the weight $w$, divided by the sum of all weights: **importance weighting**. Fakes in the wrong
# place then count little. The price is that fewer of them count. The *effective sample size* $(\sum w)^2 / \sum w^2$
# says how many.

# %%
fakes, real = q.sample(20_000, dice), p.sample(20_000, dice)
with torch.no_grad():
    trained_logits = D_trained(fakes[:, None])


def moments(samples, weights):
    """Mean, standard deviation, share between -1 and 1, each under weights that sum to 1."""
    mean = (weights * samples).sum()
    spread = (weights * (samples - mean).square()).sum().sqrt()
    return mean, spread, weights[samples.abs() < 1].sum()


equal = torch.full((20_000,), 1 / 20_000)
print("                             mean   deviation   within ±1    effective size")
for words, samples, weights in (
    ("real samples", real, equal),
    ("fakes", fakes, equal),
    ("fakes, exact ratio", fakes, log_ratio(fakes).softmax(0)),
    ("fakes, ratio of trained D", fakes, trained_logits.softmax(0)),
):
    mean, spread, middle = moments(samples, weights)
    print(f"{words:26}{mean:7.3f}{spread:12.3f}{middle:12.3f}{1 / weights.square().sum():16,.0f}")

# %% [markdown]
# (`softmax` of the logits is the ratio $e^\text{logit}$ divided by its sum, without overflow. **Exercises 4 and 5** use
# that.)
#
# If you need samples rather than weights, **reject**: keep each fake with a probability proportional to $w(x)$, that is,
# with $w(x) / M$, where $M$ is the largest ratio. What is kept has exactly the density $p_\text{data}$, and a share $1 /
# M$ of the fakes is kept. This is *discriminator rejection sampling* (arXiv 1810.06758) in its simplest form.

# %%
picture = viz.Picture(
    9,
    3.2,
    "Three histograms of fakes beside the density of real samples. All fakes: one wide hill. Those kept by the exact "
    "ratio, and those kept by the trained D, have the two hills of the real ones.",
)
largest = truth.exp().max().item()
coin = torch.rand(20_000, generator=dice)
print(f"largest ratio M = {largest:.2f}, so 1 / M = {1 / largest:.1%} should be kept")
for i, (words, ratio) in enumerate(
    (("all fakes", None), ("kept by the exact ratio", log_ratio(fakes)), ("kept by the trained D", trained_logits))
):
    kept = fakes if ratio is None else fakes[coin < (ratio - ratio.max()).exp()]
    distance = divergences.sorted_w1(kept, p.sample(len(kept), dice)).item()
    print(f"{words:24} {len(kept) / 20_000:6.1%} of the fakes   distance to real samples (W1, chapter 04): {distance:.3f}")
    ax, theme = picture.axes_of(1, 3, i + 1), picture.theme
    ax.hist(kept, 60, range=(-6, 6), density=True, color=theme.pale(theme.fake), label="fakes")
    ax.plot(x, log_p.exp(), color=theme.real, label="p_data")
    picture.caption(ax, words)
    ax.set(xlim=(-6, 6), ylim=(0, 0.45), xlabel="x")
ax.legend(frameon=False, fontsize=9, labelcolor=theme.text, loc="upper center", ncols=2)
floor = [divergences.sorted_w1(p.sample(6000, dice), p.sample(6000, dice)).item() for _ in range(100)]
floor.sort()
print(f"{'6,000 real samples, 100 times':43} distance to real samples: median {floor[50]:.3f}, highest {floor[-1]:.3f}")
picture

# %% [markdown]
# What was kept is no farther from real samples than real samples can be from each other. $G$ has not changed at all. Its
# discriminator knew what was wrong with it. But mark the limit: weighting can only choose among the fakes there are. A
# mode that $G$ never visits has no fakes to keep.
#
# ## When D has learned its samples by heart
#
# $V(D) \le V(D^*)$ holds for every $D$, but on *all* samples that there could be. On the samples that it was trained
# with, $D$ can score higher: it only has to remember which is which. Pictures have many dimensions, and there it is
# easy. So take points with ten coordinates: real ones from $N(0, I)$, fakes from $N(m, I)$ with $m = (1.5, 0, \dots,
# 0)$. Here too we know the optimum: the log ratio is linear, $\log p_\text{data}(x) - \log p_g(x) = -m \cdot x + |m|^2 /
# 2$.
#
# $G$ follows the gradient of $D$'s logit. At $D^*$ this is $-m$ at every fake: "straight on, to where the data is". As in
# a GAN, the fakes are new in every update, and the real points come from a data set. We make it small: 100 points.

# %%
about_memorising = viz.Prediction(
    "D trains on 100 real points and new fakes for 2,000 updates. What becomes of V on fresh samples of both kinds?",
    ["it rises towards V(D*) and stays", "it rises, then falls a little", "it rises, then falls below -2 log 2"],
)
about_memorising


# %%
m = torch.tensor([1.5] + [0.0] * 9)


def cloud(n, dice):
    """n real and n fake points in ten dimensions."""
    return torch.randn(n, 10, generator=dice), torch.randn(n, 10, generator=dice) + m


@torch.no_grad()
def scores(D, real, fake):
    """V and the share of right answers on these points."""
    a, b = D(real), D(fake)
    return -minimax.discriminator(a, b).item(), ((a > 0).float().mean() + (b < 0).float().mean()).item() / 2


def pushes(D, fake):
    """What the saturating loss does to each fake: direction (cosine with -m, averaged) and size (median)."""
    fake = fake.clone().requires_grad_(True)
    logits = D(fake)
    (slope,) = torch.autograd.grad(logits.sum(), fake)
    size = torch.sigmoid(logits) * slope.norm(dim=1)  # the slope of log(1 - D) for the logit is -D
    return F.cosine_similarity(slope, -m.expand_as(slope)).mean().item(), size.median().item()


# %%
def memorise(n, updates, looks, penalty=0.0):
    """Train on n fixed real points (None: new ones each time) and new fakes; notes at some numbers of updates."""
    dice, notes = runtime.seed_everything(0), {}
    test = cloud(5000, dice)
    data = cloud(n, dice)[0] if n else test[0]
    D = MLPDiscriminator((10,), width=64)
    optimizer = Adam(D.parameters(), 2e-3, fused=True)
    for step in range(updates + 1):
        real, fake = cloud(128, dice)
        if step in looks:
            notes[step] = *scores(D, data, test[1]), scores(D, *test)[0], *pushes(D, test[1])
        if n is not None:
            real = some(data, 128, dice)
        loss = minimax.discriminator(D(real), D(fake))
        if penalty:
            loss = loss + penalty * r1_penalty(D, real)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return notes


# %%
steps = [step for step in (0, 10, 20, 30, 60, 100, 200, 300, 600, 1000, 2000) if step <= runtime.budget(2000, 30)]
notes = memorise(100, steps[-1], steps)
real, fake = cloud(200_000, torch.Generator().manual_seed(5))


def best_D(points):
    return m @ m / 2 - points @ m


optimum, (_, best_size) = divergences.value_estimate(best_D(real), best_D(fake)), pushes(best_D, fake)
print("           with the 100 real points      V on fresh     pushes on fresh fakes")
print("updates         right             V         samples     cosine with -m        size")
for step, (own, right, fresh, cosine, size) in notes.items():
    print(f"{step:7,}{right:14.0%}{own:14.3f}{fresh:16.3f}{cosine:19.2f}{size:12.4f}")
print(f"{'D*':>7}{optimum.value:44.3f}{1:19.2f}{best_size:12.4f}")
fell = [note[2] for note in notes.values()]
rises, falls, below = about_memorising.choices
about_memorising.reveal(below if fell[-1] < -2 * log(2) else rises if fell[-1] > max(fell) - 0.01 else falls);

# %%
picture = viz.Picture(
    9,
    3.3,
    "Left: V against updates. With D's own real points it rises towards 0; on fresh samples it rises for some thirty "
    "updates, then falls far below minus 2 log 2. Right: the pushes point the right way at first, then their cosine falls "
    "to about a quarter and their size to nothing.",
)
ax, theme = picture.axes_of(1, 2, 1), picture.theme
ax.plot(steps[1:], [notes[step][0] for step in steps[1:]], "o--", color=theme.discriminator, label="with its 100 real points")
ax.plot(steps[1:], [notes[step][2] for step in steps[1:]], "s-", color=theme.discriminator, label="on fresh samples")
ax.axhline(optimum.value, color=theme.text, linewidth=1, label="V(D*)")
ax.axhline(-2 * log(2), color=theme.text, linewidth=1, linestyle=":", label="−2 log 2: always 1/2")
ax.set(xscale="log", xlabel="updates", ylabel="V", ylim=(-10, 0.4))
ax.legend(frameon=False, fontsize=9, labelcolor=theme.text)
ax = picture.axes_of(1, 2, 2)
ax.plot(steps[1:], [notes[step][3] for step in steps[1:]], "o-", color=theme.generator, label="cosine with −m")
ax.plot(steps[1:], [notes[step][4] for step in steps[1:]], "s--", color=theme.generator, label="size of the push")
ax.set(xscale="log", xlabel="updates", ylim=(0, 1.05))
ax.legend(frameon=False, fontsize=9, labelcolor=theme.text)
picture

# %% [markdown]
# After 30 updates $D$ is a good teacher: the pushes point the right way. After 1,000 it knows its real points by heart
# and calls everything else fake, and nearly always it is right. Its loss looks perfect. But on fresh samples its value is
# far *below* $-2 \log 2$: a coin would be the better judge. And the fakes get no push: $D$ is sure about them, and the
# saturating loss goes flat (chapter 02). The non-saturating loss would make the push longer, not better: with a cosine of
# 0.23, less than a quarter of its length goes towards the data. This $D$ has **stopped teaching**.
#
# Notice what it would tell you about the divergence. $V$ with its own points is nearly 0, so "JSD is nearly $\log 2$, the
# two are disjoint". They are not. The 100 points are just few.
#
# What helps? Whatever keeps $D$ from remembering: early stopping, the R1 penalty of chapter 02 (half the squared slope
# of $D$'s logit at real samples, times a weight), more data. The next cell takes about ten seconds.


# %%
def row(words, note):
    own, _, fresh, cosine, size = note
    print(f"{words:32}{own:15.3f}{fresh:13.3f}{cosine:9.2f}{size:11.4f}")


last = steps[-1]
print("                                 V with its own   V on fresh   cosine       size")
row("100 real points, 2,000 updates", notes[last])
row("... stopped after 30 updates", notes[30])
for words, n, penalty in (
    ("... R1 penalty of 1", 100, 1.0),
    ("1,000 real points", 1000, 0.0),
    ("10,000 real points", 10_000, 0.0),
    ("new real points in every step", None, 0.0),
):
    row(words, memorise(n, last, [last], penalty)[last])

# %% [markdown]
# - **Stopping early** keeps $D$ a teacher. In a GAN, a small learning rate or few updates of $D$ do something similar.
# - **A penalty** keeps its value above the coin's and the push alive. The direction is worse than that of early
#   stopping, and far better than nothing.
# - **More data** is the real cure. Ten times as many points only put off the problem; a hundred times as many solve it
#   here. The fakes of a GAN are new in every step, the real samples are not. So a long training on a small data set ends
#   in memory. *Augmentation*, showing each image in many variants, is a way to have more of them.
#
# ### Too small a D
#
# The opposite fault is harmless. A $D$ that is too weak cannot reach $D^*$. But $V(D) \le V(D^*)$ always holds, so
#
# $$\log 2 + \tfrac{1}{2} V(D) \;\le\; \mathrm{JSD},$$
#
# and every discriminator gives a *lower bound* of the divergence. Here are networks of several widths on our two hills,
# trained on new samples, judged by integral. It takes some five seconds.

# %%
print("hidden units     V(D)    log 2 + V(D) / 2     mean |D - D*|")
for width in (0, 1, 2, 4, 32):
    dice = runtime.seed_everything(0)
    run = training(MLPDiscriminator((1,), max(width, 1), depth=2 if width else 0), partial(pools, 256, dice), rate=1e-2)
    D = next(islice(run, runtime.budget(full=800, quick=20) - 1, None))
    V = divergences.value(D(x.float()[:, None]).detach(), log_p, log_q, x)
    bound = round(log(2) + V.item() / 2, 4) + 0.0  # a zero without a sign
    words = "none: linear" if width == 0 else f"2 x {width}"
    print(f"{words:13}{V:10.4f}{bound:16.4f}{error_of(D):18.3f}")
print(f"{'D*':13}{best_value:10.4f}{log(2) + best_value / 2:16.4f}  = JSD")

# %% [markdown]
# The linear $D$ sees no difference at all: its verdict can only grow in one direction, and the two densities are
# symmetric. So "$D$ finds no difference" means "*this* $D$ finds none".
#
# ## What G receives
#
# Against $D^*$, the minimax generator minimises $2\,\mathrm{JSD}$. But wait. In a training step $D$ is *frozen*. $G$ gets
# the gradient of $V(G, D)$ for a fixed $D$, although the best $D$ would change with $G$. Is that the gradient of
# $2\,\mathrm{JSD}$?
#
# Yes. With a parameter $\theta$ of $G$, and $D^*_\theta$ the best discriminator for it, the chain rule has two parts:
#
# $$\frac{d}{d\theta} V(\theta, D^*_\theta) = \frac{\partial V}{\partial \theta} + \frac{\partial V}{\partial D} \cdot
# \frac{d D^*_\theta}{d\theta}.$$
#
# The second part is zero: $D^*_\theta$ is a maximum, so $\partial V / \partial D = 0$ there. This is called the
# *envelope theorem*. Let real samples be $N(0, 1)$ and fakes $G(z) = \theta + z$. We compute the gradient of
# $2\,\mathrm{JSD}$; that of $V$ with $D^*$ frozen; the same from samples, through `G(z)`, as a GAN would; and the gradient
# of the non-saturating loss with the same frozen $D^*$. The last column is explained below the table.


# %%
line = torch.linspace(-10, 18, 1121, dtype=torch.float64)
z = torch.randn(200_000, generator=torch.Generator().manual_seed(0), dtype=torch.float64)


def log_normal(theta):
    return -((line - theta) ** 2) / 2 - log(2 * torch.pi) / 2


def best_logit(points, t):
    return t**2 / 2 - t * points  # log N(x; 0, 1) - log N(x; t, 1)


def gradients(t):
    """The derivatives for theta, at theta = t, of what the columns of the table name; D* is that of t throughout."""
    theta = torch.tensor(t, dtype=torch.float64, requires_grad=True)
    real, fake, frozen_logits = log_normal(0), log_normal(theta), best_logit(line, t)
    js, step = divergences.js(real, fake, line), line[1] - line[0]
    return [
        torch.autograd.grad(loss, theta, retain_graph=True)[0].item()
        for loss in (
            2 * js,
            divergences.value(frozen_logits, real, fake, line),
            F.logsigmoid(-best_logit(theta + z, t)).mean(),
            -(fake.exp() * F.logsigmoid(frozen_logits)).sum() * step,
            theta**2 / 2 - 2 * js,
        )
    ]


print("                       V, D* frozen              non-saturating,")
print("θ          2 JSD    integral     samples        D* frozen    KL(p_g || p_data) - 2 JSD")
for t in (0.25, 0.5, 1.0, 2.0, 4.0, 6.0, 8.0):
    print("{:<5}{:12.6f}{:12.6f}{:12.4f}{:16.6f}{:17.6f}".format(t, *gradients(t)))

# %% [markdown]
# - The first two columns agree to six digits: **against the optimal $D$, one minimax step of $G$ is a gradient step on
#   $2\,\mathrm{JSD}$.** The third one agrees within the noise of its samples.
# - Read them downwards. The gradient first grows with the distance, then it *vanishes*: at $\theta = 8$ it is
#   a thousand times smaller than at $\theta = 2$. The fakes are eight standard deviations off, and $G$ hears nothing. With
#   this loss, the better $D$ knows bad fakes, the less it teaches.
# - The last two columns agree as well. The **non-saturating** loss at $D^*$ has the gradient of $\mathrm{KL}(p_g \,\|\,
#   p_\text{data}) - 2\,\mathrm{JSD}$ (arXiv 1701.04862), which does not vanish. That is another quantity than the one of
#   the theorem.
#
# That JSD goes flat for distributions that hardly overlap is the starting point of chapter 04.

# %% [markdown]
# ## Exercises
#
# Replace the line with `raise` and run the cell. The check says what is wrong, if anything is.
#
# ### Exercise 1: the optimal discriminator
#
# Write `optimal_discriminator(log_p, log_q)`: $D^*(x)$ from the *logarithms* of both densities at $x$.
#
# It must be right where both densities are too small for a floating-point number, such as $\log p = -1000$ and $\log q
# = -1002$, and where one of them is exactly 0 ($\log$ of it is $-\infty$). Where both are 0 anything goes.


# %% tags=["exercise", "raises-exception"]
def optimal_discriminator(log_p, log_q):
    raise NotImplementedError


if checks.optimal_discriminator(optimal_discriminator):
    far = torch.tensor([6.0, 20.0, 60.0], dtype=torch.float64)
    print("D* at x = 6, 20, 60:", optimal_discriminator(p.log_density(far), q.log_density(far)).tolist())

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Divide numerator and denominator by p. Which function of log p − log q is it?
# </details>
# <details><summary>Hint 2</summary>
#
# It is called sigmoid.
# </details>


# %% tags=["solution"] jupyter={"source_hidden": true}
# BEGIN SOLUTION
def solution(log_p, log_q):
    return torch.sigmoid(log_p - log_q)


checks.optimal_discriminator(solution);
# END SOLUTION

# %% [markdown]
# ### Exercise 2: the Jensen-Shannon divergence
#
# Write `js_divergence(p, q)`, in nats, for two distributions on the same finite set: `p` and `q` are tensors of
# probabilities that sum to 1. Some may be 0; a term with probability 0 counts nothing.


# %% tags=["exercise", "raises-exception"]
def js_divergence(p, q):
    raise NotImplementedError


if checks.js_divergence(js_divergence):
    dice_fair, dice_loaded = torch.full((6,), 1 / 6), torch.tensor([0.1, 0.1, 0.1, 0.1, 0.1, 0.5])
    yours = js_divergence(dice_fair, dice_loaded)
    print(f"a fair die and a loaded one: {float(yours):.4f}; 2 JSD - 2 log 2 = {2 * float(yours) - 2 * log(2):.4f}")

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# m = (p + q) / 2, then KL(p ‖ m) and KL(q ‖ m), then their average.
# </details>
# <details><summary>Hint 2</summary>
#
# 0 · log 0 is NaN on a computer. <code>torch.xlogy(p, p / m)</code> makes it 0, if m is not 0 as well. Where are both
# p and q 0, and what can you do there?
# </details>


# %% tags=["solution"] jupyter={"source_hidden": true}
# BEGIN SOLUTION
def solution(p, q):
    m = (p + q) / 2
    log_m = torch.where(m > 0, m, 1.0).log()
    kl_p, kl_q = ((torch.xlogy(d, d) - d * log_m).sum() for d in (p, q))
    return (kl_p + kl_q) / 2


checks.js_divergence(solution);
# END SOLUTION

# %% [markdown]
# ### Exercise 3: V from samples
#
# Write `value_estimate(real_logits, fake_logits)`: the Monte Carlo estimate of $V$ from $D$'s logits on $n$ real samples
# and $m$ fakes, and its standard error. Return both.
#
# - $V$ is the sum of two averages, as in chapter 02. Logits of ±200 must not break it.
# - The variance of an average of $n$ independent numbers is their variance divided by $n$. Variances of independent
#   things add up. The standard error is the square root of the sum. Use the variance with $n - 1$, as `var()` does.


# %% tags=["exercise", "raises-exception"]
def value_estimate(real_logits, fake_logits):
    raise NotImplementedError


if checks.value_estimate(value_estimate):
    yours = value_estimate(log_ratio(p.sample(10_000, dice)), log_ratio(q.sample(2_000, dice)))
    print(f"V = {float(yours[0]):.3f} ± {float(yours[1]):.3f}, exact: {best_value:.3f}")

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# <code>F.logsigmoid</code> gives the two kinds of terms. Which sign do the fakes' logits need?
# </details>
# <details><summary>Hint 2</summary>
#
# The two sets have different sizes, so each variance is divided by its own.
# </details>


# %% tags=["solution"] jupyter={"source_hidden": true}
# BEGIN SOLUTION
def solution(real_logits, fake_logits):
    terms = F.logsigmoid(real_logits), F.logsigmoid(-fake_logits)
    variance = sum(t.var() / len(t) for t in terms)
    return sum(t.mean() for t in terms), variance.sqrt()


checks.value_estimate(solution);
# END SOLUTION

# %% [markdown]
# ### Exercise 4: the ratio
#
# Write `density_ratio(logits)`: $p_\text{data}(x) / p_g(x)$ as the discriminator with these logits sees it. It must be
# precise for logits from $-30$ to $30$, in 32-bit numbers.


# %% tags=["exercise", "raises-exception"]
def density_ratio(logits):
    raise NotImplementedError


if checks.density_ratio(density_ratio):
    with torch.no_grad():
        at_two = density_ratio(D_trained(torch.tensor([[2.0]])))
    truth_at_two = log_ratio(torch.tensor(2.0)).exp()
    print(f"at x = 2 the trained D sees a ratio of {at_two.item():.2f}, the truth is {truth_at_two:.2f}")

# %% [markdown]
# <details><summary>Hint</summary>
#
# The logit is the logarithm of the ratio. You need not compute D at all.
# </details>


# %% tags=["solution"] jupyter={"source_hidden": true}
# BEGIN SOLUTION
def solution(logits):
    return logits.exp()


checks.density_ratio(solution);
# END SOLUTION

# %% [markdown]
# ### Exercise 5: an average over data you do not have
#
# Write `reweighted_mean(values, logits)`: the mean of a quantity under $p_\text{data}$, estimated from fakes alone.
# `values` has shape $(n,)$ or $(n, d)$, the quantity at each of $n$ fakes; `logits`, of shape $(n,)$, are $D$'s logits
# there. Count each fake with its ratio $D / (1 - D)$, divided by the sum of all $n$ ratios. Return a number, or $d$ of
# them. Logits of 1000 must not break it.


# %% tags=["exercise", "raises-exception"]
def reweighted_mean(values, logits):
    raise NotImplementedError


if checks.reweighted_mean(reweighted_mean):
    yours = reweighted_mean(fakes.square(), trained_logits)
    print(f"mean of x^2: fakes {fakes.square().mean():.2f}, reweighted {float(yours):.2f}, real {2**2 + 0.6**2:.2f}")

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Weights that are proportional to exp(logit) and sum to 1: PyTorch has a function for that, which subtracts the largest
# logit first.
# </details>
# <details><summary>Hint 2</summary>
#
# <code>weights @ values</code> works for both shapes of values.
# </details>


# %% tags=["solution"] jupyter={"source_hidden": true}
# BEGIN SOLUTION
def solution(values, logits):
    return logits.softmax(0) @ values


checks.reweighted_mean(solution);
# END SOLUTION

# %% [markdown]
# **More to try.** Predict first, then change the cells above and run them again.
#
# - In the laboratory, choose *far apart* and play. How long does $V(D)$ keep rising? What limits it?
# - In the cells before `memorise`, make $m$ zero: real and fake come from one distribution, and $D^* = 1/2$. What does
#   $D$ learn from 100 real points?
# - Let the fakes be *narrower* than the data, $q = N(0, 0.6^2)$ and $p = N(0, 1.6^2)$, and reweight. What happens to the
#   effective sample size, and why?
# - Real and fake need not come equally often. If $D$ gets twice as many fakes, what is its optimum?

# %% [markdown]
# ## Summary
#
# - For a fixed $G$ the best discriminator is $D^* = p_\text{data} / (p_\text{data} + p_g)$. Its logit is the log ratio of
#   the densities. It judges by the ratio, however rare a sample is.
# - $V(G, D^*) = 2\,\mathrm{JSD} - 2 \log 2$, from $-2 \log 2$ (equal) to 0 (disjoint). The global minimum for $G$ is
#   $p_g = p_\text{data}$, and nothing else.
# - A trained $D$ comes close to $D^*$ where samples are common. More steps help as long as samples are new.
# - $D / (1 - D)$ is a ratio of densities: it can weigh or reject fakes.
# - $V(D) \le V(D^*)$ on all samples there could be. On its own samples $D$ can exceed that by memory, and then it stops
#   teaching.
# - At $D^*$ the minimax generator receives the gradient of $2\,\mathrm{JSD}$, which vanishes when the two are far apart.
#
# ### Test yourself
#
# <details><summary>At some x, real samples are four times as dense as fakes. What is D*, and what is its logit?</summary>
#
# D* = 4 / (4 + 1) = 0.8. The logit is log 4 = 1.386.
# </details>
# <details><summary>Why may we maximise at each x by itself? When may we not?</summary>
#
# Since D may be any function, its values at different x do not bind each other. A network's values do: they share
# weights. So a small network may have to trade one place for another.
# </details>
# <details><summary>D's loss is 1.2 on fresh samples. What do you know about the JSD of data and fakes?</summary>
#
# V(D) = −1.2 is a lower bound of V(D*), so JSD ≥ log 2 − 0.6 = 0.093. It may be larger.
# </details>
# <details><summary>D's loss is 0.001 on its training set of 500 images. What do you know?</summary>
#
# That D can tell these images from these fakes, perhaps by heart. About the divergence: nothing. Look at held-out
# images.
# </details>
# <details><summary>p_g covers the data and also a region where there is no data. What does D* say in that region, and
# at real samples?</summary>
#
# In the region without data it says exactly 0. At real samples it says more than 1/2 on average: some of the fakes'
# probability is wasted elsewhere, so p_g is below p_data in much of the data's region.
# </details>
# <details><summary>Someone reweights fakes by D instead of D / (1 − D). What do they get?</summary>
#
# The density in proportion to p_g p_data / (p_data + p_g). It is nearer to the data than the fakes are, and it is not the
# data's.
# </details>
#
# ### To read next
#
# - Goodfellow et al. 2014, *Generative adversarial nets*, arXiv 1406.2661: proposition 1 (the optimal discriminator) and
#   theorem 1 (the Jensen-Shannon divergence).
# - Arjovsky and Bottou 2017, *Towards principled methods for training generative adversarial networks*, arXiv
#   1701.04862: what happens to $G$ when $D$ comes near its optimum.
# - Mohamed and Lakshminarayanan 2016, *Learning in implicit generative models*, arXiv 1610.03483: GANs as density-ratio
#   estimation.
# - Nowozin et al. 2016, *f-GAN*, arXiv 1606.00709: the same bound for a whole family of divergences.
# - Azadi et al. 2018, *Discriminator rejection sampling*, arXiv 1810.06758: keeping the good fakes.
# - Sugiyama, Suzuki and Kanamori 2012, *Density ratio estimation in machine learning*, Cambridge University Press: ratios
#   by classification and by other means.
# - Karras et al. 2020, *Training generative adversarial networks with limited data*, arXiv 2006.06676: how to see that
#   $D$ memorises, and augmentation as a cure.

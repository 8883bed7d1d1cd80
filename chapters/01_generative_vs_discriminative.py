# %% [markdown]
# # 01 · Generative vs discriminative
#
# {{links}}
#
# A *discriminative* model answers one question about a picture: what is it? A *generative* model says how the picture
# came about, so it can draw new ones. In this chapter you fit both to the same points, drag the points, and watch what
# moves. You measure what each can do that the other cannot, and which one learns from fewer examples. Then you let
# each do the other's work: a generator without overview, and a critic that has to draw. Both fail alone. Joined, they
# are the idea of a GAN.
#
# **You will be able to**
#
# - tell joint, marginal and conditional probabilities apart, and go from one to another with Bayes' rule,
# - fit a Gaussian classifier by hand, and show that its posterior is a logistic function,
# - name three things that only a generative model can do, and for each a case in which it fails,
# - say when few examples favour the generative model and when many favour the discriminative one,
# - explain why a GAN can draw samples and cannot say how probable they are,
# - explain why it is hard to generate with a discriminator alone, and what a generator adds.
#
# **You need** chapter 00, means and variances, and a Gaussian density.
#
# **Time**: about 90 minutes to read and try. All cells together run for about a minute on one CPU core. No GPU is
# needed.

# %% tags=["setup"]
# {{setup}}

# %%
from copy import deepcopy
from functools import cache
from math import log, pi, sqrt

import torch
from ipywidgets import Dropdown, IntSlider
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from threadpoolctl import threadpool_limits
from torch.nn import functional as F
from torch.optim import Adam
from tqdm.auto import tqdm

from ganlib import checks, metrics, runtime, viz
from ganlib.data import Batches, digits, grid_world
from ganlib.losses import non_saturating, r1_penalty
from ganlib.models import LDA, QDA, MLPDiscriminator, MLPGenerator, NaiveBayes
from ganlib.training import ema, frozen

torch.set_num_threads(1)
threadpool_limits(1);  # NumPy, SciPy and scikit-learn, too: on problems as small as these, threads wait for each other

# %% [markdown]
# ## One table, two questions
#
# Take the handwritten 2s and 7s of chapter 00. Let $y$ be the digit, and $x$ the ink in the middle of the picture, in
# three steps: light, medium, dark. Count.

# %% tags=["nbval-check-output"]
images, labels = digits(8, "train")
held_out, held_out_labels = digits(8, "test")
some = (labels == 2) | (labels == 7)
middle = images[some, 0, 3:5, 3:5].mean((1, 2))  # -1 is paper, +1 is ink
x = (middle > -0.5).long() + (middle > 0.5).long()
y = (labels[some] == 7).long()

counts = torch.zeros(2, 3).index_put((y, x), torch.tensor(1.0), accumulate=True)
joint = counts / counts.sum()
print("p(x, y)      light   medium     dark      p(y)")
for name, row in zip(("a 2", "a 7"), joint, strict=True):
    print(f"{name:9}" + "".join(f"{p:9.3f}" for p in row) + f"{row.sum():10.3f}")
print("p(x)     " + "".join(f"{p:9.3f}" for p in joint.sum(0)) + f"{joint.sum():10.3f}")

# %% [markdown]
# - The six numbers in the middle are the **joint** probability $p(x, y)$: how often does this *pair* occur?
# - The sums at the rim are the **marginals** $p(x) = \sum_y p(x, y)$ and $p(y) = \sum_x p(x, y)$.
# - A **conditional** fixes one of the two and asks for the other: $p(y \mid x) = p(x, y) / p(x)$ divides a column by
#   its sum, $p(x \mid y) = p(x, y) / p(y)$ divides a row.
#
# Both conditionals come from one joint, so $p(y \mid x)\, p(x) = p(x \mid y)\, p(y)$. That is **Bayes' rule**.

# %% tags=["nbval-check-output"]
p_x, p_y = joint.sum(0), joint.sum(1)
of_y_given_x, of_x_given_y = joint / p_x, joint / p_y[:, None]
print("                        light   medium     dark")
print("p(a 7 | x)          " + "".join(f"{p:9.3f}" for p in of_y_given_x[1]))
print("p(x | a 7)          " + "".join(f"{p:9.3f}" for p in of_x_given_y[1]))
bayes = of_x_given_y[1] * p_y[1] / p_x
print("p(x|7) p(7) / p(x)  " + "".join(f"{p:9.3f}" for p in bayes))

# %% [markdown]
# The two rows answer different questions. If the middle is dark, it is a 7 with probability 0.916. If it is a 7, the
# middle is dark with probability 0.608.
#
# - A **discriminative** model learns $p(y \mid x)$ only. It can tell 2 from 7. Nobody has told it how often a middle is
#   dark.
# - A **generative** model learns the joint $p(x, y)$. It can also *draw*: first a $y$ from $p(y)$, then an $x$ from
#   $p(x \mid y)$. (Without labels it learns $p(x)$ alone. That is what the GAN of chapter 00 did.)
#
# The joint knows everything: the conditional follows from it. Not the other way round. So why would anybody learn only
# the conditional? Because it is a smaller task. We will measure that.

# %% [markdown]
# ## The same with densities
#
# Now $x$ is a point of the plane, and probabilities become densities. We invent a truth, so that we can check what the
# models find: two classes, A ($y = 0$) and B ($y = 1$), each a Gaussian, with one covariance for both.


# %%
MEANS = torch.tensor([[-0.8, 0.4], [0.8, -0.4]], dtype=torch.float64)
ROOT = torch.tensor([[0.75, 0.0], [0.35, 0.55]], dtype=torch.float64)  # the covariance is ROOT times its transpose


def draw(n, generator):
    """n points (n, 2) and their classes: y first, then x given y."""
    y = torch.randint(2, (n,), generator=generator)
    return MEANS[y] + torch.randn(n, 2, generator=generator, dtype=torch.float64) @ ROOT.T, y


x, y = draw(60, torch.Generator().manual_seed(0))

# %% [markdown]
# **The generative model.** $p(x, y) = p(y)\, N(x; \mu_y, \Sigma)$. The most likely parameters are plain averages: the
# share of each class, the mean of each class, and the average of $(x - \mu_y)(x - \mu_y)^\top$ over all points. This is
# *linear discriminant analysis*, LDA. There is nothing to train.
#
# **The discriminative model.** $p(\text{B} \mid x) = \sigma(w \cdot x + b)$, *logistic regression*. Its $w$ and $b$
# minimise the cross-entropy of the labels, step by step. scikit-learn does it. (Its `C` divides a penalty on $|w|^2$;
# a large one all but switches it off.)


# %% tags=["nbval-check-output"]
def fit_lda(x, y):
    """Shares p(y), means and the common covariance: maximum likelihood."""
    p = torch.stack([(y == k).double().mean() for k in (0, 1)])
    means = torch.stack([x[y == k].mean(0) for k in (0, 1)])
    off = x - means[y]
    return p, means, off.T @ off / len(x)


def log_joint(x, p, means, covariance):
    """log p(x, y) for each x and y, shape (n, 2)."""
    off = x[:, None] - means
    squared = torch.einsum("nki,ij,nkj->nk", off, torch.linalg.inv(covariance), off)
    return p.log() - squared / 2 - torch.logdet(2 * pi * covariance) / 2


parameters = fit_lda(x, y)
joint = log_joint(x, *parameters)
posterior = joint.softmax(1)  # p(x, y) / p(x), Bayes' rule: the same as exp(joint) / sum of exp(joint)
logistic = LogisticRegression(C=1e6).fit(x.numpy(), y.numpy())
same = torch.allclose(joint, LDA(ridge=0).fit(x, y).log_joint(x))
print("the course's LDA gives the same:", same)
print(f"wrong about its own 60 points: LDA {(posterior.argmax(1) != y).sum()}, ", end="")
print(f"logistic regression {(logistic.predict(x.numpy()) != y.numpy()).sum()}")


# %%
def draw_classes(ax, x, y, **style):
    """Class A as dots, class B as squares."""
    for k, (marker, colour) in enumerate((("o", ax.figure.theme.class_a), ("s", ax.figure.theme.class_b))):
        shown = {"s": 16, "marker": marker, "linewidths": 1, "edgecolors": colour, "facecolors": "none"} | style
        ax.scatter(*x[y == k].T, **shown)


def draw_lines(ax, model, logistic, side):
    """Where each model is undecided: the generative one (full line) and logistic regression (dashed)."""
    grid = torch.cartesian_prod(side, side).flip(1).double()
    odds = model.log_joint(grid).diff(dim=1), logistic.decision_function(grid.numpy())
    looks = (("generator", "-"), ("discriminator", "--"))
    for values, (player, style) in zip(odds, looks, strict=True):
        values = torch.as_tensor(values).view(len(side), len(side))
        ax.contour(side, side, values, [0], colors=[getattr(ax.figure.theme, player)], linestyles=style)


# %%
side = torch.linspace(-4, 4, 101)
model = LDA().fit(x, y)
grid = torch.cartesian_prod(side, side).flip(1)
picture = viz.Picture(
    9,
    3.9,
    "Left: the points of two classes, level lines of the joint density of each, a tilted ellipse, and two nearly equal "
    "decision lines. Right: 300 points drawn from the generative model, which look like the points.",
)
left, right = (picture.axes_of(1, 2, i + 1) for i in range(2))
for k, colour in enumerate((picture.theme.class_a, picture.theme.class_b)):
    density = model.log_joint(grid)[:, k].exp().view(101, 101)
    left.contour(side, side, density, [0.005, 0.03, 0.08], colors=[colour], linewidths=0.7)
draw_classes(left, x, y)
draw_lines(left, model, logistic, side)
draw_classes(right, *model.sample(300, torch.Generator().manual_seed(1)), edgecolors=picture.theme.fake)
for name, style, colour in (("LDA", "-", "generator"), ("logistic regression", "--", "discriminator")):
    left.plot([], [], style, color=getattr(picture.theme, colour), label=name)
left.legend(frameon=False, fontsize=9, labelcolor=picture.theme.text, loc="lower right")
for ax, words in ((left, "60 points, the joint density, two lines"), (right, "300 points drawn from the model")):
    ax.set(xlim=(-4, 4), ylim=(-3, 3), aspect="equal", xticks=range(-4, 5, 2), yticks=range(-2, 3, 2))
    picture.caption(ax, words)
picture

# %% [markdown]
# ### Two roads to one formula
#
# The two lines are nearly equal. That is no accident. Write down the log odds of the generative model. The quadratic
# parts $x^\top \Sigma^{-1} x$ of the two Gaussians are equal and cancel:
#
# $$\log \frac{p(\text{B} \mid x)}{p(\text{A} \mid x)} = \log \frac{p(x, \text{B})}{p(x, \text{A})} = w \cdot x + b,$$
# $$w = \Sigma^{-1} (\mu_B - \mu_A), \qquad b = -\tfrac{1}{2} (\mu_A + \mu_B) \cdot w + \log \frac{p(\text{B})}{p(\text{A})}.$$
#
# So $p(\text{B} \mid x) = \sigma(w \cdot x + b)$: **the posterior of LDA is a logistic function of a linear score**.
# Both models have the same family of posteriors. They only choose $w$ and $b$ differently: LDA makes the *pairs*
# $(x, y)$ likely, logistic regression the *labels*.

# %% tags=["nbval-check-output"]
p, means, covariance = parameters
w = torch.linalg.solve(covariance, means[1] - means[0])
b = -(means.sum(0) @ w) / 2 + (p[1] / p[0]).log()
gap = (torch.sigmoid(x @ w + b) - posterior[:, 1]).abs().max().item()
print(f"posterior by Bayes against sigma(w . x + b), largest difference below 1e-12: {gap < 1e-12}")

right = torch.linalg.solve(ROOT @ ROOT.T, MEANS[1] - MEANS[0])
print(f"the true w = ({right[0]:.2f}, {right[1]:.2f})")

# %%
print("points    distance of w from the true one, median of 100 runs")
print("                  LDA    logistic     ratio")
generator = torch.Generator().manual_seed(1)
for n in (100, 300, 1000, 3000):
    off = torch.zeros(100, 2)
    for run in range(100):
        x_n, y_n = draw(n, generator)
        _, means, covariance = fit_lda(x_n, y_n)
        found = LogisticRegression(C=1e6).fit(x_n.numpy(), y_n.numpy()).coef_[0]
        off[run, 0] = (torch.linalg.solve(covariance, means[1] - means[0]) - right).norm()
        off[run, 1] = (torch.from_numpy(found) - right).norm()
    median = off.median(0).values
    print(f"{n:6,}{median[0]:15.2f}{median[1]:12.2f}{median[1] / median[0]:10.1f}")

# %% [markdown]
# Both find the true $w$ in the end. From the same points LDA comes closer: it also uses *where the points are*, not
# only which label they have, and its picture of the world is right here. (Efron computed in 1975 how much that is worth
# in the long run.) But what if the picture is wrong?
#
# **Exercises 1 and 2** ask for the fit and for Bayes' rule.

# %% [markdown]
# ## The laboratory: two models on points that you can drag
#
# - Drag points, add and remove them, by mouse or from the keyboard: the words below the scene say how.
# - The full line is the generative model's, the dashed one logistic regression's. Both follow at once.
# - *Background*: the joint density of each class, the posterior of either model, or $\log p(x)$.
# - The diamond is the *strange x*. Move it and read what both models say about it.
# - *Sample* draws from the generative model. There is no such button for logistic regression: $p(y \mid x)$ says
#   nothing about which $x$ there are.
#
# Predict first.

# %%
about_outlier = viz.Prediction(
    "One more point of class B appears, far away, on B's own side of the line. Which line moves more?",
    ["the generative one (LDA)", "logistic regression's", "both alike", "neither moves"],
)
about_outlier

# %% tags=["cover"]
lab = viz.TwoModels()
lab

# %% [markdown]
# Try it: take a point of B and drag it away from the line, farther and farther. Or choose the preset *an outlier*. Then
# measure, here with the laboratory's own two presets.


# %%
def angle_of(w):
    """The direction of a decision line, in degrees; w stands at right angles to it."""
    return torch.rad2deg(torch.atan2(torch.as_tensor(w[1]), torch.as_tensor(w[0])))


def both_angles(x, y):
    _, means, covariance = fit_lda(x, y)
    w = torch.linalg.solve(covariance, means[1] - means[0])
    return angle_of(w), angle_of(LogisticRegression().fit(x.numpy(), y.numpy()).coef_[0])


near = draw(40, torch.Generator().manual_seed(2))
outlier, is_b = torch.tensor([[4.6, -4.4]]).double(), torch.tensor([1])
before = both_angles(*near)
after = both_angles(torch.cat([near[0], outlier]), torch.cat([near[1], is_b]))
turned = [abs((then - now).item()) for then, now in zip(before, after, strict=True)]
print(f"one outlier turns the line of LDA by {turned[0]:.1f} degrees, of logistic regression by {turned[1]:.1f}")
ahead = turned[0] - turned[1]
about_outlier.reveal(
    "neither moves" if max(turned) < 1 else "both alike" if abs(ahead) < 1
    else "the generative one (LDA)" if ahead > 0 else "logistic regression's"
);

# %% [markdown]
# LDA has to explain *every* $x$. The outlier drags the mean and widens the covariance. Logistic regression only has to
# explain labels, and the label of that point was never in doubt: far on the right side of the line, the slope of its
# loss is almost 0. That is the other side of using where the points are.
#
# **More to try in the laboratory.** Predict, then look.
#
# - Preset *two clusters*: which of the three generative models can separate A from B, and why can the straight lines
#   not?
# - Preset *XOR* with naive Bayes and with QDA. Look at the background $p(x)$ as well: where does the model believe that
#   points are?
# - Move the strange x far away into a corner. What do both posteriors say, and what does $\log p(x)$ say?
# - Press *Sample* in preset *two clusters*. Do the samples look like the points? What does that say about the model?

# %% [markdown]
# ## What only the generative model can do
#
# ### Draw
#
# Back to digits. A picture is a vector of 64 numbers, $y$ is one of ten digits. Three generative models:
#
# - **naive Bayes**: within a class the 64 pixels are independent. 64 means and 64 variances for each digit.
# - **LDA**: each class has its mean, all share one 64 × 64 covariance.
# - **QDA**: each class has its own mean and covariance.
#
# Some pixels never vary, so we add 0.01 to every variance (the *ridge*). Logistic regression stands beside them.

# %%
flat, flat_test = images.flatten(1), held_out.flatten(1)
gaussians = {"naive Bayes": NaiveBayes(0.01), "LDA": LDA(0.01), "QDA": QDA(0.01)}
logistic = LogisticRegression(max_iter=1000).fit(flat.numpy(), labels.numpy())
print("                      right on held-out digits")
for name, model in gaussians.items():
    right = model.fit(flat, labels).posterior(flat_test).argmax(1) == held_out_labels
    print(f"{name:20}{right.double().mean():14.1%}")
print(f"{'logistic regression':20}{logistic.score(flat_test.numpy(), held_out_labels.numpy()):14.1%}")

# %%
enlarge = torch.nn.Upsample(scale_factor=3, mode="bicubic")
rows = [images[labels == k][:2] for k in range(10)]
for model in gaussians.values():
    x, y = model.sample(600, torch.Generator().manual_seed(0))
    rows += [x[y == k][:2].float().clamp(-1, 1).view(-1, 1, 8, 8) for k in range(10)]
viz.image_grid(
    enlarge(torch.cat(rows)),
    columns=20,
    title="Real digits; then drawn from naive Bayes, from LDA, from QDA",
    alt="Four rows, two of each digit. Naive Bayes: noisy shadows. LDA: blurred and often broken. QDA: many read well.",
    width=9,
)

# %% [markdown]
# Naive Bayes classifies nine of ten digits well, and draws badly: each pixel is drawn without looking at its
# neighbours, so strokes break. **A model can be good enough to classify and too poor to draw.** QDA knows which pixels
# go together, and draws much better.

# %%
print("                       Fréchet distance (chapter 00: 0 is best)")
for name, model in gaussians.items():
    x, _ = model.sample(2000, torch.Generator().manual_seed(1))
    print(f"{name:15}{metrics.score_digits(x.float().clamp(-1, 1).view(-1, 1, 8, 8)).fid:14.1f}")

# %% [markdown]
# ### Notice what is strange
#
# Turn the held-out digits by a quarter. Nobody has shown the models such a thing. What do they say?
#
# How small is a small density? In 64 dimensions the numbers say little by themselves. So rank them: **what share of the
# model's own samples has a lower density?** An ordinary $x$ has a rank between 0 and 1, a strange one a rank near 0.

# %%
about_lying = viz.Prediction(
    "Digits lying on their side. How often is logistic regression more than 99 % sure of its answer?",
    ["never", "less often than for upright digits", "more often than for upright digits"],
)
about_lying

# %%
model = gaussians["QDA"]
own, _ = model.sample(5000, torch.Generator().manual_seed(2))
own_densities = model.log_density(own)
noise = torch.rand(360, 64, generator=torch.Generator().manual_seed(3)) * 2 - 1
lying = held_out.rot90(1, (2, 3)).flatten(1)
print("                      more than 99 % sure        rank of p(x):")
print("                      logistic       QDA       median   below 1 %")
sure = {}
for name, x in (
    ("held-out digits", flat_test),
    ("lying on their side", lying),
    ("ink and paper swapped", -flat_test),
    ("noise", noise),
    ("mean of all 8s", model.means[8:9]),
):
    sure[name] = (logistic.predict_proba(x.numpy()).max(1) > 0.99).mean()
    rank = (own_densities < model.log_density(x)[:, None]).double().mean(1)
    by_qda = (model.posterior(x).amax(1) > 0.99).double().mean()
    print(f"{name:22}{sure[name]:8.0%}{by_qda:10.0%}{rank.median():13.3f}{(rank < 0.01).double().mean():12.0%}")
upright, lie = sure["held-out digits"], sure["lying on their side"]
about_lying.reveal("never" if lie == 0 else f"{'more' if lie > upright else 'less'} often than for upright digits");

# %% [markdown]
# Logistic regression is *more* often sure about digits that lie on their side. Far from all it knows, $w \cdot x + b$
# is large, and so the model is sure: it extrapolates a line. QDA's **posterior** is just as sure and no better, since
# it only compares ten tiny densities with each other. QDA's **density** notices: every one of the lying digits is
# stranger than 99 % of what the model itself would draw. (For held-out digits that should be 1 %. It is more, as the
# Gaussians are not quite right.)
#
# The last line is a warning. The mean of all 8s, a blurred shadow, has a higher density than nearly all samples. **High
# density is not the same as typical.** In many dimensions samples lie around the peak, not at it. Deep models can even
# give a higher density to pictures from another data set than to their own (arXiv 1810.09136).
#
# **Exercise 3** asks for the rank.

# %% [markdown]
# ### Learn from points without labels
#
# Labels cost work. Points without labels are often free. $p(y \mid x)$ cannot learn from an $x$ alone. But
# $p(x) = \sum_y p(x, y)$ can: an unlabelled point is one whose $y$ we have to guess. *Expectation maximisation* (EM)
# guesses and fits in turn:
#
# 1. **E step**: each unlabelled point belongs to class $y$ with weight $p(y \mid x)$. A labelled one belongs to its own.
# 2. **M step**: fit the model with these weights.


# %%
def semi_supervised(x, y, unlabelled, rounds=30):
    """LDA from labelled points x, y and unlabelled ones, by EM."""
    model, known = LDA(ridge=0.01).fit(x, y), F.one_hot(y, 2).double()
    for _ in range(rounds if len(unlabelled) else 0):
        shares = model.posterior(unlabelled)  # E step
        model.fit_soft(torch.cat([x, unlabelled]), torch.cat([known, shares]))  # M step
    return model


def streets(n, generator):
    """Another truth: in each class the points live at two ends of a street. No single Gaussian fits."""
    y = torch.randint(2, (n,), generator=generator)
    north = torch.rand(n, generator=generator) < torch.tensor([0.7, 0.3])[y]
    x = torch.randn(n, 2, generator=generator, dtype=torch.float64)
    return x + torch.stack([2.0 * y - 1, 6.0 * north - 3], 1), y


# %% [markdown]
# Try it. Begin with *our Gaussians* and few labels, and give EM more and more points without a label. *seed* draws
# other points. Then take the streets, 20 labels a class, and do the same.


# %%
def ends_of_line(model):
    """Two far points of the line on which an LDA is undecided, as rows of their x1 and their x2."""
    w = torch.linalg.solve(model.covariances[0], model.means[1] - model.means[0])
    b = -(model.means.sum(0) @ w) / 2 + (model.priors[1] / model.priors[0]).log()
    along = torch.stack([-w[1], w[0]]) / w.norm()
    return (torch.tensor([[-20.0], [20.0]]) * along - b * w / w.square().sum()).T


def test_error(model, x, y):
    return (model.posterior(x).argmax(1) != y).double().mean().item()


TRUTHS = {"our Gaussians": draw, "the streets": streets}
TEST_SETS = {name: truth(4000, torch.Generator().manual_seed(999)) for name, truth in TRUTHS.items()}


# %%
def show_labels(picture):
    ax, theme = picture.axes_of(), picture.theme
    looks = (
        ("no label", {"marker": ".", "ls": "", "ms": 4, "color": theme.text, "alpha": 0.5}),
        ("A, labelled", {"marker": "o", "ls": "", "ms": 8, "color": theme.class_a, "mec": theme.background}),
        ("B, labelled", {"marker": "s", "ls": "", "ms": 8, "color": theme.class_b, "mec": theme.background}),
        ("LDA, labels only", {"ls": "-", "color": theme.generator}),
        ("LDA after EM", {"ls": "--", "color": theme.generator}),
    )
    shown = [ax.plot([], [], label=name, **look)[0] for name, look in looks]
    words = ax.set_title(" ", fontsize=10, color=theme.text)
    ax.set(xlim=(-8, 8), ylim=(-6, 6), aspect="equal", xticks=range(-8, 9, 4), yticks=range(-4, 5, 4))
    ax.legend(frameon=False, fontsize=9, labelcolor=theme.text, loc="center left", bbox_to_anchor=(1, 0.5))

    def move(labels, unlabelled, truth, seed):
        generator = torch.Generator().manual_seed(seed)
        x, y = TRUTHS[truth](200, generator)
        known = [(y == k).nonzero()[:labels, 0] for k in (0, 1)]
        more = TRUTHS[truth](1000, generator)[0][:unlabelled]
        models = [semi_supervised(x[torch.cat(known)], y[torch.cat(known)], points) for points in (more[:0], more)]
        places = [more.T, *(x[rows].T for rows in known), *(ends_of_line(model) for model in models)]
        for artist, place in zip(shown, places, strict=True):
            artist.set_data(*place)
        before, after = (test_error(model, *TEST_SETS[truth]) for model in models)
        words.set_text(f"test error: {before:.1%} from the labels alone, {after:.1%} after EM")
        return [*shown, words]

    return move


# %%
viz.Explorer(
    viz.FigureWidget(
        8,
        4.2,
        "Points of two classes, few with labels and many without, and LDA's decision line before and after EM. Above "
        "them both test errors.",
        show_labels,
    ),
    truth=Dropdown(options=list(TRUTHS), description="truth"),
    labels=IntSlider(value=2, min=1, max=20, description="labels a class"),
    unlabelled=IntSlider(value=300, max=1000, step=10, description="unlabelled"),
    seed=IntSlider(value=4, max=30, description="seed"),
)

# %% [markdown]
# One draw proves little. So measure: many draws, and their mean.


# %%
def mean_error(draw, few, unlabelled, runs):
    """Test error with ``few`` labels of each class, over independent runs: mean and its standard error."""
    x_test, y_test = draw(4000, torch.Generator().manual_seed(999))
    wrong = torch.zeros(runs)
    for run in range(runs):
        generator = torch.Generator().manual_seed(run)
        x, y = draw(200, generator)
        labelled = torch.cat([(y == k).nonzero()[:few, 0] for k in (0, 1)])
        more, _ = draw(max(unlabelled, 1), generator)
        model = semi_supervised(x[labelled], y[labelled], more[:unlabelled])
        wrong[run] = test_error(model, x_test, y_test)
    return wrong.mean(), wrong.std() / sqrt(runs)


# %% [markdown]
# The next cell takes a few seconds.

# %%
runs = runtime.budget(full=30, quick=4)
numbers = (0, 10, 100, 1000)
cases = (("our Gaussians, 2 labels a class", draw, 2), ("the streets, 20 labels a class", streets, 20))
print("test error in %, mean of", runs, "runs ± standard error; number of points without labels:")
print(" " * 33 + "".join(f"{n:12,}" for n in numbers))
gain = {}
for words, truth, few in cases:
    gain[words] = [mean_error(truth, few, n, runs) for n in tqdm(numbers, desc=words, leave=False)]
    print(f"{words:33}" + "".join(f"{100 * mean:7.1f} ± {100 * error:.1f}" for mean, error in gain[words]))
for words, truth, _ in cases:
    x, y = truth(20_000, torch.Generator().manual_seed(7))
    print(f"{words.split(',')[0]}, 20,000 labels: {test_error(LDA().fit(x, y), x, y):.1%}")

# %%
picture = viz.Picture(
    9,
    3.4,
    "Left: test error falls with the number of unlabelled points for the Gaussians, and rises for the streets. Right: "
    "four blobs, two to a class, side by side; with labels the line stands upright between them, after EM it lies flat.",
)
left, right = picture.axes_of(1, 2, 1), picture.axes_of(1, 2, 2)
for (words, values), style, marker in zip(gain.items(), ("-", "--"), "os", strict=True):
    mean, error = torch.tensor(values).T
    look = {"fmt": marker + style, "color": picture.theme.generator, "label": words}
    left.errorbar([3, 10, 100, 1000], 100 * mean, 100 * error, **look)
left.set(xscale="log", xlabel="points without labels", ylabel="test error in %", ylim=(0, None))
left.set_xticks([3, 10, 100, 1000], ["none", "10", "100", "1,000"])
left.minorticks_off()
left.legend(frameon=False, fontsize=8.5, labelcolor=picture.theme.text, loc="center right")
generator = torch.Generator().manual_seed(3)
(x, y), (more, which) = streets(40, generator), streets(1000, generator)
draw_classes(right, more[:400], which[:400], s=5)
for style, model in (("-", LDA().fit(x, y)), ("--", semi_supervised(x, y, more))):
    label = "40 labels" if style == "-" else "and 1,000 without"
    right.plot(*ends_of_line(model), style, color=picture.theme.generator, label=label)
right.set(xlim=(-5, 11), ylim=(-6, 6), xticks=range(-4, 5, 2))
right.legend(frameon=False, fontsize=8.5, labelcolor=picture.theme.text, loc="lower right")
picture.caption(right, "the streets: A dots, B squares")
picture

# %% [markdown]
# With the right model, unlabelled points are worth a lot: with two labels a class, a thousand of them bring the error
# from 9.0 % down to 5.2 %. With 20,000 labels it is 3.9 %.
#
# With the wrong model they *hurt*: on the streets the error rises from 16.5 % to 28.0 %. The likeliest pair of
# Gaussians there is north against south, not A against B. A few labels cannot outvote a thousand points. **Unlabelled
# points make the density better. Whether that helps the labels depends on the model.**
#
# **Exercise 4** asks for the E step.

# %% [markdown]
# ## Which one learns from fewer examples?
#
# Ng and Jordan compared pairs with the same family of posteriors: naive Bayes with shared variances, and logistic
# regression. Their result:
#
# - With *many* examples the discriminative model is at least as good. It looks for the best posterior. The generative
#   one looks for the best joint, and if the assumptions are wrong the two are not the same.
# - The generative model gets near its own best with *fewer* examples, on the order of $\log d$ for $d$ features,
#   against $d$ for logistic regression.
#
# So the two error curves can cross. We build two truths with 20 features. In the first, features are independent within
# a class: naive Bayes is right. In the second, pairs of features are correlated: it is slightly wrong.


# %%
def features(n, rho, generator, d=20):
    """Two classes with d features; within a class, features 0 and 1, 2 and 3, ... have correlation rho."""
    y = torch.arange(n) % 2
    z = torch.randn(n, d // 2, 2, generator=generator, dtype=torch.float64)
    z[..., 1] = rho * z[..., 0] + sqrt(1 - rho**2) * z[..., 1]
    return z.flatten(1) + (2.0 * y[:, None] - 1) * torch.tensor([0.35, 0.1] * (d // 2)).double(), y


def naive_bayes(x, y):
    """w and b of naive Bayes with one variance for each feature, the same in both classes."""
    means = torch.stack([x[y == k].mean(0) for k in (0, 1)])
    w = (means[1] - means[0]) / ((x - means[y]).square().mean(0) + 0.001)
    return w, -(means.sum(0) @ w) / 2 + log((y == 1).sum() / (y == 0).sum())


def both_errors(x, y, x_test, y_test):
    """Test errors of naive Bayes and of logistic regression."""
    w, b = naive_bayes(x, y)
    logistic = LogisticRegression(C=1e4, max_iter=200, tol=1e-3).fit(x.numpy(), y.numpy())
    guesses = (x_test @ w + b > 0), torch.from_numpy(logistic.predict(x_test.numpy()))
    return [(guess != y_test).double().mean().item() for guess in guesses]


# %%
about_crossing = viz.Prediction(
    "Naive Bayes is slightly wrong about 20 features. From how many examples on is logistic regression better?",
    ["from about 10", "from about 100", "from about 1,000", "never"],
)
about_crossing

# %% [markdown]
# Now watch it. *Play* draws training sets and averages the errors, *Step* does this once. Move *correlation ρ* to 0, and
# naive Bayes is right; move it to 0.9; change the number of features. Where do the curves cross? (The thin lines are
# each model's own best, with infinitely many examples.)

# %%
curves = viz.LearningCurves()
curves.run(40)
curves

# %% [markdown]
# And the same once more in the open. (These errors are counted on test points, the ones above computed exactly, and the
# training sets are other ones. So the two crossings differ a little.) It takes a few seconds.

# %%
sizes = (10, 20, 40, 80, 160, 320, 640, 2000)
runs = runtime.budget(full=40, quick=4)
learning = {}
for rho in (0.0, 0.6):
    learning[rho] = torch.zeros(len(sizes), runs, 2)
    for i, n in enumerate(tqdm(sizes, desc=f"correlation {rho}", leave=False)):
        for run in range(runs):
            generator = torch.Generator().manual_seed(1000 * i + run)
            learning[rho][i, run] = torch.tensor(
                both_errors(*features(n, rho, generator), *features(2000, rho, generator))
            )

print("examples       naive Bayes right             naive Bayes slightly wrong")
print("             naive B.     logistic            naive B.     logistic")
for i, n in enumerate(sizes):
    row = f"{n:6,}   "
    for errors in learning.values():
        mean, spread = errors[i].mean(0), errors[i].std(0) / sqrt(runs)
        row += "".join(f"{100 * m:8.1f} ± {100 * s:.1f}" for m, s in zip(mean, spread, strict=True)) + " " * 6
    print(row)


# %%
def crossing(errors):
    """The number of examples from which logistic regression has the lower mean error; None if it never has."""
    ahead = (errors[:, :, 0] - errors[:, :, 1]).mean(1)  # above 0: logistic regression is better
    if ahead[-1] <= 0:
        return None
    i = (ahead <= 0).nonzero().max().item() if (ahead <= 0).any() else None
    if i is None:
        return sizes[0]
    share = (-ahead[i] / (ahead[i + 1] - ahead[i])).item()
    return sizes[i] * (sizes[i + 1] / sizes[i]) ** share  # straight lines over a logarithmic axis


runs_again = torch.randint(runs, (200, runs), generator=torch.Generator().manual_seed(0))
found = [crossing(learning[0.6][:, chosen]) for chosen in runs_again]  # the same for runs drawn again: how sure is it?
low, high = torch.tensor([f for f in found if f]).quantile(torch.tensor([0.025, 0.975]))
place = crossing(learning[0.6])
print(f"slightly wrong: they cross at {place:.0f} examples (95 % of 200 resamples: {low:.0f} to {high:.0f})")
gap = (learning[0.0][-1, :, 1] - learning[0.0][-1, :, 0]).mean()
print(f"right: no crossing; at 2,000 examples logistic regression is still {100 * gap:.2f} points behind")
choices = {"from about 10": 10, "from about 100": 100, "from about 1,000": 1000}
about_crossing.reveal(min(choices, key=lambda words: abs(log(choices[words] / place))) if place else "never");

# %%
picture = viz.Picture(
    9,
    3.4,
    "Two plots of test error against the number of examples. Where naive Bayes is right, it stays below logistic "
    "regression and they meet at the end. Where it is slightly wrong, the curves cross.",
)
for j, (rho, words) in enumerate(((0.0, "naive Bayes is right"), (0.6, "naive Bayes is slightly wrong"))):
    ax = picture.axes_of(1, 2, j + 1)
    looks = (("naive Bayes", "-", "o", "generator"), ("logistic regression", "--", "s", "discriminator"))
    for k, (name, style, marker, player) in enumerate(looks):
        mean, spread = 100 * learning[rho][:, :, k].mean(1), 100 * learning[rho][:, :, k].std(1)
        colour = getattr(picture.theme, player)
        ax.plot(sizes, mean, style, marker=marker, markersize=4, color=colour, label=name)
        ax.fill_between(sizes, mean - spread, mean + spread, color=colour, alpha=0.15, linewidth=0)
    ax.set(xscale="log", xlabel="examples", ylabel="test error in %", ylim=(8, 45))
    ax.set_xticks([10, 100, 1000], ["10", "100", "1,000"])
    picture.caption(ax, words)
    if rho:
        ax.axvline(place, color=picture.theme.faint, zorder=0)
    ax.legend(frameon=False, fontsize=9, labelcolor=picture.theme.text)
picture

# %% [markdown]
# (The bands show one standard deviation of a single run, up and down.) Where the assumption holds, naive Bayes is ahead
# until both arrive at the same error. Where it is slightly wrong, it is ahead with few examples, and stuck with many.
# (With only 10, nobody is ahead: naive Bayes, too, has to guess 40 means and 20 variances.)
#
# **Is it so on real data?** It would be easy to show you one data set that agrees. Here are all 45 pairs of digits,
# with 64 pixels as features. For each pair, train on $n$ digits, test on all others of the pair. This takes a few
# seconds.

# %%
scans = torch.cat([images, held_out]).flatten(1).double()
names = torch.cat([labels, held_out_labels])
pairs = torch.combinations(torch.arange(10)).tolist()
repeats = runtime.budget(full=5, quick=2)
print("digits to    mean error in %            pairs (of 45) in which better:")
print("learn from   naive Bayes   logistic     naive Bayes   logistic")
real = {}
for n in (6, 20, 100):
    real[n] = torch.zeros(len(pairs), 2)
    for i, (a, b) in enumerate(tqdm(pairs, desc=f"{n} digits", leave=False)):
        own = (names == a) | (names == b)
        x, y = scans[own], (names[own] == b).long()
        for repeat in range(repeats):
            order = torch.randperm(len(y), generator=torch.Generator().manual_seed(repeat))
            halves = [order[y[order] == k] for k in (0, 1)]
            train = torch.cat([half[: n // 2] for half in halves])
            test = torch.cat([half[n // 2 :] for half in halves])
            real[n][i] += torch.tensor(both_errors(x[train], y[train], x[test], y[test])) / repeats
    mean, ahead = 100 * real[n].mean(0), real[n][:, 1] - real[n][:, 0]
    print(f"{n:6}{mean[0]:18.1f}{mean[1]:11.1f}{(ahead > 0).sum():13}{(ahead < 0).sum():13}")

# %% [markdown]
# On real digits logistic regression is mostly ahead already with a handful of examples: naive Bayes makes 1.7 times as
# many errors with 6 digits, and 2.6 times as many with 100. One reason: while a line can separate the classes, the
# solver does not return just any separating line. It tends to the one with the widest margin, and that is a good guess
# of its own. Another: neighbouring pixels are far from independent, so naive Bayes is *quite* wrong here.
#
# So take Ng and Jordan's result as what it is. It compares how fast each model gets to *its own* best. Whether the
# curves cross, and where, depends on how wrong the generative model is and how the other one is fitted.

# %% [markdown]
# ## Three kinds of generative models
#
# So far our generative models had a formula for $p(x)$. Must they? Goodfellow's tutorial (arXiv 1701.00160) sorts them:
#
# | | what the model gives | examples |
# |---|---|---|
# | **explicit, tractable** | $p(x)$ exactly | Gaussians, naive Bayes, pixel by pixel (below), normalising flows |
# | **explicit, approximate** | a bound on $p(x)$, or $p(x)$ up to a constant | variational autoencoders, Boltzmann machines |
# | **implicit** | samples, and no $p(x)$ | **GANs** |
#
# An implicit model is a sampler: draw noise $z$ from a simple distribution, and compute $x = G(z)$. In one dimension we
# can still find the density behind it. Where $G$ rises steeply, the samples spread out and the density is low; where it
# is flat, they pile up:
#
# $$p_g(x) = \sum_{z:\, G(z) = x} \frac{p_z(z)}{|G'(z)|}.$$
#
# The sum runs over **all** $z$ that lead to $x$. Where $G$ turns, its slope is 0 and the density has a spike.


# %%
def G(z):
    return z + 2 * torch.sin(2 * z)


def density_of_g(x):
    """p_g(x) for each x by the formula: look along z for every place where G passes x. And the number of places."""
    side = torch.linspace(-8, 8, 8_001, dtype=torch.float64)
    values, slopes = G(side), 1 + 4 * torch.cos(2 * side)
    weight = torch.exp(-side.square() / 2) / sqrt(2 * pi) / slopes.abs()
    passed = (values[:-1] < x[:, None]) != (values[1:] < x[:, None])
    return (passed * (weight[:-1] + weight[1:]) / 2).sum(1), passed.sum(1)


# %%
samples = G(torch.randn(1_000_000, generator=torch.Generator().manual_seed(0)))
shares, edges = torch.histogram(samples, bins=240, range=(-6.0, 6.0))
heights = shares / len(samples) / (edges[1] - edges[0])
x = torch.linspace(-6, 6, 601, dtype=torch.float64)
formula, _ = density_of_g(x)
picture = viz.Picture(
    9,
    3.2,
    "Left: G winds up and down, so that one x can be met by three z. Right: a histogram of a million samples with four "
    "sharp peaks, and the formula on top of it.",
)
left, right = picture.axes_of(1, 2, 1), picture.axes_of(1, 2, 2)
z = torch.linspace(-3.5, 3.5, 301)
left.plot(z, G(z), color=picture.theme.generator)
left.axhline(0.5, color=picture.theme.faint, linestyle=":")
left.set(xlabel="z", ylabel="x = G(z)")
right.stairs(heights, edges, fill=True, color=picture.theme.pale(picture.theme.generator))
right.plot(x, formula, color=picture.theme.text, linewidth=0.9)
right.set(xlabel="x", ylim=(0, 0.4))
picture.caption(left, "the sampler")
picture.caption(right, "1,000,000 samples, and the formula (line)")
picture

# %% tags=["nbval-check-output"]
print("   x      z that lead there    formula    histogram")
for place in (0.02, 0.52, 1.52, 2.52):
    formula, places = density_of_g(torch.tensor([place], dtype=torch.float64))
    width = 0.04
    share = ((samples - place).abs() < width / 2).double().mean() / width
    print(f"{place:5.2f}{places.item():15}{formula.item():18.2f}{share:12.2f}")

# %% [markdown]
# For one number in and one number out this works. For the generator of chapter 00, with 16 numbers in and 64 out, there
# is a deeper problem. Its pictures lie on a surface of at most 16 dimensions, rolled up in a space of 64. That surface
# has no volume, so there *is* no density: almost all 64-dimensional pictures cannot be made at all.

# %% tags=["nbval-check-output"]
runtime.seed_everything(0)
generator = MLPGenerator(16, shape=(1, 8, 8))
slopes = [torch.autograd.functional.jacobian(lambda z: generator(z[None]).flatten(), z) for z in torch.randn(20, 16)]
ranks = {torch.linalg.matrix_rank(slope).item() for slope in slopes}
print("d G(z) / dz has shape", tuple(slopes[0].shape), "and rank", *ranks, "at each of 20 random z")

# %% [markdown]
# That is why a GAN cannot be trained by maximum likelihood, and why you cannot ask it how strange an $x$ is. What you
# *can* do is compare samples with samples. And comparing samples is what a classifier does: real or fake? So a GAN pairs
# a generative model that can only draw with a discriminative model that can only judge.

# %% [markdown]
# ## A generator without overview
#
# Here is a small world with an exact rule. A picture has 6 × 6 pixels, black or white. It is **valid** if its ink is one
# closed loop: each ink pixel has exactly two ink neighbours (left, right, above, below), and all ink hangs together.

# %% tags=["nbval-check-output"]
loops = grid_world.loops(6)
order = torch.randperm(len(loops), generator=torch.Generator().manual_seed(0))
known, new = loops[order[:1718]], loops[order[1718:]]
one_in = 2**36 / len(loops)
print(f"{len(loops):,} of 2^36 pictures are valid: one in {one_in / 1e6:.0f} million")
print(f"{len(known):,} to learn from, {len(new):,} kept aside")
print("all of them obey the rule:", grid_world.is_loop(loops).all().item(), end="; with one pixel flipped: ")
flipped = known.clone()
flipped[:, 0, 2, 2] *= -1
print(f"{grid_world.is_loop(flipped).sum()} of {len(flipped):,} do")

# %%
viz.image_grid(known[:36], columns=18, alt="Thirty-six loops of different sizes and shapes, black on white.", width=9)

# %% [markdown]
# A **bottom-up** generator draws pixel by pixel, from left to right and from top to bottom. By the chain rule any
# distribution can be written that way:
#
# $$p(x) = \prod_i p(x_i \mid x_1, \dots, x_{i-1}).$$
#
# Ours remembers only the last $m$ pixels, and keeps a table for each pixel: after these $m$ pixels, how often was there
# ink? With $m = 0$ the pixels are independent, as in naive Bayes. $m = 35$ remembers everything.


# %%
class PixelByPixel:
    """Each pixel given the m pixels before it, from counts."""

    def __init__(self, pictures, m):
        self.m, ink = m, (pictures.flatten(1) > 0).long()
        self.tables = []
        for i in range(36):
            before, row = self._code(ink[:, :i]).unique(return_inverse=True)
            self.tables.append((before, row.bincount(ink[:, i].double()) / row.bincount()))

    def _code(self, ink):
        """The last m pixels as one whole number."""
        last = ink[:, max(0, ink.shape[1] - self.m) :]
        return (last << torch.arange(last.shape[1])).sum(1)

    def p_ink(self, before):
        """p(x_i is ink | x_1 ... x_(i-1)) for pixels so far (n, i - 1) of +1 and -1."""
        known, share = self.tables[before.shape[1]]
        row = torch.searchsorted(known, self._code((before > 0).long()))
        return share[row.clamp(max=len(known) - 1)]

    def sample(self, n, generator=None):
        x = torch.zeros(n, 36)
        for i in range(36):
            x[:, i] = torch.bernoulli(self.p_ink(x[:, :i]), generator=generator) * 2 - 1
        return x.view(n, 1, 6, 6)


# %%
def probability(painter, pictures):
    """p(x) of each picture, exactly: the chain rule."""
    x, p = pictures.flatten(1), 1.0
    for i in range(36):
        ink = painter.p_ink(x[:, :i])
        p = p * torch.where(x[:, i] > 0, ink, 1 - ink)
    return p


# %%
about_memory = viz.Prediction(
    "The generator remembers the last 6 pixels: a whole row, so it knows what is above. What share of its pictures is "
    "valid?",
    ["less than 1 %", "about 10 %", "about 50 %", "nearly all"],
)
about_memory

# %% [markdown]
# The model is explicit and the world can be listed, so we need no samples: the share of valid pictures is
# $\sum_{x \text{ valid}} p(x)$. We also ask how much of it is *new*: loops that were kept aside.

# %% tags=["nbval-check-output"]
@cache
def with_memory(m):
    """The generator that remembers m pixels, and the shares of known and of new loops among its pictures."""
    painter = PixelByPixel(known, m)
    return painter, *(probability(painter, which).sum().item() for which in (known, new))


print("remembers m pixels    valid      of these, new loops      distributions in its tables")
valid = {}
for m in (0, 2, 4, 6, 7, 12, 18, 24, 35):
    painter, seen, unseen = with_memory(m)
    valid[m] = seen + unseen
    entries = sum(len(before) for before, _ in painter.tables)
    print(f"{m:10}{valid[m]:19.3%}{unseen / valid[m]:16.1%}{entries:25,}")
choices = {"less than 1 %": 0.001, "about 10 %": 0.1, "about 50 %": 0.5, "nearly all": 1}
about_memory.reveal(min(choices, key=lambda words: abs(log(choices[words] / valid[6]))));

# %%
stages = []
for m in (0, 4, 6, 7):
    drawn = PixelByPixel(known, m).sample(12, torch.Generator().manual_seed(0))
    stages.append((f"m = {m}: {grid_world.is_loop(drawn).sum()} of 12 valid", drawn))
viz.image_strip(stages, columns=4, alt="Twelve drawings each for four memories. The longer the memory, the more loops.")

# %% [markdown]
# Choose the memory yourself. Valid pictures are black, the others gray; *draw* makes sixteen other ones.


# %%
def show_drawings(picture):
    ax = picture.axes_of()
    ax.set_axis_off()
    tiles = ax.imshow(torch.zeros(13, 55), cmap="gray_r", vmin=0, vmax=1)
    words = ax.set_title(" ", fontsize=10, color=picture.theme.text)

    def move(m, draw):
        painter, seen, unseen = with_memory(m)
        pictures = painter.sample(16, torch.Generator().manual_seed(draw))
        ok = grid_world.is_loop(pictures)
        ink = torch.where(ok, 1.0, 0.45)[:, None, None] * (pictures[:, 0] > 0)
        wall = torch.full((16, 7, 7), torch.nan)
        wall[:, :6, :6] = ink
        tiles.set_data(wall.view(2, 8, 7, 7).transpose(1, 2).reshape(14, 56)[:13, :55])
        share = seen + unseen
        words.set_text(f"{ok.sum()} of these 16 are valid, of all {share:.2%}; of those {unseen / share:.0%} are new")
        return [tiles, words]

    return move


# %%
viz.Explorer(
    viz.FigureWidget(8, 2.4, "Sixteen pictures drawn pixel by pixel. Valid ones are black, the others gray.", show_drawings),
    m=IntSlider(value=6, max=35, description="memory m"),
    draw=IntSlider(max=100, description="draw"),
)

# %% [markdown]
# - **Independent pixels** ($m = 0$) hardly ever make a loop: 0.000 %. A few pixels of memory hardly help: each stroke
#   looks right, and the whole does not close.
# - **One pixel more than a row** makes a jump: the one above and to the left. Suppose there is ink above and on the left.
#   Do these two hang together already, around that corner? Then more ink here would spoil the loop.
# - **Two rows** ($m = 12$) are nearly an overview of so small a picture: 99.8 % are valid. But the tables fill with single
#   examples, and fewer pictures are new: 33 %.
# - **With complete memory** every picture is valid. The rule was not learned, though: the table is a list of the 1,718
#   known loops, and no picture is new.
#
# Bottom-up drawing is not wrong in itself: the chain rule is exact, and a network that reads all pixels before it can
# generalise where a table cannot. The trouble is that nobody looks at the whole, and that a mistake cannot be taken
# back.
#
# **Exercise 5** asks for the sampler.

# %% [markdown]
# ## A critic that has to draw
#
# Now top-down. A discriminator $D$ sees the whole picture and says: valid or not? We train it to tell known loops from
# the pictures by independent pixels, three times with different seeds. That takes about 5 seconds.


# %%
def train_critic(D, real, fake, updates, lr=2e-3):
    """D learns to tell real pictures from fakes: chapter 00's loss, without a generator in the game."""
    optimizer = Adam(D.parameters(), lr=lr, fused=True)
    for (x,), (fake_x,) in zip(Batches(real, 64, seed=1), Batches(fake, 64, seed=2), strict=False):
        loss = non_saturating.discriminator(D(x), D(fake_x))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        updates -= 1
        if updates == 0:
            return D


def new_critic(seed):
    runtime.seed_everything(seed)
    return MLPDiscriminator((1, 6, 6), width=128)


@torch.no_grad()
def auc(D, real, fake):
    """The probability that D scores a real picture higher than a fake: 1 is perfect, 1/2 is guessing."""
    truth = [1] * len(real) + [0] * len(fake)
    return roc_auc_score(truth, torch.cat([D(real), D(fake)]))


# %%
updates = runtime.budget(full=1000, quick=50)
independent = PixelByPixel(known, 0)
bar = tqdm((0, 1, 2), desc="critics", leave=False)
critics = [train_critic(new_critic(seed), known, independent.sample(8000), updates) for seed in bar]
fresh = independent.sample(4000)
print("new loops against new pictures by independent pixels, AUC:", *(f"{auc(D, new, fresh):.5f}" for D in critics))

# %% [markdown]
# A nearly perfect judge. So let it draw: find $\arg\max_x D(x)$. There are $2^{36}$ pictures to look through. At one
# million a second that takes 19 hours, so we climb: start from noise, try each of the 36 flips, keep the best one, and
# go on until no flip helps.


# %%
@torch.no_grad()
def climb(D, x):
    """Flip the pixel that raises D's logit most, until none does. The pictures, and D's evaluations for each."""
    flips = torch.where(torch.eye(36).view(36, 1, 6, 6) > 0, -1.0, 1.0)
    x, best, looked = x.clone(), D(x), torch.ones(len(x))
    moving = torch.ones(len(x), dtype=torch.bool)
    while moving.any():
        options = x[moving, None] * flips
        score, which = D(options.flatten(0, 1)).view(-1, 36).max(1)
        looked[moving] += 36
        better = score > best[moving]
        rows = moving.nonzero()[:, 0][better]
        x[rows], best[rows] = options[better, which[better]], score[better]
        moving[moving.clone()] = better
    return x, looked


# %%
about_climbs = viz.Prediction(
    "Each climb ends at a picture that D likes at least as much as all its neighbours. What share of these is valid?",
    ["about 10 %", "about 50 %", "about 90 %"],
)
about_climbs

# %%
start = torch.rand(500, 1, 6, 6, generator=torch.Generator().manual_seed(5)).sub(0.5).sign()
print("seed   median logit of     after the climb:   logit     valid   looks at D, each")
print("       new loops")
share = []
for seed, D in enumerate(critics):
    found, looked = climb(D, start)
    with torch.no_grad():
        loop_logit, logit = D(new).median(), D(found).median()
    share.append(grid_world.is_loop(found).double().mean())
    print(f"{seed:3}{loop_logit:14.1f}{logit:30.1f}{share[-1]:10.0%}{looked.mean():15.0f}")
choices = {"about 10 %": 0.1, "about 50 %": 0.5, "about 90 %": 0.9}
mean = sum(share) / 3
about_climbs.reveal(min(choices, key=lambda words: abs(choices[words] - mean)));

# %%
viz.image_strip(
    [("starts", start[:9]), ("after the climb (last critic)", found[:9])],
    columns=9,
    alt="Nine noise pictures, and where the climbs ended: pieces of loops with stray pixels and loose ends.",
)

# %% [markdown]
# Most of what it found is *invalid*, and $D$ likes it better than real loops. $D$ was only ever shown real loops and
# noise of one kind. In between it was free to say anything, and the climb goes just where it errs. Such an input is
# called **adversarial**. And the climb is slow: hundreds of evaluations for one picture.
#
# The bottom-up generator draws quickly and has no overview. The top-down critic has the overview and cannot draw.
# **Join them.**
#
# ### First way: the generator proposes, the critic selects
#
# The critic now learns to tell known loops from the pictures of the generator that it will work with ($m = 6$, valid in
# about one of ten). The generator proposes $K$ pictures, the critic takes the best. About 5 seconds.

# %%
painter = PixelByPixel(known, 6)
print("share of valid pictures, 400 picked out of K proposals each (three critics)")
print("K, looks at D       seed 0    seed 1    seed 2       different ones, of 400")
bar = tqdm((10, 11, 12), desc="critics", leave=False)
judges = [train_critic(new_critic(seed), known, painter.sample(8000), updates) for seed in bar]
for K in (1, 4, 16, 64):
    row, different = "", []
    for D in judges:
        proposals = painter.sample(400 * K).view(400, K, 1, 6, 6)
        with torch.no_grad():
            best = D(proposals.flatten(0, 1)).view(400, K).argmax(1)
        picked = proposals[torch.arange(400), best]
        row += f"{grid_world.is_loop(picked).double().mean():10.0%}"
        different.append(len(picked.unique(dim=0)))
    print(f"{K:7}{'':9}{row}{min(different):18} to {max(different)}")

# %% [markdown]
# With 64 proposals about nine of ten are valid, for a seventh of the looks that a climb took. The critic only has
# to judge pictures of a kind that it was trained on. That is the point: *its weak spots are not searched for*.
#
# ### Second way: the critic teaches the generator
#
# Better still, do not throw 63 pictures away. Let the generator *learn* to make what the critic would pick. $D$'s
# gradient says how, and as $G$ gets better $D$ is trained on what $G$ makes now. That is a GAN, and this is the loop of
# chapter 00. $G$ makes gray values, and we call what is above 0 ink.


# %%
def play(G, D, real, updates, weight, seed):
    """The game of chapter 00. Returns the moving average of G."""
    optimizer_g, optimizer_d = (Adam(player.parameters(), lr=2e-3, betas=(0.0, 0.99), fused=True) for player in (G, D))
    average, batches = ema(G, decay=0.99), Batches(real, 64, seed=seed)
    for step in tqdm(range(updates), desc=f"seed {seed}", leave=False):
        (x,) = next(batches)
        loss_d = non_saturating.discriminator(D(x), D(G(torch.randn(64, 16)).detach()))
        if step % 4 == 0:
            loss_d = loss_d + 4 * weight * r1_penalty(D, x)
        optimizer_d.zero_grad()
        loss_d.backward()
        optimizer_d.step()
        with frozen(D):
            loss_g = non_saturating.generator(D(G(torch.randn(64, 16))))
            optimizer_g.zero_grad()
            loss_g.backward()
            optimizer_g.step()
        average.update_parameters(G)
    return average.module.eval()


# %% [markdown]
# The next cell trains two GANs. It takes about 10 seconds.

# %%
gan_updates = runtime.budget(full=2000, quick=100)
already = {bytes(row) for row in (known > 0).flatten(1).byte().numpy()}
print("seed   valid   different, of 4,000   of these new     valid, best of 16 by D")
for seed in (0, 1):
    D = new_critic(seed)
    G = play(MLPGenerator(16, (1, 6, 6), width=128, norm="batch"), D, known, gan_updates, 0.03, seed)
    with torch.no_grad():
        drawn = G(torch.randn(4000, 16)).sign()
        proposals = G(torch.randn(400 * 16, 16)).sign()
        best = D(proposals).view(400, 16).argmax(1)
    ok = grid_world.is_loop(drawn)
    made = {bytes(row) for row in (drawn[ok] > 0).flatten(1).byte().numpy()}
    picked = grid_world.is_loop(proposals.view(400, 16, 1, 6, 6)[torch.arange(400), best])
    row = f"{seed:3}{ok.double().mean():10.0%}{len(made):15,}{len(made - already) / max(1, len(made)):20.0%}"
    print(row + f"{picked.double().mean():20.0%}")

# %% [markdown]
# One pass of $G$ now makes a loop about every second time, with no search and no look at $D$. Nearly half of the loops
# are new, like half of all loops in this world: the GAN learned something like the rule, not the list. If you still
# have $D$, you can let it select as well.
#
# | | one picture costs | valid |
# |---|---|---|
# | bottom-up, a row of memory | one pass of $G$ | about 1 in 10 |
# | top-down, climbing $D$ | hundreds of looks at $D$ | about 1 in 10 |
# | $G$ proposes 64, $D$ selects | 64 passes of each | about 9 in 10 |
# | $G$ taught by $D$ | one pass of $G$ | about 1 in 2 |

# %% [markdown]
# ## Can a discriminator generate alone?
#
# The climb failed because $D$ had not been shown its own mistakes. So show them! Draw by climbing, tell $D$ that these
# are fakes, train it again, and repeat. The *structured perceptron* learns in this way, and so do energy-based models:
#
# 1. Train $D$ on real pictures and on the fakes so far. (At first the fakes are noise.)
# 2. Draw new fakes: $\tilde x = \arg\max_x D(x)$.
# 3. Go back to 1.
#
# We do it for digits. Pixels are gray, so we climb along the gradient of the logit, from noise, 30 steps. $D$ pays the
# penalty of chapter 00, which keeps its slopes gentle.


# %%
def ascend(D, x, steps=30, rate=1.0):
    """Climb D's logit along its gradient; pixels stay within [-1, 1]."""
    with frozen(D):
        for _ in range(steps):
            x = x.detach().requires_grad_(True)
            (slope,) = torch.autograd.grad(D(x).sum(), x)
            x = (x.detach() + rate * slope).clamp(-1, 1)
    return x


def train_round(D, optimizer, fakes, updates):
    for step in range(updates):
        x = images[torch.randint(len(images), (64,))]
        loss = non_saturating.discriminator(D(x), D(fakes[torch.randint(len(fakes), (64,))]))
        if step % 4 == 0:
            loss = loss + 4 * r1_penalty(D, x)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


def noise_pictures(n):
    return torch.rand(n, 1, 8, 8) * 2 - 1


# %%
about_round_one = viz.Prediction(
    "D is trained on digits against noise, and never errs. What will it draw in the first round?",
    ["digits", "one gray shape, about the same each time", "noise that D takes for digits"],
)
about_round_one

# %% [markdown]
# The next cell takes about 10 seconds.

# %%
rounds, per_round = runtime.budget(full=10, quick=3), 150
runtime.seed_everything(0)
D = MLPDiscriminator((1, 8, 8))
optimizer = Adam(D.parameters(), lr=1e-3, betas=(0.0, 0.99), fused=True)
fakes, diary = noise_pictures(2000), []
print("round   right on digits, on fakes so far    after the climb: logit (digits)   Fréchet distance")
for round_ in tqdm(range(rounds), leave=False):
    train_round(D, optimizer, fakes, per_round)
    drawn = ascend(D, noise_pictures(512))
    with torch.no_grad():
        right = (D(held_out) > 0).float().mean(), (D(fakes) < 0).float().mean()
        logits = D(drawn).median(), D(held_out).median()
    diary.append((drawn, metrics.score_digits(drawn).fid, deepcopy(D)))
    if round_ in (0, 1, 2, 4, 8, rounds - 1):
        row = f"{round_ + 1:4}{right[0]:15.0%}{right[1]:18.0%}{logits[0]:25.1f}  ({logits[1]:.1f})"
        print(row + f"{diary[-1][1]:21.1f}")
    fakes = torch.cat([fakes, drawn])

# %%
shown = [r for r in (0, 1, 3, 6, rounds - 1) if r < rounds]
viz.image_grid(
    enlarge(torch.cat([diary[r][0][:18] for r in shown])),
    columns=18,
    title="Drawn by climbing D, from top to bottom after round " + ", ".join(str(r + 1) for r in shown),
    alt="Five rows. The first round gives the same gray blot again and again; later rows look more and more like digits.",
    width=9,
)

# %%
first = diary[0][0].flatten(1)
spread = torch.pdist(first[:200]).median() / torch.pdist(flat[:200]).median()
to_real = torch.cdist(first, flat).amin(1).median() / torch.cdist(flat_test, flat).amin(1).median()
print(f"round 1: pictures are {spread:.1f} times as far apart as digits, ", end="")
print(f"and {to_real:.1f} times as far from the nearest digit")
about_round_one.reveal(
    "digits" if to_real < 1.2 else "one gray shape, about the same each time" if spread < 0.8
    else "noise that D takes for digits"
)
distances = [fid for _, fid, _ in diary]
late = distances[len(distances) // 2 :]
print(f"Fréchet distance: {distances[0]:.1f} in round 1, {sum(late) / len(late):.1f} on average in the second half")

# %% [markdown]
# In round 1 $D$ is right about everything that it was shown, and draws blots. Each round closes the ways that the last
# climb has found. So the pictures get better, but not steadily: when one way is closed the next climb takes another,
# and what was closed may open again. Chapter 02 meets such a chase again, between $D$ and $G$.
#
# Watch a climb. Eight pictures start as noise; *step* goes along the climb, *round* chooses the $D$.


# %%
@cache
def recorded(round_):
    """Eight climbs of one round's D: pictures (31, 8, 1, 8, 8), their logits (31, 8), and the logit of real digits."""
    D, path = diary[round_ - 1][2], [torch.rand(8, 1, 8, 8, generator=torch.Generator().manual_seed(6)) * 2 - 1]
    for _ in range(30):
        path.append(ascend(D, path[-1], steps=1))
    path = torch.stack(path).detach()
    with torch.no_grad():
        return path, D(path.flatten(0, 1)).view(31, 8), D(held_out).median().item()


# %%
def show_climb(picture):
    theme = picture.theme
    left, right = picture.axes_of(1, 2, 1), picture.axes_of(1, 2, 2)
    curves = left.plot(torch.zeros(31, 8), color=theme.discriminator, linewidth=0.8)
    (dots,) = left.plot([0] * 8, [0] * 8, "o", color=theme.discriminator, markersize=4)
    real = left.axhline(0, color=theme.real, linestyle="--", label="real digits, median")
    left.set(xlabel="step of the climb", ylabel="logit of D", ylim=(-8, 6))
    left.legend(frameon=False, fontsize=9, labelcolor=theme.text, loc="lower right")
    right.set_axis_off()
    tiles = right.imshow(torch.zeros(17, 35), cmap="gray_r", vmin=-1, vmax=1)
    words = right.set_title(" ", fontsize=10, color=theme.text)

    def move(step, round_):
        path, logits, level = recorded(round_)
        for curve, heights in zip(curves, logits.T, strict=True):
            curve.set_ydata(heights)
        dots.set_data([step] * 8, logits[step])
        real.set_ydata([level, level])
        wall = torch.full((8, 9, 9), torch.nan)
        wall[:, :8, :8] = path[step, :, 0]
        tiles.set_data(wall.view(2, 4, 9, 9).transpose(1, 2).reshape(18, 36)[:17, :35])
        words.set_text(f"step {step}: logits {logits[step].min():.1f} to {logits[step].max():.1f}")
        return [*curves, real, dots, tiles, words]

    return move


# %%
viz.Explorer(
    viz.FigureWidget(
        9,
        3.2,
        "Left: the logits of eight climbs rise above that of real digits. Right: the eight pictures.",
        show_climb,
    ),
    step=IntSlider(value=30, max=30, description="step"),
    round_=IntSlider(value=1, min=1, max=rounds, description="round"),
)

# %% [markdown]
# And what does it cost? Give a GAN the same number of updates of $D$ and compare one picture by each. That takes about
# 10 seconds.

# %%
updates = rounds * per_round
runtime.seed_everything(0)
rival = MLPDiscriminator((1, 8, 8))
average = play(MLPGenerator(16, (1, 8, 8), norm="batch"), rival, images, updates, 1.0, 0)
with torch.no_grad():
    drawn = average(torch.randn(2000, 16))
print(f"GAN after {updates:,} updates: Fréchet distance {metrics.score_digits(drawn).fid:.1f}")
weights_g, weights_d = (sum(p.numel() for p in player.parameters() if p.ndim == 2) for player in (average, D))
passes = 30 * 2 * weights_d / weights_g  # a weight multiplies once on the way to the logit, and once on the way back
print(f"one climb, 30 steps: the work of {passes:.0f} passes of G")

# %% [markdown]
# A generator is a *learned answer to the argmax*. It pays for the search once, during training, and then draws in one
# pass. The discriminator keeps what the generator lacks: a view of the whole. That is the bargain of a GAN. Chapter 02
# writes it down as a game.

# %% [markdown]
# ## Exercises
#
# Replace the line with `raise` and run the cell. The check says what is wrong, if anything is.
#
# ### Exercise 1: fit a Gaussian
#
# Write `fit_gaussian(x)`: it returns the mean, shape `(d,)`, and the covariance, shape `(d, d)`, of points `x` of shape
# `(n, d)`.
#
# - The covariance is the one of maximum likelihood: $\frac{1}{n} \sum_i (x_i - \mu)(x_i - \mu)^\top$.


# %% tags=["exercise", "raises-exception"]
def fit_gaussian(x):
    raise NotImplementedError


if checks.fit_gaussian(fit_gaussian):
    x, y = draw(10_000, torch.Generator().manual_seed(0))
    mean, covariance = fit_gaussian(x[y == 0])
    print("class A: your mean", [round(m, 2) for m in mean.tolist()], "the truth", MEANS[0].tolist())
    print("largest error of your covariance:", f"{(covariance - ROOT @ ROOT.T).abs().max():.3f}")

# %% [markdown]
# <details><summary>Hint</summary>
#
# Subtract the mean first. What shape has <code>c.T @ c</code> for c of shape (n, d)? And what does
# <code>torch.cov</code> divide by, if you do not tell it?
# </details>


# %% tags=["solution"] jupyter={"source_hidden": true}
# BEGIN SOLUTION
def solution(x):
    mean = x.mean(0)
    centred = x - mean
    return mean, centred.T @ centred / len(x)


checks.fit_gaussian(solution);
# END SOLUTION

# %% [markdown]
# ### Exercise 2: Bayes' rule
#
# Write `posterior(log_joint)`: from $\log p(x, y)$, shape `(n, k)` with a row for each $x$ and a column for each class,
# to $p(y \mid x)$ of the same shape.
#
# - In many dimensions densities are tiny or huge: it must be right for $\log p(x, y) = -2000$ and $+2000$ as well.


# %% tags=["exercise", "raises-exception"]
def posterior(log_joint):
    raise NotImplementedError


if checks.posterior(posterior):
    log_p = gaussians["QDA"].log_joint(lying)
    print(f"a digit on its side: log p(x, y) between {log_p[0].min():,.0f} and {log_p[0].max():,.0f}")
    print(f"your posterior of the likeliest class: {posterior(log_p)[0].max():.4f}")

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# p(y | x) = p(x, y) / p(x), and p(x) is the sum of p(x, y) over the classes. Over which dimension is that?
# </details>
# <details><summary>Hint 2</summary>
#
# Nothing changes if you add the same number to all logarithms of a row. Which number makes exp safe?
# <code>softmax</code> and <code>logsumexp</code> do it for you.
# </details>


# %% tags=["solution"] jupyter={"source_hidden": true}
# BEGIN SOLUTION
def solution(log_joint):
    return (log_joint - log_joint.logsumexp(1, keepdim=True)).exp()


checks.posterior(solution);
# END SOLUTION

# %% [markdown]
# ### Exercise 3: how strange is it?
#
# Write `rank(log_p, own)`: `log_p`, shape `(n,)`, are the log densities of some points, and `own`, shape `(m,)`, those
# of samples of the model itself. Return for each of the $n$ points the share (0 to 1) of the model's samples that have
# a **lower** density.


# %% tags=["exercise", "raises-exception"]
def rank(log_p, own):
    raise NotImplementedError


if checks.rank(rank):
    for words, pictures in (("upright", flat_test), ("lying", lying)):
        ranks = rank(gaussians["QDA"].log_density(pictures), own_densities)
        print(f"{words:8} rank below 1 %: {(ranks < 0.01).double().mean():.0%}")

# %% [markdown]
# <details><summary>Hint</summary>
#
# Compare each of the n numbers with each of the m: <code>own < log_p[:, None]</code> has shape (n, m). There is no need
# for exp.
# </details>


# %% tags=["solution"] jupyter={"source_hidden": true}
# BEGIN SOLUTION
def solution(log_p, own):
    return (own < log_p[:, None]).double().mean(1)


checks.rank(solution);
# END SOLUTION

# %% [markdown]
# ### Exercise 4: the E step
#
# Write `responsibilities(log_joint, labels)`: how much of each point belongs to each class, shape `(n, k)`.
#
# - `log_joint` is $\log p(x, y)$ of shape `(n, k)`. `labels` has shape `(n,)`: a class 0, 1, ..., or −1 where nobody
#   knows.
# - A labelled point belongs wholly to its class. An unlabelled one belongs to each class with its posterior, safely as
#   in exercise 2.


# %% tags=["exercise", "raises-exception"]
def responsibilities(log_joint, labels):
    raise NotImplementedError


if checks.responsibilities(responsibilities):
    x, truth = draw(500, torch.Generator().manual_seed(9))
    labels_now = torch.where(torch.arange(500) < 4, truth, -1)
    model = LDA(ridge=0.01).fit(x[:4], truth[:4])
    for round_ in range(21):
        if round_ % 10 == 0:
            wrong = (model.posterior(x).argmax(1) != truth).double().mean()
            print(f"4 labels and 496 points without, after {round_:2} rounds: {wrong:.1%} wrong")
        model.fit_soft(x, responsibilities(model.log_joint(x), labels_now))

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Begin with the posterior of all points. Which rows must then be replaced, and by what?
# </details>
# <details><summary>Hint 2</summary>
#
# <code>F.one_hot</code> refuses −1, and <code>torch.eye(k)[-1]</code> silently takes the last row. Choose the labelled
# rows first: <code>labels >= 0</code>.
# </details>


# %% tags=["solution"] jupyter={"source_hidden": true}
# BEGIN SOLUTION
def solution(log_joint, labels):
    shares = log_joint.softmax(1)
    has_label = labels >= 0
    shares[has_label] = F.one_hot(labels[has_label], log_joint.shape[1]).to(shares)
    return shares


checks.responsibilities(solution);
# END SOLUTION

# %% [markdown]
# ### Exercise 5: pixel by pixel
#
# Write `sample_pixels(p_ink, n, d)`: draw `n` pictures of `d` pixels, one pixel after another.
#
# - `p_ink(before)` takes the pixels so far, shape `(n, i)` with $i = 0, 1, \dots$, each +1 (ink) or −1 (paper). It
#   returns the probability that the next pixel is ink, shape `(n,)`.
# - Draw each pixel at random with that probability. Return shape `(n, d)`.


# %% tags=["exercise", "raises-exception"]
def sample_pixels(p_ink, n, d):
    raise NotImplementedError


if checks.sample_pixels(sample_pixels):
    pictures = sample_pixels(PixelByPixel(known, 7).p_ink, 5000, 36).view(-1, 1, 6, 6)
    yours = grid_world.is_loop(pictures).double().mean()
    print(f"valid among your 5,000 pictures with m = 7: {yours:.1%}, by the formula {valid[7]:.1%}")

# %% [markdown]
# <details><summary>Hint</summary>
#
# A loop over the pixels. <code>torch.rand(n) < p</code> is true with probability p. For the first pixel nothing has been
# drawn yet: <code>x[:, :0]</code> has shape (n, 0).
# </details>


# %% tags=["solution"] jupyter={"source_hidden": true}
# BEGIN SOLUTION
def solution(p_ink, n, d):
    x = torch.zeros(n, d)
    for i in range(d):
        ink = torch.rand(n) < p_ink(x[:, :i])
        x[:, i] = torch.where(ink, 1.0, -1.0)
    return x


checks.sample_pixels(solution);
# END SOLUTION

# %% [markdown]
# **More to try.** Predict first, then change the cells above and run them again.
#
# - Fit the streets with `QDA` in `semi_supervised`. Do unlabelled points help it?
# - In the crossing, give logistic regression the penalty that scikit-learn has by default (`C=1`). Where do the curves
#   cross now?
# - Give the climber more chances: start it from a picture by `PixelByPixel(known, 6)` instead of noise. Is what it finds
#   valid more often?
# - Leave out the penalty in `train_round`. What does $D$ draw then, and how large are its logits?

# %% [markdown]
# ## Summary
#
# - A discriminative model learns $p(y \mid x)$, a generative one $p(x, y)$ or $p(x)$. Bayes' rule leads from the joint
#   to the conditional. There is no way back.
# - LDA and logistic regression have the same posteriors, $\sigma(w \cdot x + b)$, and fit them differently. The
#   generative fit uses where the points are: more to learn from, and more to be wrong about.
# - Only a generative model can draw, notice a strange $x$, and learn from unlabelled points. Each has its catch: good
#   classification is no proof of good samples, high density is not typicality, and a wrong model is made worse by
#   unlabelled data.
# - With few examples the generative model can be ahead, with many the discriminative one, if the assumptions are
#   slightly wrong.
# - Bottom-up generation has no overview. Top-down judgement has to search for its argmax, finds its own errors, and pays
#   hundreds of looks. A generator taught by a discriminator draws in one pass.
# - A GAN is an implicit model: it has samples and no density.
#
# ### Test yourself
#
# <details><summary>p(x, y) is given. How do you get p(y | x)? And if p(y | x) is given, how do you get p(x, y)?</summary>
#
# Divide by p(x), the sum of p(x, y) over y. The other way you need p(x) as well: p(y | x) says nothing about it.
# </details>
# <details><summary>Why is LDA's posterior a logistic function of a linear score, and QDA's not?</summary>
#
# The log odds are the difference of two quadratic functions of x. With one common covariance the quadratic parts
# cancel. With two covariances they do not, and the score is quadratic.
# </details>
# <details><summary>A classifier is 99.9 % sure. Does that mean that the input looks like its training data?</summary>
#
# No. A posterior compares classes with each other. Far away it can be close to 1 although every class finds x absurd.
# p(x), or its rank, speaks of that.
# </details>
# <details><summary>You have 10 labels and 10,000 points without. When do you use them, and what do you check first?</summary>
#
# When the generative model fits the data: clusters should be classes. Check with held-out labels that the error falls.
# </details>
# <details><summary>"Pixel by pixel cannot work: it has no overview." What is right and what is wrong about it?</summary>
#
# The chain rule is exact, so a model with complete memory can represent any distribution. With a short memory it
# cannot check the whole, and it never corrects a pixel. A complete table remembers its examples and makes nothing new.
# </details>
# <details><summary>Why does argmax D give bad pictures, although D is almost never wrong on held-out ones?</summary>
#
# Held-out pictures come from where D was trained. The search looks everywhere, and stops where D errs most in the
# picture's favour.
# </details>
# <details><summary>Can you ask a GAN for p(x) of a picture?</summary>
#
# No. It has a sampler G(z). Its samples lie on a surface of the noise's dimension, and there is no density.
# </details>
#
# ### To read next
#
# - Ng and Jordan 2001, *On discriminative vs. generative classifiers: a comparison of logistic regression and naive
#   Bayes*, NeurIPS 14: the crossing.
# - Efron 1975, *The efficiency of logistic regression compared to normal discriminant analysis*, Journal of the American
#   Statistical Association 70: what LDA gains when it is right.
# - Bishop and Lasserre 2007, *Generative or discriminative? Getting the best of both worlds*, Bayesian Statistics 8.
# - Nigam, McCallum, Thrun and Mitchell 2000, *Text classification from labeled and unlabeled documents using EM*,
#   Machine Learning 39: when unlabelled data help, and when they do not.
# - Nalisnick et al. 2018, *Do deep generative models know what they don't know?*, arXiv 1810.09136: density against
#   strangeness.
# - Goodfellow 2016, *NIPS 2016 tutorial: generative adversarial networks*, arXiv 1701.00160: explicit and implicit
#   models (section 2).
# - Van den Oord et al. 2016, *Pixel recurrent neural networks*, arXiv 1601.06759: pixel by pixel, with a long memory.
# - Szegedy et al. 2013, *Intriguing properties of neural networks*, arXiv 1312.6199: adversarial inputs.
# - Collins 2002, *Discriminative training methods for hidden Markov models*, EMNLP: the structured perceptron.
# - Xie et al. 2016, *A theory of generative ConvNet*, arXiv 1602.03264: a network that is trained on its own climbs.

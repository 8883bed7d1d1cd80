# %% [markdown]
# # 06 · The WGAN-GP exercise
#
# {{links}}
#
# You get a DCGAN that works: it trains on faces, and some of what it draws looks like faces. In nine parts you turn it
# into a Wasserstein GAN, first with weight clipping, then with a gradient penalty. Each part is a few lines of code,
# with a check that says what is wrong. Then you train what you wrote, and read its curves like a doctor.
#
# **You will be able to**
#
# - name every change from DCGAN to WGAN to WGAN-GP, and the reason for each,
# - write a gradient penalty that trains, and say what each of its lines is for,
# - write the steps of critic and generator, and the loop around them, from the two papers' algorithms,
# - say what a critic's loss tells about the pictures, with a number,
# - compare three methods fairly: one budget, one judge, several seeds.
#
# **You need** chapter 02 (the training loop), chapter 04 (why Wasserstein, clipping, the penalty), and of chapter 05 at
# least what a DCGAN is: convolutions that halve the side of a picture, and transposed ones that double it.
#
# **Time**: three to five hours for all parts. All cells together run for about a minute and a half on one CPU core,
# nearly all of it three short trainings. A GPU makes the larger setting possible.

# %% tags=["setup"]
# {{setup}}

# %%
from functools import partial
from itertools import count
from statistics import mean
from time import process_time

import torch
from scipy.stats import spearmanr
from torch import nn
from torch.optim import Adam, RMSprop

from ganlib import metrics, runtime, studies, viz
from ganlib.checks import wgan as checks
from ganlib.data import Batches, avatars, load_images
from ganlib.gans import GAN
from ganlib.models import DCGANDiscriminator, DCGANGenerator
from ganlib.training import Trainer, evaluation

torch.set_num_threads(1)
answers = checks.Answers()  # knows which of your answers are right

# %% [markdown]
# ## What you hand in
#
# Nine parts, 100 points. Each part is one function or class with a given name and given arguments. Write it in the cell
# that raises `NotImplementedError`, run the cell, and read what the check says.

# %% tags=["nbval-check-output"]
print(answers.tasks())

# %% [markdown]
# - **Hand in** this notebook, or its Python file. What counts are your functions and classes, by their names. Trained
#   networks and pictures are not graded.
# - **The grader** calls them on other numbers than the checks below. Learning the expected values by heart earns
#   nothing. Each property in the table earns its points by itself, so a part that is half right earns something.
# - A mistake costs its points once: when a later part calls an earlier one, it is judged with a right version of that.
# - **Imports** belong at the top of the notebook or into the cell that needs them. The grader runs imports, definitions
#   and constants, and no training.
# - You may skip a part. Cells that need it say so, and the rest runs.
# - There are **report questions** at the end. A person reads those.
#
# All you need is in this notebook and in PyTorch. The course's package has the same losses in it. Calling those instead
# of writing your own is easily seen, and teaches you nothing.

# %% [markdown] tags=["solution"]
# **In this version of the chapter** each exercise is followed by a solution, folded away in JupyterLab. Look away until
# you have tried. When its cell runs, the solution stands in for your answer in later cells, until yours is right. So
# the chapter also runs from top to bottom when nothing is solved. A stand-in earns no points in the table at the end.

# %% [markdown]
# ## Settings
#
# The first line is for a laptop. With a GPU, set `SIZE = 64`, `WIDTH = 64`, `BATCH = 64`, and `LONGER` to 20 or more.
# If you have a folder of pictures, such as the anime faces that this exercise is often given with, name it in `FACES`:
# each picture is cut to its middle square and scaled to `SIZE`. Without one, you train on avatars, cartoon faces that
# the course draws itself. They have a use beyond that: their attributes are known, so results can be *measured*.

# %%
SIZE, WIDTH, BATCH, LATENT_DIM = 32, 16, 16, 100
FACES = None  # or the path of a folder
LONGER = 1  # how many times as many updates as on a laptop
N_CRITIC = 5  # critic steps for each step of the generator, as in both papers
UPDATES = {"DCGAN": 720, "WGAN": 200, "WGAN-GP": 120}  # of the generator; each takes about as long as the others

device = runtime.device()
updates = {name: LONGER * runtime.budget(full=n, quick=16) for name, n in UPDATES.items()}
print(runtime.describe_device(device))

# %%
faces = avatars.avatars(4096, SIZE)[0] if FACES is None else load_images(FACES, SIZE)[0]
faces = faces.to(device)
real = next(Batches(faces, BATCH, seed=1))[0]
noise = torch.randn(2000, LATENT_DIM, generator=torch.Generator().manual_seed(0)).to(device)
print(f"{len(faces):,} pictures, a batch is {tuple(real.shape)}, from {real.min():.2f} to {real.max():.2f}")
viz.image_grid(real, columns=16, title="Real faces", alt="Sixteen real avatars in one row.", width=9)

# %% [markdown]
# ## The DCGAN that you start from
#
# It is the network family of chapter 05. $G$ maps noise $z$ to a picture by transposed convolutions that double the
# side. $D$ is its mirror image: convolutions with kernel 4, stride 2 and padding 1 halve the side down to 4 × 4, and
# double the channels; one more turns that into a single number.

# %% tags=["nbval-check-output"]
def shapes(network, x):
    """What each layer of a network makes of x."""
    for layer in network.net:
        x = layer(x)
        if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d):
            weights = sum(weight.numel() for weight in layer.parameters())
            print(f"  {type(layer).__name__:17}{'x'.join(map(str, x.shape[1:])):>12}{weights:10,} weights")


print(f"G: noise of {LATENT_DIM} numbers")
shapes(DCGANGenerator(32, 3, 100, 16), torch.randn(2, 100))
print("D: a picture of 3x32x32")
shapes(DCGANDiscriminator(32, 3, 16), torch.randn(2, 3, 32, 32))

# %% [markdown]
# Between these layers stand batch norm and ReLU in $G$, batch norm and LeakyReLU in $D$. $G$ ends with $\tanh$.
# Many versions of $D$ end with a sigmoid. Ours returns the logit, and the sigmoid is inside the loss (chapter 02).
#
# Two helpers follow every run of this chapter. `draw` makes pictures without leaving a trace in the network. `Diary`
# shows the training, and eight times in a run it asks a judge how far 500 fakes are from real faces: the Fréchet
# distance on the features of a classifier, 0 is best (chapter 09 takes it apart).


# %%
def draw(generator, z):
    """Pictures that a generator makes of noise, on the CPU."""
    with evaluation(generator):
        return generator(z).cpu()


def distance(fakes):
    """How far fakes are from real faces: by the judge of avatars, for other pictures by their thumbnails."""
    if FACES is None:
        return metrics.score_avatars(fakes).fid
    thumbnail = nn.Sequential(nn.AdaptiveAvgPool2d(8), nn.Flatten())
    some = next(Batches(faces, min(len(faces), 2000), seed=2))[0].cpu()
    return metrics.fid(thumbnail(fakes), thumbnail(some))


class Diary:
    """A run in a picture, and eight rows of numbers: updates, mean losses since the last row, distance."""

    def __init__(self, generator, total):
        self.generator, self.recent, self.rows, self.started = generator, [], [], process_time()
        self.looks = {round(total * i / 8) for i in range(1, 9)}
        self.view = viz.TrainingView(lambda: draw(generator, noise[:40]), total, (0, total // 8, total // 2))

    def note(self, step, loss_c, loss_g):
        """Update number ``step`` is done, with these losses."""
        self.view.update(step, loss_c, loss_g)
        self.recent.append((float(loss_c), float(loss_g)))
        if step in self.looks:
            fakes = draw(self.generator, noise[:500])
            self.rows.append((step, *map(mean, zip(*self.recent, strict=True)), distance(fakes)))
            self.seconds = process_time() - self.started
            self.recent.clear()


# %% [markdown]
# Now it trains, for about a quarter of a minute. The loop is the one of chapter 02; `Trainer` runs it. The paper's
# learning rate for Adam is 2e-4, meant for many epochs of a large network. Ours is small and has no time, so it gets
# five times that.

# %%
diaries, players = {}, {}
runtime.seed_everything(0)
G, D = DCGANGenerator(SIZE, 3, LATENT_DIM, WIDTH).to(device), DCGANDiscriminator(SIZE, 3, WIDTH).to(device)
adam = partial(Adam, lr=5 * 2e-4, betas=(0.5, 0.999))
trainer = Trainer(
    GAN(G, D), Batches(faces, BATCH), optimizer_d=adam(D.parameters()), optimizer_g=adam(G.parameters())
)
diary = Diary(G, updates["DCGAN"])
for done in trainer.rounds(updates["DCGAN"]):
    diary.note(done.number, *done.losses())
diaries["DCGAN"], players["DCGAN"] = diary, (G, D)


# %%
def show(name):
    """The rows of a run's diary."""
    judge = "D" if name == "DCGAN" else "critic"
    print(f"{name:8}updates{f'loss of {judge}':>16}  loss of G  distance")
    for step, loss_c, loss_g, far in diaries[name].rows:
        print(f"{step:15,}{loss_c:16.3f}{loss_g:11.3f}{far:10.1f}")


show("DCGAN")

# %% [markdown]
# It works, more or less. But look at the losses beside the distance. Could you tell from them alone that the pictures
# got better? Keep your answer for later.
#
# ## Step 1: a critic
#
# Chapter 04 told why $D$ has to go: when it gets too good, it has nothing left to teach. A **critic** $f$ gives a score
# instead of a probability. Among all critics that are not too steep, take the one with the largest average gap between
# real samples and fakes: that gap is the Wasserstein distance. What changes in the network:
#
# - **No sigmoid.** A score is any real number. (In our $D$ it stood in the loss; for a critic it stands nowhere.)
# - **No batch norm.** The penalty of step 4 is about the slope of *each sample's own* score. Batch norm computes with
#   the mean and deviation of the whole batch, so the score of one picture depends on all others.
# - **Something instead, or nothing.** Layer norm takes mean and deviation over all entries of one sample, instance norm
#   over each channel of one sample. Both leave other samples out. The WGAN-GP paper recommends layer norm; instance
#   norm is workable and common; and no norm at all is right too.

# %%
coupled = viz.Prediction(
    "A discriminator with batch norm, in training, scores a batch of four pictures. You change the second picture a "
    "little. How much does the score of the first change, beside that of the second?",
    ["a thousandth or less", "about a tenth", "about as much"],
)
coupled

# %% [markdown]
# The derivative of score $i$ for picture $j$ answers it for all pairs. Below, each line holds four groups, one for each
# score; a group holds four numbers, one for each picture, in percent of the group's largest.

# %% tags=["nbval-check-output"]
generator = torch.Generator().manual_seed(3)
pictures = torch.randn(4, 3, 32, 32, generator=generator)
crossing = {}
for norm in ("batch", "layer", "instance", "none"):
    runtime.seed_everything(0)
    critic, x = DCGANDiscriminator(32, 3, 16, norm), pictures.clone().requires_grad_(True)
    rows = [torch.autograd.grad(score, x, retain_graph=True)[0].flatten(1).norm(dim=1) for score in critic(x)]
    share = torch.stack(rows) / torch.stack(rows).amax(1, keepdim=True)
    crossing[norm] = (share - share.diag().diag()).max().item()
    print(f"{norm:9}", "   ".join(" ".join(f"{100 * entry:4.0f}" for entry in row) for row in share.tolist()))
print("largest influence of another picture:", {norm: f"{value:.0%}" for norm, value in crossing.items()})
coupled.reveal(coupled.choices[(crossing["batch"] > 0.03) + (crossing["batch"] > 0.3)])

# %% [markdown]
# ### Part 1: `Critic` (12 points)
#
# Write a class `Critic(size=32, channels=3, width=16)`, a `torch.nn.Module`.
#
# - It maps pictures $(N, \text{channels}, \text{size}, \text{size})$ to scores of shape $(N,)$ or $(N, 1)$, also for
#   $N = 1$. `size` is a power of two, 32 or more.
# - `width` is the number of channels after the first convolution.
# - Scores are any real number: nothing follows the last layer but a change of shape.
# - Every picture is judged by itself. Use layer norm, instance norm or no norm.
# - Every weight of it must be used.


# %% tags=["exercise", "raises-exception"]
class Critic(nn.Module):
    def __init__(self, size=32, channels=3, width=16):
        super().__init__()
        raise NotImplementedError

    def forward(self, x):
        raise NotImplementedError


checks.critic(Critic);

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Start from the table of D above: which layers stay as they are? A convolution with kernel 4, stride 2 and padding 1
# halves the side. How often must you halve to come from <code>size</code> to 4?
# </details>
# <details><summary>Hint 2</summary>
#
# Collect layers in a list: a convolution to <code>width</code> channels and LeakyReLU(0.2); then, while the side is
# more than 4, a convolution that doubles the channels, <code>nn.InstanceNorm2d(channels, affine=True)</code>,
# LeakyReLU. At the end a convolution with kernel 4 to one channel, and <code>nn.Flatten(0)</code>. Put the list into
# <code>nn.Sequential</code>. (<code>nn.GroupNorm(1, channels)</code> is a layer norm for pictures of any size.)
# </details>


# %% tags=["solution"] jupyter={"source_hidden": true}
# BEGIN SOLUTION
class solution(nn.Module):
    def __init__(self, size=32, channels=3, width=16):
        super().__init__()  # shown above
        layers, side = [nn.Conv2d(channels, width, 4, 2, 1), nn.LeakyReLU(0.2)], size // 2
        while side > 4:
            halve = nn.Conv2d(width, 2 * width, 4, 2, 1)
            layers += [halve, nn.InstanceNorm2d(2 * width, affine=True), nn.LeakyReLU(0.2)]
            width, side = 2 * width, side // 2
        self.net = nn.Sequential(*layers, nn.Conv2d(width, 1, 4), nn.Flatten(0))

    def forward(self, x):  # shown above
        return self.net(x)


answers.fill_in("Critic", solution)
# END SOLUTION

# %% [markdown]
# ## Step 2: losses without logarithms
#
# A critic's score is no logit, so there is no cross-entropy. The critic wants high scores for real samples and low ones
# for fakes. The generator wants high scores for its fakes. In theory the critic *maximises*
#
# $$\mathbb{E}_{x \sim p_\text{data}} f(x) - \mathbb{E}_{z \sim p_z} f(G(z)).$$
#
# Optimizers minimise. Mind the sign.
#
# ### Part 2: `critic_loss` (8 points)
#
# Write `critic_loss(real_scores, fake_scores)`: what the critic **minimises**. Both are tensors of shape $(N,)$ or
# $(N, 1)$. Return a tensor with one number, with its graph, so that `backward` can start from it. The penalty is no
# part of it.


# %% tags=["exercise", "raises-exception"]
def critic_loss(real_scores, fake_scores):
    raise NotImplementedError


checks.critic_loss(critic_loss);

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# An expectation is the mean over a batch. To make something large, minimise its minus.
# </details>
# <details><summary>Hint 2</summary>
#
# One line: a difference of two means. When the score of a real sample rises, must the loss rise or fall?
# </details>


# %% tags=["solution"] jupyter={"source_hidden": true}
# BEGIN SOLUTION
def solution(real_scores, fake_scores):
    return fake_scores.mean() - real_scores.mean()


answers.fill_in("critic_loss", solution)
# END SOLUTION

# %% [markdown]
# ### Part 3: `generator_loss` (6 points)
#
# Write `generator_loss(fake_scores)`: what the generator **minimises**, as a tensor with one number and its graph.


# %% tags=["exercise", "raises-exception"]
def generator_loss(fake_scores):
    raise NotImplementedError


checks.generator_loss(generator_loss);

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Which of the two averages in the formula can the generator change? Does it want it large or small?
# </details>
# <details><summary>Hint 2</summary>
#
# One line: minus a mean. No sigmoid, no logarithm.
# </details>


# %% tags=["solution"] jupyter={"source_hidden": true}
# BEGIN SOLUTION
def solution(fake_scores):
    return -fake_scores.mean()


answers.fill_in("generator_loss", solution)
# END SOLUTION

# %% [markdown]
# What did we gain? Here is the slope that a fake receives, for its own score, from the loss of DCGAN's $G$ and from
# yours.

# %% tags=["nbval-check-output"]
if answers.ready("generator_loss"):
    scores = torch.tensor([[-20.0], [-5.0], [0.0], [5.0], [20.0]], requires_grad=True)
    print("score or logit of the fake" + "".join(f"{score:10.0f}" for score in scores.flatten()))
    for words, loss in (("-log D(G(z)), DCGAN", lambda a: nn.functional.softplus(-a)), ("yours", generator_loss)):
        slopes = torch.autograd.grad(sum(loss(score) for score in scores).sum(), scores)[0]
        print(f"{words:26}" + "".join(f"{slope:10.4f}" for slope in slopes.flatten()))

# %% [markdown]
# Yours never goes flat: a fake is pushed with the same strength, whatever its score. All that is left to decide the
# push is the slope of the critic itself. So that slope must not be arbitrary.
#
# ## Step 3: weight clipping
#
# The gap of the two averages only measures a distance if $f$ is **1-Lipschitz**: $\lvert f(a) - f(b) \rvert \le \lVert
# a - b \rVert$ for all $a$ and $b$. Without any limit, a critic makes the gap as large as it likes, by multiplying its
# weights by ten. The first remedy is crude: after each step of the critic, every single weight is cut to $[-c, c]$ with
# $c = 0.01$ (arXiv 1701.07875, algorithm 1). Then $f$ is $K$-Lipschitz for *some* $K$, which depends on the network
# and is not known (chapter 04).
#
# ### Part 4: `clip_weights` (8 points)
#
# Write `clip_weights(critic, c=0.01)`.
#
# - Afterwards every parameter of the critic is the number in $[-c, c]$ that is nearest to what it was.
# - It works in place: the parameters are the same tensors as before, so that the optimizer still holds them.
# - Nothing else changes: gradients and buffers stay, and autograd records nothing.
# - What it returns does not matter.


# %% tags=["exercise", "raises-exception"]
def clip_weights(critic, c=0.01):
    raise NotImplementedError


checks.clip_weights(clip_weights);

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# <code>critic.parameters()</code> gives all of them. Methods of tensors that end in an underscore work in place.
# PyTorch refuses that for a weight while it records gradients: how do you tell it not to record?
# </details>
# <details><summary>Hint 2</summary>
#
# <code>with torch.no_grad():</code>, a loop over the parameters, and <code>clamp_</code> for each.
# </details>


# %% tags=["solution"] jupyter={"source_hidden": true}
# BEGIN SOLUTION
@torch.no_grad()
def solution(critic, c=0.01):
    for parameter in critic.parameters():
        parameter.clamp_(-c, c)


answers.fill_in("clip_weights", solution)
# END SOLUTION

# %% [markdown]
# ### Two optimizers
#
# The critic of a WGAN hunts a moving target with a loss whose scale changes. Its authors report that training became
# unstable with momentum: the direction of Adam's step then often pointed *against* the gradient (arXiv 1701.07875,
# section 4). So they took **RMSProp**, which divides by the recent size of each gradient and has no momentum. WGAN-GP
# went back to **Adam**, with $\beta_1 = 0$: no momentum either, and $\beta_2 = 0.9$, a short memory for sizes (arXiv
# 1704.00028, algorithm 1).
#
# ### Part 5: `optimizers` (8 points)
#
# Write `optimizers(generator, critic, penalty)`. It returns a pair `(optimizer_g, optimizer_c)`, each for all the
# parameters of its own player and no others. All settings that are not named here stay at PyTorch's defaults.
#
# | `penalty` | both are | learning rate | |
# |---|---|---|---|
# | `False` (clipping) | RMSprop | 5e-5 | no momentum |
# | `True` (WGAN-GP) | Adam | 1e-4 | betas (0, 0.9) |


# %% tags=["exercise", "raises-exception"]
def optimizers(generator, critic, penalty):
    raise NotImplementedError


checks.optimizers(optimizers);

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# <code>torch.optim</code> has both; <code>Adam</code> and <code>RMSprop</code> are imported above. PyTorch wants betas
# as two floats.
# </details>
# <details><summary>Hint 2</summary>
#
# An <code>if penalty:</code> that returns two Adams with <code>lr</code> and <code>betas</code>, the first for
# <code>generator.parameters()</code>, the second for the critic's; below it a <code>return</code> of two RMSprops.
# </details>


# %% tags=["solution"] jupyter={"source_hidden": true}
# BEGIN SOLUTION
def solution(generator, critic, penalty):
    if penalty:
        make = partial(Adam, lr=1e-4, betas=(0.0, 0.9))
    else:
        make = partial(RMSprop, lr=5e-5)
    return make(generator.parameters()), make(critic.parameters())


answers.fill_in("optimizers", solution)
# END SOLUTION

# %% [markdown]
# ## Train the WGAN
#
# One thing is left: `N_CRITIC`. The distance that the critic reports, and its gradient, are only worth something when
# the critic is near its best. So it gets several steps for each step of $G$. In a minimax game that would be harmful,
# as a perfect $D$ has no gradient for $G$. Here it helps.
#
# The next cells put your parts into `Trainer`, which you know from the DCGAN above. (In part 9 you write its loop.) The
# papers' learning rates are meant for a hundred thousand updates and more. In a few hundred, nothing would be seen, so
# `hurry` makes them larger, ten times for RMSProp. For a long run, on a GPU, set its factors to 1. The picture of the
# training has two names for losses only; its "discriminator" is now your critic.

# %%
sign = viz.Prediction(
    "The WGAN trains and all is well. What does the loss of the critic do, E f(G(z)) - E f(x)?",
    ["it is positive and falls to 0", "it is negative: it falls, then comes back towards 0", "it swings around 0"],
)
sign


# %%
class ClippedGAN(GAN):
    """Your losses and your clipping, as ``Trainer`` wants to have them."""

    def discriminator_loss(self, x, y=None):
        with torch.no_grad():
            fake = self.fakes(x)
        return {"critic": critic_loss(self.logits(x), self.logits(fake))}

    def generator_loss(self, x, y=None):
        return {"generator": generator_loss(self.logits(self.fakes(x)))}

    def after_discriminator_step(self):
        clip_weights(self.discriminator)


def hurry(optimizer, factor):
    """The same optimizer with a larger learning rate."""
    for group in optimizer.param_groups:
        group["lr"] *= factor
    return optimizer


def fresh_players():
    """A generator and your critic, untrained, always with the same weights."""
    runtime.seed_everything(0)
    return DCGANGenerator(SIZE, 3, LATENT_DIM, WIDTH).to(device), Critic(SIZE, 3, WIDTH).to(device)


# %%
if answers.ready("Critic", "critic_loss", "generator_loss", "clip_weights", "optimizers"):
    G, f = fresh_players()
    optimizer_g, optimizer_c = (hurry(one, 10) for one in optimizers(G, f, penalty=False))
    trainer = Trainer(
        ClippedGAN(G, f),
        Batches(faces, BATCH),
        optimizer_d=optimizer_c,
        optimizer_g=optimizer_g,
        n_critic=N_CRITIC,
    )
    diary = Diary(G, updates["WGAN"])
    for done in trainer.rounds(updates["WGAN"]):
        diary.note(done.number, *done.losses())
    diaries["WGAN"], players["WGAN"] = diary, (G, f)

# %%
if "WGAN" in diaries:
    show("WGAN")
    losses = [row[1] for row in diaries["WGAN"].rows]
    healthy = "it is negative: it falls, then comes back towards 0"
    falls = "it is positive and falls to 0" if losses[0] > 0 else "it swings around 0"
    sign.reveal(healthy if max(losses) < 0 and losses[-1] > min(losses) else falls)
    weights = torch.cat([weight.detach().flatten().cpu() for weight in players["WGAN"][1].parameters()])
    print(f"weights of the critic at the ends, -0.01 or 0.01: {(weights.abs() > 0.00999).float().mean():.0%}")

# %% [markdown]
# The losses are small: with weights this small, so are the scores. And see how many weights sit at one of the two ends.
# There the critic wants more and may not have it. It becomes a much simpler function than its network could be, and
# sees only simple differences (arXiv 1704.00028, section 3.1, draws such critics).
#
# ## Step 4: the gradient penalty
#
# The second remedy asks for what we want, in the loss. A 1-Lipschitz function that is differentiable has slopes of at
# most 1, everywhere. And the *best* critic has slopes of exactly 1 almost everywhere on the straight lines between a
# fake and the real sample that it should become (arXiv 1704.00028, proposition 1). So on such lines, slopes other than
# 1 cost:
#
# $$\lambda \, \mathbb{E}_{\hat x} \bigl( \lVert \nabla_{\hat x} f(\hat x) \rVert_2 - 1 \bigr)^2, \qquad
# \hat x = \epsilon x + (1 - \epsilon)\, G(z), \quad \epsilon \sim U[0, 1].$$
#
# Nobody knows which fake belongs to which real sample, so each real sample of the batch is paired with the fake in the
# same place. Here is one such pair. From left to right $\epsilon$ goes from 0 to 1.

# %%
between = torch.linspace(0, 1, 9).view(-1, 1, 1, 1)
fake = draw(players["DCGAN"][0], noise[:1])
viz.image_grid(
    torch.lerp(fake, real[:1].cpu(), between),
    columns=9,
    title="From a fake to a real face: some of the places where the slope is asked for",
    alt="Nine pictures in a row fade from a fake on the left to a real face on the right.",
    width=9,
)

# %% [markdown]
# ### Part 6: `gradient_penalty` (28 points)
#
# Write `gradient_penalty(critic, real, fake)`: $\mathbb{E} (\lVert \nabla f(\hat x) \rVert_2 - 1)^2$, a tensor with
# one number.
#
# - **One $\epsilon$ for each sample**, from $U[0, 1]$, new in each call. All entries of a sample share it.
# - **The norm is that of one sample**: Euclidean, over *all* entries of its gradient. The average over the batch comes
#   last.
# - **$\lambda$ stays outside.** The function returns the bare penalty; part 7 multiplies it.
# - **`real` and `fake` are constants.** No gradient flows from the penalty to them, and so none to $G$.
# - **The penalty must train the critic.** Minimising it has to change the critic's weights: the slope must stay in the
#   graph. This is worth most of the points.
# - It works for samples of any shape, $(N, 2)$ as well as $(N, 3, 32, 32)$, for scores $(N,)$ and $(N, 1)$, and makes
#   its tensors on the device of `real`.
# - The call itself changes nothing: not the weights, not their `.grad`, not `real` and `fake`.
#
# `real` and `fake` have the same shape. What does "the slope must stay in the graph" mean? Take the smallest critic,
# $f(x) = k x$. Its slope is $k$, its penalty $(k - 1)^2$, and so the derivative for $k$ is $2 (k - 1)$: 4 for $k = 3$.

# %% tags=["nbval-check-output"]
for keep in (False, True):
    k, x = torch.tensor(3.0, requires_grad=True), torch.tensor(0.7, requires_grad=True)
    slope = torch.autograd.grad(k * x, x, create_graph=keep)[0]
    penalty = (slope - 1) ** 2
    print(f"create_graph={keep!s:6} penalty {penalty.item():.1f}, ", end="")
    if penalty.requires_grad:
        print("derivative for k:", torch.autograd.grad(penalty, k)[0].item())
    else:
        print("and no derivative for k: the slope is a bare number")

# %% [markdown]
# Both penalties have the right value. Only one of them trains. A loss that has the right value and teaches nothing is
# the nastiest kind of mistake: no error, no warning, and a curve that looks fine.


# %% tags=["exercise", "raises-exception"]
def gradient_penalty(critic, real, fake):
    raise NotImplementedError


checks.gradient_penalty(gradient_penalty);

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Four steps: epsilon; the points between; the gradient of the scores with respect to those points, by
# <code>torch.autograd.grad</code>; the number. Which tensor must have <code>requires_grad</code>? What shape has
# epsilon, if it is to be multiplied with pictures <i>and</i> with points? The sum of all scores has the gradient of
# each sample's own score in each row. (Why is that so only without batch norm?)
# </details>
# <details><summary>Hint 2</summary>
#
# <ol>
# <li><code>epsilon = torch.rand(N, 1, ..., 1, device=...)</code>, with as many ones as a sample has dimensions:
# <code>[1] * (real.dim() - 1)</code>.</li>
# <li>Mix, <code>detach()</code>, then <code>requires_grad_(True)</code>.</li>
# <li><code>torch.autograd.grad(...)</code> of the summed scores for the points, with <code>create_graph</code>. It
# returns a tuple.</li>
# <li><code>flatten(1)</code>, a norm over dimension 1, minus 1, squared, averaged.</li>
# </ol>
# </details>


# %% tags=["solution"] jupyter={"source_hidden": true}
# BEGIN SOLUTION
def solution(critic, real, fake):
    epsilon = torch.rand(len(real), *[1] * (real.dim() - 1), device=real.device, dtype=real.dtype)
    x_hat = (epsilon * real + (1 - epsilon) * fake).detach().requires_grad_(True)
    (gradient,) = torch.autograd.grad(critic(x_hat).sum(), x_hat, create_graph=True)
    return (gradient.flatten(1).norm(dim=1) - 1).square().mean()


answers.fill_in("gradient_penalty", solution)
# END SOLUTION

# %% [markdown]
# How steep is the critic that was clipped? Ask your penalty. The smallest value is 0, where every slope is 1. A critic
# with no slope at all pays exactly 1.

# %%
if "WGAN" not in players:
    print("There is no clipped critic yet: train the WGAN above first.")
elif answers.ready("gradient_penalty"):
    G, f = players["WGAN"]
    some = next(Batches(faces, min(256, len(faces)), seed=4))[0]
    with torch.no_grad():
        fake = G(noise[: len(some)])
    print(f"penalty of the clipped critic: {gradient_penalty(f, some, fake).item():.3f}")

# %% [markdown]
# ## Step 5: the two steps, and the loop
#
# ### Part 7: `critic_step` (14 points)
#
# Write `critic_step(generator, critic, optimizer_c, real, z, penalty_weight=10.0)`: one update of the critic.
#
# - The fakes are `generator(z)`, with the noise that is given.
# - The critic takes **one** step of `optimizer_c` down
#   $\mathbb{E} f(G(z)) - \mathbb{E} f(x) + \lambda \cdot \text{penalty}$; `penalty_weight` is $\lambda$. Use your
#   `critic_loss` and `gradient_penalty`, on the same fakes.
# - Gradients that were there before do not count.
# - The generator gets no gradient and does not change.
# - Nothing is clipped. What it returns does not matter.


# %% tags=["exercise", "raises-exception"]
def critic_step(generator, critic, optimizer_c, real, z, penalty_weight=10.0):
    raise NotImplementedError


checks.critic_step(critic_step);

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# It is the step of D from chapter 02 with another loss: make fakes, make the loss, clear, backward, step. Which call
# keeps the graph of the fakes out of it?
# </details>
# <details><summary>Hint 2</summary>
#
# Six lines: <code>fake = ...</code> with <code>detach()</code>; <code>loss = critic_loss(...)</code>; add
# <code>penalty_weight</code> times the penalty; <code>optimizer_c.zero_grad()</code>; <code>loss.backward()</code>;
# <code>optimizer_c.step()</code>.
# </details>


# %% tags=["solution"] jupyter={"source_hidden": true}
# BEGIN SOLUTION
def solution(generator, critic, optimizer_c, real, z, penalty_weight=10.0):
    fake = generator(z).detach()
    loss = critic_loss(critic(real), critic(fake)) + penalty_weight * gradient_penalty(critic, real, fake)
    optimizer_c.zero_grad()
    loss.backward()
    optimizer_c.step()


answers.fill_in("critic_step", solution)
# END SOLUTION

# %% [markdown]
# ### Part 8: `generator_step` (6 points)
#
# Write `generator_step(generator, critic, optimizer_g, z)`: one update of the generator.
#
# - It takes **one** step of `optimizer_g` down $-\mathbb{E} f(G(z))$, with your `generator_loss`.
# - Gradients that were there before do not count.
# - The critic's weights do not change. What happens to its gradients does not matter, since its own step clears them.


# %% tags=["exercise", "raises-exception"]
def generator_step(generator, critic, optimizer_g, z):
    raise NotImplementedError


checks.generator_step(generator_step);

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# May you detach the fakes here? Through which network does the gradient reach G?
# </details>
# <details><summary>Hint 2</summary>
#
# Four lines: the loss of <code>critic(generator(z))</code>, clear, backward, step. Only <code>optimizer_g</code> steps.
# </details>


# %% tags=["solution"] jupyter={"source_hidden": true}
# BEGIN SOLUTION
def solution(generator, critic, optimizer_g, z):
    loss = generator_loss(critic(generator(z)))
    optimizer_g.zero_grad()
    loss.backward()
    optimizer_g.step()


answers.fill_in("generator_step", solution)
# END SOLUTION

# %% [markdown]
# ### Part 9: `training_loop` (10 points)
#
# Write `training_loop(batches, noise, critic_step, generator_step, generator_steps, n_critic=5)`. It is algorithm 1 of
# both papers, without the inner parts, which come in as functions:
#
# - `batches` is an iterable of real batches. It may end; then go through it **anew** (`iter(batches)`), so that it can
#   shuffle. Do not keep the batches of the first pass.
# - `noise(n)` returns noise for `n` fakes.
# - `generator_steps` times: call `critic_step(real, z)` `n_critic` times, then `generator_step(z)` once.
# - Each critic step gets the **next** real batch, and noise of its own for as many fakes as that batch has samples.
#   (The last batch of a pass may be smaller.)
# - The generator's step gets fresh noise, too. What the function returns does not matter.
#
# (These two functions take fewer arguments than yours from parts 7 and 8: the players and optimizers are already in
# them. The training cell below shows how.)


# %% tags=["exercise", "raises-exception"]
def training_loop(batches, noise, critic_step, generator_step, generator_steps, n_critic=5):
    raise NotImplementedError


checks.training_loop(training_loop);

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# A <code>for</code> over the batches cannot count generator steps and start anew at the same time. An iterator can:
# <code>next(stream)</code> gives the next batch. What happens at its end?
# </details>
# <details><summary>Hint 2</summary>
#
# A small generator function that never ends hides the new passes: an endless <code>while</code>, and in it
# <code>yield from</code>. Then two nested loops: over <code>generator_steps</code> and, inside, over
# <code>n_critic</code>.
# </details>


# %% tags=["solution"] jupyter={"source_hidden": true}
# BEGIN SOLUTION
def solution(batches, noise, critic_step, generator_step, generator_steps, n_critic=5):
    def endless():
        while True:
            yield from batches

    stream = endless()
    for _ in range(generator_steps):
        for _ in range(n_critic):
            real = next(stream)
            critic_step(real, noise(len(real)))
        generator_step(noise(len(real)))


answers.fill_in("training_loop", solution)
# END SOLUTION

# %% [markdown]
# ## Train the WGAN-GP
#
# All of it is yours now. `partial` fills players and optimizers into your steps. The generator's step is wrapped, so
# that the diary hears of it. (The losses that it notes are measured on the side and cost a little time; the penalty is
# not in them.) `hurry` makes the learning rate twenty times as large as in the paper.


# %%
def train_with_penalty(G, f, total, n_critic=N_CRITIC, **settings):
    """Your loop, steps and optimizers, followed by a diary. ``settings`` go to your critic_step."""
    optimizer_g, optimizer_c = (hurry(one, 20) for one in optimizers(G, f, penalty=True))
    diary, numbers, aside = Diary(G, total), count(1), Batches(faces, BATCH, seed=9)

    def noted(z):
        generator_step(G, f, optimizer_g, z)
        with torch.no_grad():
            real_scores, fake_scores = f(next(aside)[0]), f(G(z))
        diary.note(next(numbers), critic_loss(real_scores, fake_scores), generator_loss(fake_scores))

    training_loop(
        (batch for (batch,) in Batches(faces, BATCH)),
        lambda n: torch.randn(n, LATENT_DIM, device=device),
        partial(critic_step, G, f, optimizer_c, **settings),
        noted,
        generator_steps=total,
        n_critic=n_critic,
    )
    return diary


# %%
needed = "Critic critic_loss generator_loss optimizers gradient_penalty critic_step generator_step training_loop"
if answers.ready(*needed.split()):
    players["WGAN-GP"] = G, f = fresh_players()
    diaries["WGAN-GP"] = train_with_penalty(G, f, updates["WGAN-GP"])

# %%
if "WGAN-GP" in diaries:
    show("WGAN-GP")

# %% [markdown]
# ## Read the curves
#
# ### Does a loss tell how good the pictures are?

# %%
telling = viz.Prediction(
    "One of these follows the quality of the pictures more closely than the others during its run. Which?",
    ["the loss of DCGAN's D", "the loss of DCGAN's G", "the loss of WGAN-GP's critic"],
)
telling

# %% [markdown]
# The diaries hold eight rows for each run: losses, and the distance of the fakes from real faces. Spearman's
# correlation compares their *order*: 1 if the lower loss always comes with the smaller distance, −1 if always with the
# larger one. For the critic we take minus its loss, its estimate of a distance. The first row is left out: a critic has
# to learn before it can measure.

# %%
picture = viz.Picture(
    9,
    3.3,
    "Loss of each run against the distance of its fakes, row by row. The points of DCGAN wander. Those of the clipped "
    "critic end in one place. Those of WGAN-GP first go right and down, then come back along a rising line.",
)
axes, theme = [picture.axes_of(1, len(diaries), i + 1) for i in range(len(diaries))], picture.theme
for ax, name in zip(axes, diaries, strict=True):
    rows, sign_of = diaries[name].rows, 1 if name == "DCGAN" else -1
    far, loss = [row[3] for row in rows], [sign_of * row[1] for row in rows]
    ax.plot(loss, far, "o-", color=theme.discriminator, markersize=4, linewidth=1)
    ax.annotate("start", (loss[0], far[0]), color=theme.text, fontsize=9, xytext=(4, 4), textcoords="offset points")
    ax.set(xlabel="loss of D" if name == "DCGAN" else "minus the critic's loss", ylabel="distance of the fakes")
    picture.caption(ax, name)
picture

# %%
order = {}
for name in diaries:
    rows = diaries[name].rows[1:]
    far = [row[3] for row in rows]
    for player, column, way in (("D", 1, 1), ("G", 2, 1)) if name == "DCGAN" else (("critic", 1, -1),):
        words = f"the loss of {name}'s {player}"
        order[words] = spearmanr([way * row[column] for row in rows], far).statistic
        print(f"{words:32} correlation with the distance {order[words]:6.2f}")
if "WGAN-GP" in diaries:
    telling.reveal(max(telling.choices, key=lambda words: order[words]))

# %% [markdown]
# Seven rows are few: read such a number as a hint, and look at the picture as well. Six runs that are twice as long,
# from a study that returns at the end of this chapter, have fifteen rows each. Two belong to each method: one at its
# paper's learning rate, one at the larger rate of this chapter.

# %%
curves = studies.read("wasserstein_curves")
for name in dict.fromkeys(row["variant"] for row in curves):
    rows, way = [row for row in curves if row["variant"] == name][1:], 1 if name.startswith("DCGAN") else -1
    rank = spearmanr([way * row["loss"] for row in rows], [row["fid"] for row in rows]).statistic
    print(f"recorded: {name:22} correlation with the distance {rank:6.2f}")

# %% [markdown]
# The loss of $D$ goes with the distance in one run and against it in the other. Nothing holds it in place: it says who
# is ahead, and the same number can belong to good fakes and to bad ones.
#
# The critic of WGAN-GP *estimates a distance* between fakes and real pictures, on a scale that the penalty fixes. First
# it learns to measure, and its estimate grows. Then $G$ brings the fakes nearer, and the estimate falls. At the larger
# rate the first stage is soon over, and the two orders nearly agree. At the paper's rate it takes half the run: the
# estimate grows although the fakes already get better, and the two stages cancel. So wait until the curve has turned,
# then read it.
#
# The clipped critic estimates a distance as well, when it has had the time. At the paper's rate its estimate grew for
# most of the run, while the fakes slowly got better: an order that is nearly turned around.
#
# Two limits hold for both. The estimate belongs to *this* critic: a wider one, or another $c$, gives other numbers, so
# two runs must not be compared by it. And it is no more than an estimate: the critic has not finished learning, and the
# penalty holds its slopes near 1, not below.
#
# ### The gradient, layer by layer

# %%
layers = viz.Prediction(
    "The gradient of the score goes back from the last layer to the picture. With clipping at 0.01, is it longer or "
    "shorter when it arrives?",
    ["longer", "about the same", "shorter"],
)
layers

# %%
lengths = {}
some = next(Batches(faces, min(256, len(faces)), seed=4))[0]
for name, words in (("WGAN", "clipping"), ("WGAN-GP", "gradient penalty")):
    if name in players:
        G, f = players[name]
        with torch.no_grad():
            fake = G(noise[: len(some)])
        lengths[words] = metrics.gradient_norms(f, some, fake)
for words, norms in lengths.items():
    along = " ".join(f"{length:10.2e}" for length in norms.activations)
    print(f"{words:17} picture {along} score")
if "clipping" in lengths:
    first, *_, last = lengths["clipping"].activations.tolist()
    layers.reveal("longer" if first > 1.5 * last else "shorter" if 1.5 * first < last else "about the same")

# %%
picture = viz.Picture(
    9,
    3.3,
    "Left: length of the gradient at the entry of each layer, on a logarithmic axis. With the penalty it is near 1 at "
    "the picture; with clipping it is smaller, and smallest at the picture. Right: the same for the weights.",
)
for i, (words, of) in enumerate((("what enters a layer", "activations"), ("the weights of a layer", "weights"))):
    ax, theme = picture.axes_of(1, 2, i + 1), picture.theme
    for (name, norms), style in zip(lengths.items(), ("s--", "o-"), strict=False):
        ax.plot(getattr(norms, of), style, color=theme.discriminator, label=name)
    ax.set(yscale="log", xlabel="layer, from the picture to the score", ylabel="length of the gradient")
    ax.set_xticks(range(max([len(norms.layers) for norms in lengths.values()], default=1)))
    picture.caption(ax, words)
    if i == 0 and lengths:
        ax.legend(frameon=False, fontsize=9, labelcolor=theme.text)
picture if lengths else print("Nothing to draw yet: train the WGAN and the WGAN-GP above.")

# %% [markdown]
# The leftmost point of the left plot is the slope of the score for the picture: what the penalty pulls to 1, and what
# reaches the generator. (The penalty asks for 1 *between* real faces and fakes. At these themselves, where it is
# measured here, it need not be 1, and is somewhat more.) With clipping nobody chose it; it is what $c$ and the layers
# make of it. The rightmost point can be worked out by hand: the gradient there is the weights of the last layer, at
# most 0.01 each. With 1,024 of them at the ends, as in the critic of part 1's second hint, its length is $0.32$, which
# is 0.01 times the root of 1,024. Its first convolution has such small weights too, and no norm behind it: there most
# of the gradient is lost. At the layers between, instance norm divides by the deviation of what arrives, which makes up
# for small weights. Without any norm, every layer multiplies the gradient by a factor of its own, and twelve layers
# multiply twelve factors: chapter 04 has a laboratory for that.
#
# ### Three methods under one budget
#
# Now the question that everybody asks: which one is better? Three rules make an answer worth something: the same
# generator, the same budget, and the same judge for all. The judge reads attributes: *readable* faces show hair,
# hairstyle and glasses clearly; *coverage* counts how many of the 64 combinations of these are there. A GAN that draws
# one perfect face has a coverage of 1/64.

# %%
print("live, seed 0       updates   CPU seconds    distance   readable   coverage")
if FACES is None:
    score = metrics.score_avatars(avatars.avatars(2000, SIZE, seed=1)[0])
    print(f"{'real faces':40}{score.fid:12.1f}{score.readable:11.0%}{score.coverage:11.0%}")
for name, (G, _) in players.items():
    print(f"{name:16}{updates[name]:10,}{diaries[name].seconds:14.0f}", end="")
    if FACES is None:
        score = metrics.score_avatars(draw(G, noise))
        print(f"{score.fid:12.1f}{score.readable:11.0%}{score.coverage:11.0%}")
    else:  # nobody has labelled these: thumbnails must do
        print(f"{distance(draw(G, noise)):12.1f}")

# %% tags=["cover"]
viz.image_strip(
    [("real", next(Batches(faces, 16, seed=2))[0]), *((name, draw(G, noise[:16])) for name, (G, _) in players.items())],
    columns=4,
    alt="Sixteen real faces, and beside them sixteen fakes of each method that was trained.",
    width=9,
)

# %% [markdown]
# One seed and a quarter of a minute prove little. Below is a study that was made before: the same networks and batches,
# twice the updates, three seeds (± is the standard error of their mean). It has each method with the rate of its paper
# and with the larger one that we used. `python -m ganlib.studies.wasserstein` repeats it.

# %%
def print_study(table):
    """What a recorded study found, a line for each method, averaged over its seeds."""
    rows = studies.read(table)
    measured = [studies.summary(rows, measure) for measure in ("updates", "seconds", "fid", "coverage")]
    print("recorded                 updates   CPU seconds   distance           coverage   seeds")
    for name in measured[0]:
        steps, spent, far, covered = (column[name] for column in measured)
        print(f"{name:25}{steps.mean:7,.0f}{spent.mean:14.0f}{far.mean:11.0f} ± {far.error:3.0f}", end="")
        print(f"{covered.mean:12.0%} ± {covered.error:3.0%}{far.n:5}")


print_study("wasserstein")

# %% [markdown]
# First compare the two rows of each method. DCGAN hardly minds the learning rate. For the Wasserstein GANs it matters
# more than anything else: with its paper's rate, a run this short has hardly begun. So whoever compares methods and
# tunes only one of them measures the tuning. Then compare the methods at their better rates, and trust no difference
# below two or three standard errors. By that rule DCGAN is nearest to the real faces here, then WGAN-GP, then WGAN. One
# reason stands in the table: for each update of $G$ the Wasserstein GANs pay five steps of the critic, and the penalty
# makes those dearer. In the same time, DCGAN's $G$ gets six times as many updates as that of WGAN-GP.
#
# What changes with ten times the updates of this chapter? `python -m ganlib.studies.wasserstein_longer` took about two
# minutes for each training.

# %%
print_study("wasserstein_longer")

# %% [markdown]
# All have come nearer, and their order is the same: DCGAN at its paper's rate, then WGAN-GP, then the clipped WGAN. At
# the larger rate DCGAN has gained least: a rate that does for a quarter of a minute is too large for two. So a verdict
# holds for one rate and one budget. It depends on the currency, too. Count updates of $G$ instead of seconds: WGAN-GP
# after 1,200 of them is about where DCGAN was after 1,440, in the table above. Each update is worth as much; it is the
# critic that costs.
#
# ## Report
#
# Answer in your own words, in the cell below. These questions earn up to **20 points** beside the 100; a person reads
# them. Three to six sentences each, with numbers and pictures from *your* runs.
#
# 1. **Curves** (5 points). Show the curve of the critic's loss of your WGAN-GP and samples from three moments. What
#    does the curve say at each of them? Why is its sign no reason to worry?
# 2. **Gradients** (5 points). Show the length of the gradient per layer with clipping and with the penalty. Explain the
#    difference. What would you expect of $c = 0.1$? Try it.
# 3. **An ablation** (5 points). Change one thing: leave out `create_graph`, set $\lambda$ to 0 or to 1000, `n_critic`
#    to 1, or put batch norm into the critic. Predict what happens, then train, then compare.
#    `train_with_penalty(*fresh_players(), 120, penalty_weight=1000.0)` trains whatever your parts are, right or not.
# 4. **Judgement** (5 points). Which of your three GANs is best? Say by which measure, what speaks against it, and what
#    you would need to be sure.

# %% [markdown]
# *Your answers:*

# %% [markdown] tags=["instructor"]
# **Rubric of the report** (for instructors). Each question: 2 points for evidence from a run of one's own (a figure
# with labelled axes, or numbers with their setting), 2 for an explanation that is right and uses it, 1 for naming a
# limit.
#
# 1. Right: minus the loss estimates a distance; it first grows while the critic learns, then falls with the fakes; its
#    sign only says that real samples score higher than fakes. Wrong: "negative, so it diverges"; "the critic loses".
# 2. Right: with clipping, each layer without a norm multiplies the gradient by a factor set by $c$ and its own size;
#    a norm makes up for small weights; the penalty pulls the slope at the picture to 1. A larger $c$ makes the factors
#    larger, and may turn vanishing into exploding. After 100 updates with the solution's critic we measured a slope at
#    the picture of 0.014 for $c = 0.01$ and 1.5 for $c = 0.1$ (first and last layer count, so about $c^2$); without any
#    norm, 0.22 and 104. Wrong: "clipping makes the gradient 0.01".
# 3. Right: a prediction that was written down before; a comparison with all else equal, same seed and budget. Without
#    `create_graph` the penalty has a value and no effect, as with $\lambda = 0$: slopes run away, and the loss with
#    them. $\lambda = 1000$: slopes are held at 1, and telling real from fake comes second. One critic step: a poorer
#    estimate. Batch norm: the penalty punishes slopes that are not those of single samples. Any *measured* result
#    counts, also one that contradicts this.
# 4. Right: more than one measure (distance, coverage, the eye); one seed is not enough; the budget decides; the judge
#    was trained on avatars. Full points for "these runs cannot tell", if that is argued with numbers.

# %% [markdown]
# ## Your points so far
#
# As the grader counts them, but on the test data of the checks above. Each line tells the first thing that is wrong.

# %%
print(answers.table())

# %% tags=["instructor", "nbval-check-output"]
for seed in (1, 2, 3):  # other test data for each: what a grader sees, and a reader does not
    earned = [sum(mark.earned for mark in part.run(globals(), seed)) for part in checks.PARTS.values()]
    print(f"seed {seed}: what this notebook defines, stand-ins included, earns {sum(earned)} points: {earned}")

# %% [markdown]
# **Before you hand in:** choose "Restart kernel and run all cells". What counts is what stands in the file.
#
# ## Summary
#
# - From DCGAN to WGAN: scores instead of probabilities, averages instead of logarithms, no batch norm in the critic,
#   clipped weights, RMSProp, several critic steps.
# - From WGAN to WGAN-GP: no clipping; a penalty on each sample's own slope, at random points between real samples and
#   fakes; Adam without momentum.
# - The penalty needs one $\epsilon$ a sample, a norm a sample, and a gradient that stays in the graph.
# - The critic's loss estimates a distance, so within one run it can be read. Its sign is no alarm.
# - With clipping, the slope at the picture is what $c$ and the layers make of it; the penalty pulls it to 1.
# - A comparison needs one budget, one judge, and several seeds.
#
# ### Test yourself
#
# <details><summary>The critic of a WGAN-GP has the loss −7.2 and G the loss 3.1. Who is winning?</summary>
#
# Nobody can tell. Scores have no fixed zero: adding 100 to all of them changes G's loss by −100 and the critic's not
# at all. What can be read is how the critic's gap, 7.2, changes during a run.
# </details>
# <details><summary>Your penalty is 0.98 on average and does not change. What do you suspect?</summary>
#
# The slopes are nearly 0, and nothing pulls them up: create_graph is missing, something is detached, or the penalty is
# not part of the loss that backward starts from.
# </details>
# <details><summary>Why draw one epsilon for each sample and not one for each pixel?</summary>
#
# Only with one number for all entries does x_hat lie on the straight line between the two pictures. With one for each
# pixel it lies somewhere in the box that they span, in a place where the best critic need not have slope 1.
# </details>
# <details><summary>Why is the norm not taken over the whole batch?</summary>
#
# Being 1-Lipschitz is about the slope at each point. A norm over the batch could be 1 while single samples have slopes
# of 0 and others far above 1; and it would depend on the size of the batch.
# </details>
# <details><summary>Somebody reuses one real batch for all five critic steps of a round. What is lost?</summary>
#
# The critic sees a fifth of the real pictures in the same time, and fits a few of them five times over: its gap is more
# about these few, and less about the data.
# </details>
# <details><summary>May the generator of a WGAN-GP have batch norm?</summary>
#
# Yes. The penalty is about the critic's slope for its own input. (Samples of one batch are then coupled in G, which is
# no problem for the penalty.)
# </details>
#
# ### To read next
#
# - Arjovsky, Chintala and Bottou 2017, *Wasserstein GAN*, arXiv 1701.07875: algorithm 1 is parts 2 to 5 and 9.
# - Gulrajani et al. 2017, *Improved training of Wasserstein GANs*, arXiv 1704.00028: algorithm 1 is parts 5 to 9.
# - Radford, Metz and Chintala 2015, *Unsupervised representation learning with deep convolutional generative
#   adversarial networks*, arXiv 1511.06434: where the exercise starts.
# - Miyato et al. 2018, *Spectral normalization for generative adversarial networks*, arXiv 1802.05957: a limit on the
#   slope that costs no second gradient.
# - Mescheder et al. 2018, *Which training methods for GANs do actually converge?*, arXiv 1801.04406: where WGAN-GP does
#   not, and a penalty on real samples that does.
#
# The theory is in [chapter 04](04_js_vs_wasserstein.ipynb), DCGAN in [chapter 05](05_convolutional_gans.ipynb).

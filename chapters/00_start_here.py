# %% [markdown]
# # 00 · Start here
#
# {{badges}}
#
# In this chapter a computer learns to write digits by hand.
# Nobody tells it what a digit is. It only sees examples, and it plays a game against a second network.
# That game is a **generative adversarial network**, GAN for short.
# After about a minute of training you will look at digits that no person ever wrote.
#
# **You will be able to**
#
# - explain a GAN as a game between a counterfeiter and the police,
# - say why we want a *distribution* of answers, and show what goes wrong with a single one,
# - read a complete GAN training loop, line by line,
# - judge the result with numbers, and draw new samples yourself.
#
# **You need** Python and a little PyTorch: tensors, `nn.Module`, an optimizer.
#
# **Time**: about 25 minutes to read and try. All cells together run for about 80 seconds on two CPU cores.

# %% tags=["setup"]
# {{setup}}

# %%
import torch
from torch.optim import Adam

from ganlib import checks, metrics, runtime, viz
from ganlib.data import Batches, digits
from ganlib.losses import non_saturating, r1_penalty
from ganlib.models import MLPDiscriminator, MLPGenerator
from ganlib.training import average, frozen

torch.set_num_threads(1)  # the networks here are so small that a second thread only gets in the way

# %% [markdown]
# ## What does this machine have?
#
# A graphics processor (GPU) trains large networks faster. This chapter does not need one.

# %%
device = runtime.device()
print(runtime.describe_device(device))

# %% [markdown]
# ## The counterfeiter and the police
#
# A counterfeiter prints money. The police look at notes, real and forged, and say how real each one looks.
# At first the forgeries are silly, and the police learn quickly.
# Then the counterfeiter learns what gave the forgeries away and does better. So the police must look closer.
# They push each other. If all goes well, the forgeries end up looking like the real thing.
#
# Both are neural networks:
#
# - The **generator** $G$ is the counterfeiter. It turns random numbers $z$ (*noise*) into a sample $G(z)$.
# - The **discriminator** $D$ is the police. It turns a sample $x$ into a number $D(x)$ between 0 (fake) and 1 (real).
#
# The story has one flaw: real police do not explain to a counterfeiter what to improve.
# The discriminator does. Its gradient tells the generator, pixel by pixel, what would look more real.
#
# Everywhere in this course **blue is real, orange is fake, purple is the discriminator**.

# %%
viz.gan_diagram()

# %% [markdown]
# ## The real thing
#
# These are 1,797 digits that 13 people really wrote. They come with scikit-learn, so nothing is downloaded.
# Each is a scan of 8 × 8 pixels. A pixel is a number from −1 (paper) to +1 (ink).
# We train on 1,437 of them and keep 360 aside, to judge with later. For the eye, pictures are shown enlarged.

# %%
images, labels = digits(8, "train")
held_out, _ = digits(8, "test")
enlarge = torch.nn.Upsample(scale_factor=3, mode="bicubic")
print("train:", tuple(images.shape), " held out:", tuple(held_out.shape))
viz.image_grid(enlarge(images[:40]), columns=20, title="Real digits", width=9)

# %% [markdown]
# ## Why a distribution and not one answer?
#
# You know how to train a network that gives *an answer*: show it examples and punish the squared error.
# Let us try that for drawing. The task: "draw a 0 or a 1". Both are right, so the examples show both.

# %%
zeros_and_ones = images[labels <= 1]
question = viz.Prediction(
    "A network must give a single picture as its answer. Half of the examples are 0s, half are 1s. "
    "Squared error punishes it. What will it draw?",
    ["a clean 0", "a clean 1", "both, on top of each other"],
)
question

# %% [markdown]
# Here the "network" is as simple as can be: 64 pixels that gradient descent may choose freely.
# It minimises the squared error $\frac{1}{N}\sum_i \lVert a - x_i\rVert^2$ over its answer $a$.

# %%
answer = torch.zeros(1, 1, 8, 8, requires_grad=True)
optimizer = Adam([answer], lr=0.05)
for _ in range(300):
    error = (answer - zeros_and_ones).square().flatten(1).sum(1).mean()
    optimizer.zero_grad()
    error.backward()
    optimizer.step()

answer = answer.detach()
examples = torch.cat([images[labels == 0][:4], images[labels == 1][:3]])
viz.image_strip(
    [("some right answers", enlarge(examples)), ("the answer", enlarge(answer))],
    columns=7,
    alt="Seven real zeros and ones, and beside them the answer: a gray ghost of a 0 and a 1 on top of each other.",
)

# %% tags=["nbval-check-output"]
mean = zeros_and_ones.mean(0, keepdim=True)
squared_error = (zeros_and_ones - zeros_and_ones[:, None]).square().flatten(2).sum(2).mean(1)
print(f"largest difference between the answer and the average picture: {(answer - mean).abs().max():.3f}")
print(f"squared error of the answer:             {error.item():.0f}")
print(f"squared error of the best real digit:    {squared_error.min():.0f}")
print(f"squared error of an average real digit:  {squared_error.mean():.0f}")
nearest = (mean - zeros_and_ones).square().flatten(1).sum(1).min()
print(f"squared distance to the nearest digit:   {nearest:.0f}")
question.reveal("both, on top of each other");

# %% [markdown]
# The best answer in squared error is the **average of all right answers**. It beats every real digit, and it is no digit at all.
# More data or a bigger network would not help: the *question* was wrong. There is no one right picture.
#
# So we ask for something else: a **distribution** $p_g$ over pictures, as close as possible to the distribution
# $p_\text{data}$ that real digits come from. A sample from it is one picture; draw again, and you get another one.
#
# A generator does this with a trick. It is an ordinary network, but its input is random: $z \sim N(0, I)$.
# Different noise, different picture. What it has to learn is which noise becomes what.

# %% [markdown]
# ## The two players
#
# Both are small fully connected networks. The generator ends with $\tanh$, so its pixels lie between −1 and 1.
# The discriminator returns a *logit*: any real number. Its probability is $D(x) = \sigma(\text{logit}) = 1 / (1 + e^{-\text{logit}})$.

# %%
runtime.seed_everything(0)
latent_dim = 16
G = MLPGenerator(latent_dim, shape=(1, 8, 8), width=256, norm="batch").to(device)
D = MLPDiscriminator(shape=(1, 8, 8), width=256).to(device)

z = torch.randn(64, latent_dim, device=device)
print("noise     ", tuple(z.shape))
print("fakes     ", tuple(G(z).shape))
print("logits    ", tuple(D(G(z)).shape))
print("parameters", sum(p.numel() for p in G.parameters()), "in G,", sum(p.numel() for p in D.parameters()), "in D")

# %% [markdown]
# ## The training loop
#
# In each update the two players move once.
#
# 1. The discriminator sees a batch of real digits and a batch of fakes. It minimises
#    $$-\log D(x) - \log\bigl(1 - D(G(z))\bigr).$$
#    That is small when $D$ says 1 for real and 0 for fake. The fakes are `detach`ed: this step teaches $D$ alone.
# 2. The generator makes new fakes and minimises $-\log D(G(z))$. That is small when $D$ is fooled.
#    $D$ is `frozen` meanwhile: the police do not move while the counterfeiter learns.
#
# Two helpers make it work well in a minute; later chapters explain both.
# Every fourth update the discriminator also pays for steep slopes (`r1_penalty`), so that it does not become too sure too soon.
# And we look at a running average of the generator's weights (`average`), because the game makes the weights themselves swing.
#
# The next cell trains for about a minute. Watch the digits appear.

# %% tags=["cover"]
updates = runtime.budget(full=8000, quick=300)
optimizer_d = Adam(D.parameters(), lr=2e-3, betas=(0.0, 0.99), fused=True)
optimizer_g = Adam(G.parameters(), lr=2e-3, betas=(0.0, 0.99), fused=True)
G_average = average(G, decay=0.995)
batches = Batches(images.to(device), batch_size=64, seed=0)


@torch.no_grad()
def draw(noise):
    G_average.eval()
    return G_average(noise)


view = viz.TrainingView(lambda: enlarge(draw(z)), total=updates, moments=(0, 30, 100, 1000, updates))
for step in range(1, updates + 1):
    (real,) = next(batches)
    fake = G(torch.randn(64, latent_dim, device=device)).detach()
    loss_d = non_saturating.discriminator(D(real), D(fake))
    if step % 4 == 0:
        loss_d = loss_d + 4 * r1_penalty(D, real)
    optimizer_d.zero_grad()
    loss_d.backward()
    optimizer_d.step()

    with frozen(D):
        loss_g = non_saturating.generator(D(G(torch.randn(64, latent_dim, device=device))))
        optimizer_g.zero_grad()
        loss_g.backward()
        optimizer_g.step()
    G_average.update_parameters(G)
    view.update(step, loss_d.detach(), loss_g.detach())

# %% [markdown]
# Two things to notice in the picture.
#
# - The losses do **not** go to zero. They settle near $2 \log 2 = 1.386$ and $\log 2 = 0.693$.
#   That is what they are when $D$ says 1/2 to everything. So a GAN's loss says who is ahead, not how good the pictures are.
# - The strip shows the same 16 noise vectors all along. First shapes come early; most of the time goes into the details.

# %% [markdown]
# ## Is it any good?
#
# Looking is a start. Now let us measure.

# %%
with torch.no_grad():
    noise = torch.randn(2000, latent_dim, generator=torch.Generator().manual_seed(1)).to(device)
    fakes = draw(noise).cpu()
viz.image_strip(
    [("real", enlarge(images[:50])), ("generated", enlarge(fakes[:50]))],
    columns=10,
    alt="Fifty real digits beside fifty generated ones. They are hard to tell apart.",
)

# %% [markdown]
# A judge reads them for us: a small classifier that the course trained on real digits.
#
# - **Are all ten digits there?** We count what it reads in 2,000 fakes.
# - **Do they look alike as a crowd?** The *Fréchet distance* compares the classifier's features of fakes and of held-out real
#   digits. 0 is best. Chapter 09 takes it apart.
#
# For scale, we give it real training digits, the gray ghost from above with a little noise, and pure noise.

# %%
generator = torch.Generator().manual_seed(2)
ghosts = answer + 0.05 * torch.randn(2000, 1, 8, 8, generator=generator)
noise_images = 2 * torch.rand(2000, 1, 8, 8, generator=generator) - 1
for name, pictures in (("real", images), ("GENERATED", fakes), ("ghost", ghosts), ("pure noise", noise_images)):
    print(f"{name:>10}: {metrics.score_digits(pictures)}")

# %% [markdown]
# **Is it copying?** A generator could cheat and learn the training digits by heart.
# So we look for the nearest training digit of some fakes, and compare distances: a copy would have distance 0.

# %%
def nearest_distance(pictures, others):
    return torch.cdist(pictures.flatten(1), others.flatten(1)).min(1)


fake_distance, nearest_row = nearest_distance(fakes, images)
real_distance, _ = nearest_distance(held_out, images)
print(f"median distance to the nearest training digit: fakes {fake_distance.median():.2f}, ", end="")
print(f"held-out real digits {real_distance.median():.2f}; smallest for a fake {fake_distance.min():.2f}")
copies = images[nearest_row[:10]]
viz.image_strip([("generated", enlarge(fakes[:10])), ("nearest real digit", enlarge(copies))], columns=5)

# %% [markdown]
# **Who is ahead?** We ask the discriminator. If the game were over and the fakes perfect, it could only guess:
# $D = 1/2$ everywhere. Chapter 03 proves that.

# %%
with torch.no_grad():
    d_real = torch.sigmoid(D(images.to(device))).mean()
    d_held_out = torch.sigmoid(D(held_out.to(device))).mean()
    d_fake = torch.sigmoid(D(fakes.to(device))).mean()
print(f"average D(x): training digits {d_real:.2f}, held-out digits {d_held_out:.2f}, fakes {d_fake:.2f}")

# %% [markdown]
# ## A walk through the noise
#
# The generator is continuous: move the noise a little and the digit changes a little.
# Each row walks in a straight line from one noise vector to another.

# %%
weights = torch.linspace(0, 1, 14, device=device)[:, None]
rows = [draw(torch.lerp(noise[i], noise[i + 1], weights)).cpu() for i in range(0, 8, 2)]
viz.image_grid(enlarge(torch.cat(rows)), columns=14, title="From one digit to another", width=9)

# %% [markdown]
# ## Exercise: draw your own
#
# Write `fake_batch(generator, n)`: it returns `n` pictures that the generator makes of **fresh** noise.
#
# - The noise is $z \sim N(0, I)$, a tensor of shape `(n, generator.latent_dim)`.
# - The pictures are only to be looked at, so they must carry no gradient.
#
# The check below says what is wrong, if anything is. Replace the line with `raise` and run the cell again.

# %% tags=["exercise", "raises-exception"]
def fake_batch(generator, n):
    raise NotImplementedError


checks.fake_batch(fake_batch);

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Which function draws normal random numbers, `torch.rand` or `torch.randn`? What shape do you want?
# </details>
# <details><summary>Hint 2</summary>
#
# `with torch.no_grad():` around the call, or `@torch.no_grad()` above the function, keeps the gradient out.
# </details>
#
# A solution is folded into the next cell. Open it when you have tried.

# %% tags=["solution"] jupyter={"source_hidden": true}
# BEGIN SOLUTION
@torch.no_grad()
def fake_batch_solution(generator, n):
    z = torch.randn(n, generator.latent_dim)
    return generator(z)


checks.fake_batch(fake_batch_solution);
# END SOLUTION

# %% [markdown]
# ## The course
#
# | chapter | what you will do |
# |---|---|
# | **00 Start here** | you are here |
# | 01 Generative vs discriminative | drag points, and see what a model of p(x, y) can do that p(y given x) cannot |
# | 02 The minimax objective | put one training step under a microscope; play in the GAN laboratory |
# | 03 The optimal discriminator | derive what the best D is, then measure it to six digits |
# | 04 JS vs Wasserstein | find out when D stops teaching, and what the earth mover's distance does about it |
# | 05 Convolutional GANs | build DCGAN and switch its rules off one by one |
# | 06 The WGAN-GP exercise | turn a DCGAN into a WGAN, then into a WGAN-GP |
# | 07 Conditional GANs | say what you want to see: classes, captions, line drawings |
# | 08 CycleGAN | translate between two styles without a single pair |
# | 09 Metrics | take IS and FID apart, and fool them |
# | 10 The GAN clinic | diagnose sick GANs from their curves and samples |
# | 11 The GAN family | StyleGAN, BigGAN and others, each as a working miniature |

# %% [markdown]
# ## Notation
#
# | symbol | meaning |
# |---|---|
# | $x$ | a sample: a picture or a point. Images are tensors (N, channels, height, width) in [−1, 1] |
# | $y$ | its label or condition |
# | $z$ | noise, the generator's input; a *latent vector* with `latent_dim` entries |
# | $G(z)$ | the generator's sample, a *fake* |
# | $D(x)$ | the discriminator's probability that $x$ is real; in code it returns the *logit* $\sigma^{-1}(D(x))$ |
# | $f(x)$ | a *critic*: a discriminator that gives a score instead of a probability |
# | $p_\text{data}$, $p_g$, $p_z$ | the distributions of real samples, of fakes, of noise |
# | $\mathbb{E}$ | an average over a distribution; in code, the mean over a batch |
# | $\log$ | natural logarithm; losses are in *nats* (1 nat = 1.443 bits) |
# | $\lambda$, $\gamma$ | weights of penalties |

# %% [markdown]
# ## Glossary
#
# | English | 简体中文 | 繁體中文 |
# |---|---|---|
# | generative adversarial network (GAN) | 生成对抗网络 | 生成對抗網路 |
# | generator | 生成器 | 生成器 |
# | discriminator | 判别器 | 判別器 |
# | critic | 评论器 | 評論器 |
# | noise, latent vector | 噪声、潜在向量 | 雜訊、潛在向量 |
# | sample | 样本 | 樣本 |
# | probability distribution | 概率分布 | 機率分布 |
# | density | 概率密度 | 機率密度 |
# | loss function | 损失函数 | 損失函數 |
# | gradient | 梯度 | 梯度 |
# | gradient penalty | 梯度惩罚 | 梯度懲罰 |
# | cross-entropy | 交叉熵 | 交叉熵 |
# | divergence | 散度 | 散度 |
# | Wasserstein (earth mover's) distance | Wasserstein(推土机)距离 | Wasserstein(推土機)距離 |
# | mode collapse | 模式崩溃 | 模式崩潰 |
# | mode dropping | 模式丢失 | 模式遺失 |
# | convolution | 卷积 | 卷積 |
# | transposed convolution | 转置卷积 | 轉置卷積 |
# | batch normalisation | 批归一化 | 批次正規化 |
# | conditional GAN | 条件生成对抗网络 | 條件生成對抗網路 |
# | overfitting | 过拟合 | 過度擬合 |

# %% [markdown]
# ## Summary
#
# - A GAN is a game. $G$ turns noise into fakes; $D$ tells fakes from real samples; its gradient teaches $G$.
# - We want a distribution. One best answer in squared error is the average, a ghost that is no digit.
# - The losses show who is ahead. The quality of samples needs its own measures.
#
# ### Test yourself
#
# <details><summary>Why is the generator's input random?</summary>
#
# A network is a function: one input, one output. To give many different answers it needs many different inputs.
# </details>
# <details><summary>Why is the fake detached in the discriminator's step?</summary>
#
# That step is to change D alone. Without <code>detach</code> the backward pass would also compute gradients for G,
# which nobody uses. Chapter 02 shows them.
# </details>
# <details><summary>The generator's loss rises for a while. Is training broken?</summary>
#
# Not necessarily. It says that D got better at telling. Look at the samples, and measure them.
# </details>
# <details><summary>Every sample looks perfect, and all are the digit 1. Which number gives it away?</summary>
#
# The count of digits: 1 of 10. The Fréchet distance is large as well, because the crowd is wrong although each picture is right.
# </details>
#
# ### To read next
#
# - Goodfellow et al. 2014, *Generative adversarial nets*, arXiv 1406.2661: the paper that started it.
# - Goodfellow 2016, *NIPS 2016 tutorial: generative adversarial networks*, arXiv 1701.00160.
# - Mescheder et al. 2018, *Which training methods for GANs do actually converge?*, arXiv 1801.04406: the penalty used above.
# - Yazıcı et al. 2018, *The unusual effectiveness of averaging in GAN training*, arXiv 1806.04498: the running average.

# %% [markdown]
# # 00 · Start here
#
# {{links}}
#
# In this chapter a computer learns to draw handwritten digits.
# Nobody tells it what a digit is. It only sees examples, and it plays a game against a second network.
# That game is a **generative adversarial network**, GAN for short.
# After less than a minute of training you will look at digits that nobody wrote.
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
# **Time**: about 25 minutes to read and try. All cells together run for about a minute on two CPU cores, most of it
# training. No GPU is needed.

# %% tags=["setup"]
# {{setup}}

# %%
from math import log

import torch
from IPython.display import display
from torch.optim import Adam

from ganlib import checks, metrics, runtime, viz
from ganlib.data import Batches, digits
from ganlib.losses import non_saturating, r1_penalty
from ganlib.models import MLPDiscriminator, MLPGenerator
from ganlib.training import ema, evaluation, frozen

torch.set_num_threads(1)  # enough for networks this small, and steady on a busy machine

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
# $D$ learns because it is told afterwards which samples were real. That is its only teacher.
# $G$ learns from $D$. Here the story has a flaw: real police do not explain to a counterfeiter what to improve.
# The discriminator does. Its gradient says for each pixel which change would look more real. Chapter 02 draws it.
#
# Everywhere in this course **blue is real, orange is fake, purple is the discriminator**.

# %%
viz.gan_diagram()

# %% [markdown]
# ## The real thing
#
# These are 1,797 digits that 13 people really wrote. They come with scikit-learn, so nothing is downloaded.
# Each was scanned in black and white, 32 × 32 dots, and reduced to 8 × 8 pixels that count the ink in blocks of 4 × 4.
# We rescale the counts from 0 to 16 so that −1 is paper and +1 is ink.
# We train on 1,437 digits and keep 360 aside, to judge with later. For the eye, pictures are shown enlarged.
#
# *Data: E. Alpaydin and C. Kaynak, Optical Recognition of Handwritten Digits, UCI Machine Learning Repository, 1998,
# [CC BY 4.0](https://creativecommons.org/licenses/by/4.0/), rescaled and enlarged.*

# %%
images, labels = digits(8, "train")
held_out, _ = digits(8, "test")
enlarge = torch.nn.Upsample(scale_factor=3, mode="bicubic")
print("train:", tuple(images.shape), " held out:", tuple(held_out.shape))
viz.image_grid(
    enlarge(images[:40]),
    columns=20,
    title="Real digits",
    alt="Forty real digits in two rows, black ink on white.",
    width=9,
)

# %% [markdown]
# ## Why a distribution and not one answer?
#
# You know how to train a network that gives *an answer*: show it examples and punish the squared error.
# Let us try that for drawing. The task: "draw a 0 or a 1". Both are right, so the examples show both.
#
# Pick an answer below (mouse, or Tab and space bar). Then run the next two cells.

# %%
zeros_and_ones = images[labels <= 1]
question = viz.Prediction(
    "About half of the examples are 0s, the others 1s. The network pays the squared error between its picture "
    "and each example. What will it draw?",
    ["a clean 0", "a clean 1", "now a 0, now a 1", "both, on top of each other"],
)
question

# %% [markdown]
# A network that is always asked the same question always gives the same picture.
# So 64 pixels that gradient descent may choose freely can do all that it can do.
# They minimise the squared error $\frac{1}{N}\sum_i \lVert a - x_i\rVert^2$ over the answer $a$.

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
    alt="Four 0s and three 1s, and beside them the answer: a gray ghost of both on top of each other.",
)

# %% tags=["nbval-check-output"]
mean = zeros_and_ones.mean(0, keepdim=True)
to_mean = (zeros_and_ones - mean).flatten(1).square().sum(1)
between = (zeros_and_ones - zeros_and_ones[:, None]).flatten(2).square().sum(2)
difference = (answer - mean).abs().max()
print(f"largest difference between the answer and the average picture: {difference:.3f}")
print(f"squared error of the answer:               {error.item():.1f}")
print(f"squared error of the best real digit:      {between.mean(1).min():.1f}")
print(f"squared error of a real digit, on average: {between.mean():.1f}")
nearest = between.fill_diagonal_(torch.inf).min(1).values
print(f"squared distance from the answer to the nearest digit:   {to_mean.min():.1f}")
print(f"the same from a real digit to another: {nearest.median():.1f} (median),", end=" ")
print(f"{nearest.max():.1f} (largest)")
distances = {
    "a clean 0": (answer - images[labels == 0]).flatten(1).square().sum(1).min(),
    "a clean 1": (answer - images[labels == 1]).flatten(1).square().sum(1).min(),
    "both, on top of each other": (answer - mean).square().sum(),
}
question.reveal(min(distances, key=distances.get));

# %% [markdown]
# The best answer in squared error is the **average of all right answers**. It beats every real digit.
# (A digit drawn at random costs exactly twice as much as the average: $\mathbb{E}\lVert x - x'\rVert^2 = 2\,\mathbb{E}\lVert x -
# \bar{x}\rVert^2$.) And it is no digit: every real 0 and 1 has a neighbour that is closer to it than any of them is to the ghost.
# More data or a bigger network would not help. The *question* was wrong: there is no one right picture.
#
# So we ask for something else: a **distribution** $p_g$ over pictures, as close as possible to the distribution
# $p_\text{data}$ that real digits come from. A sample from it is one picture; draw again, and you get another one.
#
# A generator does this with a trick. It is an ordinary network, but its input is random: $z \sim N(0, I)$,
# a list of independent normal random numbers with mean 0 and variance 1. Different noise can become a different picture.
# What the generator has to learn is which noise becomes what.

# %% [markdown]
# ## The two players
#
# Both are small fully connected networks. The generator ends with $\tanh$, so its pixels lie between −1 and 1.
# `norm="batch"` rescales its hidden values over the batch (chapter 05).
# The discriminator returns a *logit*, which can be any real number. Its probability is
# $D(x) = \sigma(\text{logit}) = 1 / (1 + e^{-\text{logit}})$.

# %%
runtime.seed_everything(0)
latent_dim = 16
G = MLPGenerator(latent_dim, shape=(1, 8, 8), width=256, norm="batch").to(device)
D = MLPDiscriminator(shape=(1, 8, 8), width=256).to(device)

z = torch.randn(64, latent_dim, device=device)
print("noise       ", tuple(z.shape))
print("fakes       ", tuple(G(z).shape))
print("logits      ", tuple(D(G(z)).shape))
for name, player in (("G", G), ("D", D)):
    print("weights of", name, sum(weight.numel() for weight in player.parameters()))

# %% [markdown]
# ## The training loop
#
# In each update the two players move once, each on a *batch* of 64 samples. The losses are averages over the batch.
#
# 1. The discriminator sees real digits and fakes. It minimises
#    $$-\log D(x) - \log\bigl(1 - D(G(z))\bigr).$$
#    That is small when $D$ says 1 for real and 0 for fake.
# 2. The generator makes new fakes and minimises $-\log D(G(z))$. That is small when $D$ is fooled.
#
# Each optimizer holds the weights of one player, so each step moves one player.
# `detach` and `frozen` spare us the gradients of the other one, which nobody would use.
#
# Two helpers join in. Later chapters explain both.
#
# - `r1_penalty`: $D$ also pays for the squared gradient of its logit at real digits. That is to keep it from becoming too sure.
#   We add it in every fourth update only, with weight 4 to make up for the other three: fewer gradients to compute.
# - `ema`: we draw with a moving average of the generator's weights, because the weights themselves keep swinging.
#   (EMA stands for exponential moving average: recent weights count most.) Below we measure what it brings.

# %%
settings = {"lr": 2e-3, "betas": (0.0, 0.99), "fused": True}  # 0.0: no momentum; fused: all weights in one call
optimizer_d = Adam(D.parameters(), **settings)
optimizer_g = Adam(G.parameters(), **settings)
G_ema = ema(G, decay=0.995).eval()
batches = Batches(images.to(device), batch_size=64, seed=0)
updates = runtime.budget(full=8000, quick=300)
moments = (0, 30, 100, 1000, updates)
noise = torch.randn(2000, latent_dim, generator=torch.Generator().manual_seed(1)).to(device)


def draw(noise, generator=G_ema):
    with evaluation(generator):  # looking must not change the network
        return generator(noise).cpu()

# %% [markdown]
# The next cell trains for less than a minute. Watch the digits appear.

# %% tags=["cover"]
view = viz.TrainingView(lambda: enlarge(draw(z)), total=updates, moments=moments)
diary = {0: (draw(noise), draw(noise, G))}
for step in range(1, updates + 1):
    (real,) = next(batches)
    fake = G(torch.randn(64, latent_dim, device=device)).detach()
    loss_d = non_saturating.discriminator(D(real), D(fake))
    penalty = 4 * r1_penalty(D, real) if step % 4 == 0 else 0
    optimizer_d.zero_grad()
    (loss_d + penalty).backward()
    optimizer_d.step()

    with frozen(D):
        loss_g = non_saturating.generator(D(G(torch.randn(64, latent_dim, device=device))))
        optimizer_g.zero_grad()
        loss_g.backward()
        optimizer_g.step()
    G_ema.update_parameters(G)

    view.update(step, loss_d, loss_g)
    if step in moments:
        diary[step] = draw(noise), draw(noise, G)

# %% [markdown]
# ## Is it any good?
#
# Look first. Which fakes can you pick out? What gives them away?

# %%
fakes, _ = diary[updates]
viz.image_strip(
    [("real", enlarge(images[:50])), ("generated", enlarge(fakes[:50]))],
    columns=10,
    alt="Fifty real and fifty generated digits. Most of the generated ones read well; a few are broken.",
)

# %% [markdown]
# Now measure. A judge reads the pictures for us: a small classifier that the course trained on the same 1,437 digits.
#
# - **Are all ten digits there?** We count what it reads in 2,000 fakes.
#   (It must always answer with a digit, even for noise, so this count alone proves nothing.)
# - **Do they look alike as a crowd?** The *Fréchet distance* compares fakes with the held-out real digits, by the 64 numbers
#   that the judge computes before it decides. 0 is best. Chapter 09 takes it apart.

# %%
only_two = images[labels <= 1]
noise_pictures = torch.rand(2000, 1, 8, 8, generator=torch.Generator().manual_seed(2)) * 2 - 1
rows = [("real digits", images), ("GENERATED", fakes)]
rows += [("only real 0s and 1s", only_two), ("pure noise", noise_pictures)]
for name, pictures in rows:
    print(f"{name:>19}: {metrics.score_digits(pictures)}")

# %% [markdown]
# The fakes come close to the real digits. Real 0s and 1s alone score badly because eight digits are missing: the distance
# judges the crowd, not the single picture.
#
# **Do the losses tell how good it is?** Here are both losses and the Fréchet distance during training, once for pictures
# by the averaged generator and once for pictures by $G$ itself.

# %%
print("updates   distance (average)   distance (G)   loss of D   loss of G")
for step, (by_average, by_G) in diary.items():
    distances = (metrics.score_digits(pictures).fid for pictures in (by_average, by_G))
    row = f"{step:>7,}" + "{:21.2f}{:15.2f}".format(*distances)
    if step > 0:
        row += "{:12.3f}{:12.3f}".format(*view.losses_at(step))
    print(row)
print(f"if D always says 1/2:                      {log(4):12.3f}{log(2):12.3f}")

# %% [markdown]
# No. Soon after the start both losses are near the values that they have when $D$ says 1/2 to everything, and there they stay.
# (Before the first update there is no loss yet.) Meanwhile noise turns into digits.
# A GAN's loss says who is ahead, not how good the pictures are.
#
# At update 30 the averaged generator still remembers the start and lags behind $G$. Later it is ahead.
#
# **Who is ahead, then?** If the fakes were perfect, the best possible $D$ would say 1/2 everywhere (chapter 03 proves that).
# The reverse does not hold: $D$ also stays near 1/2 when it is weak, and our penalty keeps it weak on purpose.

# %%
for name, pictures in (("training digits", images), ("held-out digits", held_out), ("fakes", fakes)):
    with torch.no_grad():
        p = torch.sigmoid(D(pictures.to(device)))
    called_real = (p > 0.5).float().mean()
    print(f"{name:>15}: average D(x) {p.mean():.3f}, called real (D > 1/2): {called_real:.0%}")

# %% [markdown]
# $D$ gives the training digits the best marks, and treats real digits that it has never seen much like fakes.
# It has begun to know the training digits by heart. That is why we judge with held-out digits.
#
# **Does the generator copy?** It could learn the training digits by heart as well.
# An exact copy has distance 0 to its nearest training digit, and a near copy much less than a new real digit has.


# %%
def nearest_training_digit(pictures):
    return torch.cdist(pictures.flatten(1), images.flatten(1)).min(1)


moved = torch.roll(images[:360], 1, dims=3)
for name, pictures in (("fakes", fakes[:360]), ("held-out digits", held_out), ("moved copies", moved)):
    distance = nearest_training_digit(pictures).values
    print(f"{name:>15}: distance to the nearest training digit", end=" ")
    print(f"{distance.median():.2f} (median), {distance.min():.2f} (smallest)")

twins = images[nearest_training_digit(fakes[:10]).indices]
viz.image_strip(
    [("generated", enlarge(fakes[:10])), ("nearest training digit", enlarge(twins))],
    alt="Ten fakes beside their nearest training digits: mostly the same digit, with different strokes.",
)

# %% [markdown]
# Fakes lie about as far from the training digits as new real digits do. That speaks against copying.
# It is no proof: copies moved by one pixel to the right escape this test, as the last line shows.

# %% [markdown]
# ## A walk through the noise
#
# Move the noise a little and the digit changes a little. Each row walks in a straight line from one noise vector to another.
# The last row does not walk: it fades from the first picture of row one to its last one, pixel by pixel.

# %%
steps = torch.linspace(0, 1, 14, device=device)[:, None]
walks = [draw(torch.lerp(noise[i], noise[i + 1], steps)) for i in range(0, 8, 2)]
fade = torch.lerp(fakes[:1], fakes[1:2], steps.cpu().view(-1, 1, 1, 1))
viz.image_grid(
    enlarge(torch.cat([*walks, fade])),
    columns=14,
    title="Four walks, and a fade",
    alt="Four rows turn one digit into another through digit-like shapes. A fifth fades: ghosts midway.",
    width=9,
)

# %%
halfway_walk = draw((noise[0::2] + noise[1::2]) / 2)
halfway_fade = (fakes[0::2] + fakes[1::2]) / 2
for name, pictures in (("walks", halfway_walk), ("fades", halfway_fade), ("held-out digits", held_out)):
    distance = nearest_training_digit(pictures).values.median()
    print(f"{name:>15}: {distance:.2f} to the nearest training digit (median)")

# %% [markdown]
# Halfway pictures of walks are as close to real digits as new real digits are. Halfway pictures of fades are ghosts again.

# %% [markdown]
# ## Exercise: draw your own
#
# Write `fake_batch(generator, n)`: it returns `n` pictures that the generator makes of **fresh** noise.
#
# - The noise is $z \sim N(0, I)$, a tensor of shape `(n, generator.latent_dim)` on `device`, where the generator is.
# - The pictures are only to be looked at, so they must carry no gradient.
#
# Replace the line with `raise` and run the cell. The check says what is wrong, if anything is; then you see your digits.

# %% tags=["exercise", "raises-exception"]
def fake_batch(generator, n):
    raise NotImplementedError


if checks.fake_batch(fake_batch):
    yours = fake_batch(G_ema.module, 40).cpu()
    display(viz.image_grid(enlarge(yours), columns=20, title="Yours", width=9))

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Which function draws normal random numbers, `torch.rand` or `torch.randn`? What shape do you want?
# </details>
# <details><summary>Hint 2</summary>
#
# `with torch.no_grad():` around the call, or `@torch.no_grad()` above the function, keeps the gradient out.
# </details>

# %% [markdown] tags=["solution"]
# A solution is folded into the next cell in JupyterLab. Elsewhere, look away until you have tried.

# %% tags=["solution"] jupyter={"source_hidden": true}
# BEGIN SOLUTION
@torch.no_grad()
def solution(generator, n):
    z = torch.randn(n, generator.latent_dim, device=device)
    return generator(z)


checks.fake_batch(solution);
# END SOLUTION

# %% [markdown]
# **More to try.** Predict first, then change the cells above and run them again.
#
# - Leave out the penalty. Does the loss of $D$ rise or fall? What happens to the Fréchet distance in the long run?
# - Keep the average for longer or shorter (`decay=0.9`, `0.999`). Do you see a difference? Does the judge?
# - Set `latent_dim = 2`. Can two random numbers hold all the ways to write a digit?

# %% [markdown]
# ## The course
#
# Chapters without a link are still being written.
#
# | chapter | what you will do |
# |---|---|
# | [00 Start here](00_start_here.ipynb) | you are here |
# | [01 Generative vs discriminative](01_generative_vs_discriminative.ipynb) | drag points, and see what a model of p(x, y) can do that p(y given x) cannot |
# | [02 The minimax objective](02_minimax_objective.ipynb) | put one training step under a microscope; play in the GAN laboratory |
# | [03 The optimal discriminator](03_optimal_discriminator.ipynb) | derive what the best D is, then measure it to six digits |
# | [04 JS vs Wasserstein](04_js_vs_wasserstein.ipynb) | find out when D stops teaching, and how the earth mover's distance helps (JS: Jensen-Shannon) |
# | [05 Convolutional GANs](05_convolutional_gans.ipynb) | build DCGAN, a GAN of convolutions, and switch its rules off one by one |
# | [06 The WGAN-GP exercise](06_wgan_gp_exercise.ipynb) | turn a DCGAN into a Wasserstein GAN, first with clipping, then with a gradient penalty |
# | [07 Conditional GANs](07_conditional_gans.ipynb) | say what you want to see: classes, captions, line drawings |
# | [08 CycleGAN](08_cyclegan.ipynb) | translate between two styles without a single pair |
# | [09 Metrics](09_metrics.ipynb) | take the Inception Score and the Fréchet Inception distance apart, and fool them |
# | [10 The GAN clinic](10_gan_clinic.ipynb) | diagnose sick GANs from their curves and samples |
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
# | $\sigma(a)$ | the logistic function $1 / (1 + e^{-a})$ |
# | $N(0, I)$ | independent normal random numbers with mean 0 and variance 1 |
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
# | discriminator | 判别器 | 判別器（鑑別器） |
# | critic | 评判器（critic） | 評判器（critic） |
# | noise | 噪声 | 雜訊 |
# | latent vector | 隐向量（潜在向量） | 隱向量（潛在向量） |
# | sample | 样本 | 樣本 |
# | probability distribution | 概率分布 | 機率分布 |
# | probability density | 概率密度 | 機率密度 |
# | batch | 批次 | 批次 |
# | loss function | 损失函数 | 損失函數 |
# | gradient | 梯度 | 梯度 |
# | gradient penalty | 梯度惩罚 | 梯度懲罰 |
# | optimizer | 优化器 | 最佳化器 |
# | cross-entropy | 交叉熵 | 交叉熵 |
# | minimax | 极小极大 | 極小極大 |
# | Nash equilibrium | 纳什均衡 | 納許均衡 |
# | divergence | 散度 | 散度 |
# | Wasserstein (earth mover's) distance | Wasserstein 距离（推土机距离） | Wasserstein 距離（推土機距離） |
# | Fréchet distance | 弗雷歇距离 | 弗雷歇距離 |
# | mode collapse | 模式崩溃（模式坍塌） | 模式崩潰（模式坍塌） |
# | mode dropping | 模式丢失 | 模式丟失 |
# | convolution | 卷积 | 卷積（摺積） |
# | transposed convolution | 转置卷积 | 轉置卷積 |
# | batch normalisation | 批归一化 | 批次正規化 |
# | interpolation | 插值 | 內插 |
# | conditional GAN | 条件生成对抗网络 | 條件生成對抗網路 |
# | overfitting | 过拟合 | 過度擬合（過擬合） |

# %% [markdown]
# ## Summary
#
# - A GAN is a game. $G$ turns noise into fakes; $D$ tells fakes from real samples; its gradient teaches $G$.
# - We want a distribution. One best answer in squared error is the average, a ghost that is no digit.
# - The losses show who is ahead. The quality of samples needs its own measures, on data that nobody trained on.
#
# ### Test yourself
#
# <details><summary>Why is the generator's input random?</summary>
#
# A network is a function: one input, one output. To give many different answers it needs many different inputs.
# </details>
# <details><summary>Why is the fake detached in the discriminator's step?</summary>
#
# D's optimizer moves D alone anyway. But without <code>detach</code> the backward pass would also compute gradients for G,
# which nobody uses in this step. Chapter 02 shows them.
# </details>
# <details><summary>The generator's loss rises for a while. Is training broken?</summary>
#
# Not necessarily. It says that D tells these fakes better than before: D improved, or G got worse. Look at the samples, and
# measure them.
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
# - Karras et al. 2019, *Analyzing and improving the image quality of StyleGAN*, arXiv 1912.04958: a penalty now and then
#   is enough.
# - Yazıcı et al. 2018, *The unusual effectiveness of averaging in GAN training*, arXiv 1806.04498: the moving average.

# %% [markdown]
# # 07 · Conditional GANs
#
# {{links}}
#
# So far a generator drew what it liked. Now it takes orders: a digit, a caption, a line drawing. The condition goes
# into both players, and then the question is what makes the generator *obey*. You answer it five times, each time with
# another kind of condition, and each time with a number: classes, sentences, labels that the discriminator has to name,
# codes that nobody ever labelled, and whole pictures.
#
# **You will be able to**
#
# - write the objective with a condition, and say what happens if the discriminator does not see it,
# - train a generator on captions with three kinds of pairs, and say why the wrong pairs are real pictures,
# - explain what an auxiliary classifier rewards, and measure the variety that it may cost,
# - compute a lower bound of the information between a code and a picture, in nats, and train with it,
# - tell what an L1 loss, a GAN loss and skips each do for a picture made from a picture,
# - compute how many pixels a discriminator of patches sees, and check it with a gradient.
#
# **You need** chapters 02 and 03 (the losses, $D^*$) and the convolutions of chapter 05.
#
# **Time**: about 120 minutes to read and try. All cells together run for about two minutes on one CPU core, most of it
# training.

# %% tags=["setup"]
# {{setup}}

# %%
from itertools import islice
from math import log, sqrt

import torch
import torch.nn.functional as F
from matplotlib.patches import Rectangle
from torch import nn
from torch.optim import LBFGS, Adam
from torch.special import xlogy
from tqdm.auto import tqdm

from ganlib import checks, losses, metrics, models, runtime, studies, viz
from ganlib.data import Batches, avatars, captions, digits
from ganlib.gans import ConditionalGAN
from ganlib.losses import non_saturating
from ganlib.models import Categories, ConditionalDiscriminator, ConditionalGenerator, MLPDiscriminator, MLPGenerator
from ganlib.studies import conditional_digits, text_to_image
from ganlib.studies import pix2pix as colouring
from ganlib.training import Trainer, ema, evaluation, frozen

torch.set_num_threads(1)

# %% [markdown]
# ## A condition and a distribution
#
# "Draw a 3." There are many right answers, so this is no task for ordinary supervised learning: a network that answers
# each condition with one picture, trained on squared error, does best if it answers with the *average* of all 3s
# (chapter 00). A conditional generator gets two inputs. The **condition** $y$ says what is asked. The **noise** $z$
# chooses among the right answers. So $G(z, y)$ stands for a whole distribution for each $y$:
#
# $$\text{input} = \text{condition} + \text{distribution}.$$
#
# Two things can go wrong, and they need two measures. Does the picture show what was asked? We let the course's
# classifier read it: **conditional accuracy**. And are the answers to one question as various as real ones?
# **Diversity** is the mean distance of two answers to one question, pixel by pixel, over that of two real ones. It is
# about 1 for real digits. (It knows nothing of quality: noise is diverse, too.)

# %% tags=["nbval-check-output"]
images, labels = digits(16)
averages = torch.stack([images[labels == digit].mean(0) for digit in range(10)])
asked = torch.arange(10).repeat(200)


def right_and_various(pictures, asked):
    """Conditional accuracy and diversity of digits that were asked for."""
    accuracy = metrics.read_digits(pictures).accuracy(asked)
    return accuracy, metrics.class_diversity(pictures, asked, images, labels)


print("answers to 'draw a 0' ... 'draw a 9'        accuracy   diversity")
for words, pictures, y in (
    ("real digits, kept for tests", *digits(16, "test")),
    ("the average of the training digits", averages[asked], asked),
    ("real digits, drawn whatever was asked", images[:1400].roll(1, 0), labels[:1400]),
):
    accuracy, diversity = right_and_various(pictures, y)
    print(f"{words:40}{accuracy:12.0%}{diversity:12.2f}")

# %%
real_rows = [torch.stack([images[labels == digit][i] for digit in range(10)]) for i in range(3)]
viz.image_grid(
    torch.cat([averages, *real_rows]),
    alt="The ten averages of the training digits, blurred but readable, and below them three rows of real digits.",
)

# %% [markdown]
# The averages are read without a mistake, and there is no variety at all. Shuffled real digits have too much of it, and
# obey by chance. A generator has to pass both tests at once.
#
# ## Tell both players
#
# Mirza and Osindero (2014, arXiv 1411.1784) give $y$ to $G$ **and** to $D$. The value is that of chapter 02, with pairs
# in the place of samples:
#
# $$V(D, G) = \mathbb{E}_{x, y} \log D(x, y) + \mathbb{E}_{y, z} \log\bigl(1 - D(G(z, y), y)\bigr).$$
#
# $D$ answers: is this *pair* real? A perfect 3 beside the label 5 is no real pair, because the data has none. Must $D$
# see $y$? By chapter 03, against the best $D$ the generator minimises $2\,\mathrm{JSD} - 2 \log 2$, between the two
# distributions *that $D$ can see*. If it sees pairs, they are those of pairs. If it is blind to $y$, they are those of
# pictures, whatever they were asked for. Take two classes, three pictures, and three generators.

# %% tags=["nbval-check-output"]
# p(picture | class): each row is a class, each column a picture
real = torch.tensor([[0.7, 0.3, 0.0], [0.0, 0.3, 0.7]]).double()
generators = {"obeys": real, "does not listen": real.mean(0).expand(2, 3), "swaps the classes": real.flip(0)}


def js(p, q):
    """Jensen-Shannon divergence of two tables, nats."""
    return sum((xlogy(a, a) - xlogy(a, (p + q) / 2)).sum() for a in (p, q)) / 2


print("what the generator gets from the best D: 2 JSD - 2 log 2")
print("the generator        D sees pairs   D sees pictures only")
for words, made in generators.items():
    of_pairs, of_pictures = (2 * js(a, b) - 2 * log(2) for a, b in ((real / 2, made / 2), (real.mean(0), made.mean(0))))
    print(f"{words:20}{of_pairs:13.4f}{of_pictures:18.4f}")
print(f"the least possible: {-2 * log(2):13.4f}")

# %% [markdown]
# To the blind $D$ all three are perfect. Nothing in the game tells $G$ what $y$ means: $y$ is more noise. The $D$ that
# sees pairs finds fault with both disobedient ones. That is the theory; in a moment we train both.
#
# ### The step, once in full
#
# How does a number such as 7 enter a network? As a **one-hot** vector: ten entries, a 1 in place 7. (As the plain
# number 7 it would say that a 7 is more than a 3, and nearly an 8.) Fully connected players get it behind the other
# numbers. Convolutional ones get it as ten *planes* behind the channels, one of them full of ones (**exercise 1**). One
# detail: a one-hot vector has the length 1, $z$ about $\sqrt{32} = 5.7$, and a picture of 256 pixels up to 16. So that
# the class is heard from the start, our fully connected players multiply it, by 5.7 in $G$ and by 16 in $D$.

# %% tags=["nbval-check-output"]
def digit_players(latent_dim=32, width=256):
    """G(z, y) and D(x, y), fully connected."""
    generator = MLPGenerator(latent_dim + 10, (1, 16, 16), width, norm="batch")
    discriminator = MLPDiscriminator((16 * 16 + 10,), width)
    G = ConditionalGenerator(generator, Categories(10), weight=sqrt(latent_dim))
    return G, ConditionalDiscriminator(discriminator, Categories(10))


runtime.seed_everything(0)
G, D = digit_players()
z, y = torch.randn(64, 32), labels[:64]
print("y:", y[:4].tolist(), "  as one-hot:", *(str(row.int().tolist()).replace(", ", "") for row in G.embed(y[:4])))
x, e = images[:64], G.embed(y)
for words, tensor in (
    ("z", z),
    ("y as one-hot", e),
    ("together, into G", torch.cat([z, e], 1)),
    ("G(z, y)", G(z, y)),
    ("x and y, into D", D.joined(x, e)),
    ("D(x, y)", D(x, y)),
):
    print(f"{words:17} {tuple(tensor.shape)}")

# %% [markdown]
# And here is the whole training. Compare it with the loop of chapter 02: $D$ gets `y` beside `x`, and beside the fakes
# the same `y` that they were made for. Nothing else is new. (The learning rates fall in the second half.) About ten
# seconds.

# %%
def conditional_step(G, D, optimizer_d, optimizer_g, x, y):
    """One round of the conditional game on real pairs (x, y)."""
    with torch.no_grad():
        fake = G(torch.randn(len(x), G.latent_dim), y)
    loss_d = non_saturating.discriminator(D(x, y), D(fake, y))
    optimizer_d.zero_grad()
    loss_d.backward()
    optimizer_d.step()

    with frozen(D):
        loss_g = non_saturating.generator(D(G(torch.randn(len(x), G.latent_dim), y), y))
        optimizer_g.zero_grad()
        loss_g.backward()
        optimizer_g.step()


# %%
runtime.seed_everything(0)
G, D = digit_players()
optimizer_d, optimizer_g = (Adam(player.parameters(), 1e-3, betas=(0.5, 0.99), fused=True) for player in (D, G))
average, batches = ema(G, 0.99), Batches((images, labels), 64)
updates = runtime.budget(full=2500, quick=20)
for done, (x, y) in enumerate(tqdm(islice(batches, updates), total=updates, desc="CGAN", leave=False)):
    for optimizer in (optimizer_d, optimizer_g):
        optimizer.param_groups[0]["lr"] = 1e-3 * min(1, 2 * (1 - done / updates))
    conditional_step(G, D, optimizer_d, optimizer_g, x, y)
    average.update_parameters(G)
cgan = average.module

# %% [markdown]
# Is this what `Trainer` does with the class `ConditionalGAN`? Thirty rounds of each, from the same seed:

# %% tags=["nbval-check-output"]
def thirty_rounds(train):
    """All weights of G after thirty rounds that `train(G, D, optimizer_d, optimizer_g, batches)` does."""
    runtime.seed_everything(5)
    G, D = digit_players()
    adams = [Adam(player.parameters(), 1e-3, betas=(0.5, 0.99), fused=True) for player in (D, G)]
    train(G, D, *adams, Batches((images, labels), 64))
    return nn.utils.parameters_to_vector(G.parameters())


def by_hand(G, D, optimizer_d, optimizer_g, batches):
    for x, y in islice(batches, 30):
        conditional_step(G, D, optimizer_d, optimizer_g, x, y)


def by_trainer(G, D, optimizer_d, optimizer_g, batches):
    trainer = Trainer(ConditionalGAN(G, D), batches, optimizer_d=optimizer_d, optimizer_g=optimizer_g)
    for _ in trainer.rounds(30):
        pass


print("the same weights, bit by bit:", torch.equal(thirty_rounds(by_hand), thirty_rounds(by_trainer)))

# %% [markdown]
# So from here on `Trainer` does the work. Look at what the loop above has learned: each column is a class, each row one
# $z$.

# %%
def orders(generator, rows=4):
    """Digits for the classes 0 to 9, with the same z in each row."""
    z = torch.randn(rows, generator.latent_dim, generator=torch.Generator().manual_seed(1))
    with evaluation(generator):
        return generator(z.repeat_interleave(10, 0), torch.arange(10).repeat(rows))


def two_thousand(generator, seed=2):
    """200 digits for each class."""
    z = torch.randn(2000, generator.latent_dim, generator=torch.Generator().manual_seed(seed))
    with evaluation(generator):
        return generator(z, asked)


print("CGAN: accuracy {:.1%}, diversity {:.2f}".format(*right_and_various(two_thousand(cgan), asked)))
viz.image_grid(orders(cgan), alt="Four rows of ten generated digits. Each column shows the class that was asked for.")

# %% [markdown]
# ### And a discriminator that cannot see the class
#
# The same players, except that $D$ sees the picture alone.

# %%
blind_accuracy = viz.Prediction(
    "D does not see the class. How many of G's digits show the class that was asked for?",
    ["one in ten or fewer", "about half", "nearly all"],
)
blind_accuracy


# %%
def train(trainer, updates, words):
    """The generator of a trainer after so many updates, with a progress bar."""
    for _ in tqdm(trainer.rounds(updates), total=updates, desc=words, leave=False):
        pass
    return trainer.generator


updates = runtime.budget(full=1000, quick=20)
blind = train(conditional_digits.trainer("blind D", 0, updates), updates, "blind D")
disobedient = two_thousand(blind)
accuracy, diversity = right_and_various(disobedient, asked)
print(f"blind D: accuracy {accuracy:.1%}, diversity {diversity:.2f}")
blind_accuracy.reveal(blind_accuracy.choices[0 if accuracy < 0.3 else 1 if accuracy < 0.7 else 2])

# %%
viz.image_strip(
    [("CGAN", orders(cgan)), ("D does not see the class", orders(blind))],
    columns=10,
    alt="Columns are the classes that were asked for. On the left each column shows its digit; on the right most "
    "columns show another digit, often the same in every row.",
)

# %% [markdown]
# What comes on the right is digits, too. And look down the columns: a class often gets the same digit in every row,
# only not its own. To $G$ the ten numbers of the class are like those of $z$. Where they lead is left to chance,
# because no player ever pays for disobedience. Match each class with one digit, as well as possible, and count again:

# %%
matching = metrics.best_matching(asked, metrics.read_digits(disobedient).values, 10)
print("class     ", *range(10))
print("stands for", *matching.classes)
print(f"{matching.agreement:.1%} of the digits fit these names")

# %% [markdown]
# $G$ has made itself names for its digits, and they are not ours. (InfoGAN, below, makes a virtue of that.)
#
# One run is one run. The course has done three with each variant, of 3,000 updates
# (`ganlib/studies/conditional_digits.py`; the command `python -m ganlib.studies.conditional_digits` makes the table
# again). The Fréchet distance, 0 at best, compares crowds as in chapter 00. Mean ± standard error:


# %% tags=["nbval-check-output"]
def study_table(name, variants, columns):
    """Print means ± standard errors over the seeds of a study. `columns`: measure to (heading, format)."""
    rows = studies.read(name)
    means = {measure: studies.summary(rows, measure) for measure in columns}
    seeds = len({row["seed"] for row in rows})
    print(f"{seeds} seeds".ljust(26) + "".join(f"{heading:>20}" for heading, _ in columns.values()))
    for variant in variants:
        cells = [(means[measure][variant], form) for measure, (_, form) in columns.items()]
        print(f"{variant:26}" + "".join(f"{mean.mean:{form}} ± {mean.error:{form}}".rjust(20) for mean, form in cells))


of_digits = {"accuracy": ("accuracy", ".1%"), "diversity": ("diversity", ".2f"), "fid": ("Fréchet distance", ".2f")}
study_table("conditional_digits", ["CGAN", "blind D"], of_digits | {"agreement": ("best matching", ".1%")})

# %% [markdown]
# ### The condition studio
#
# Ask the generator yourself. *Every value* keeps $z$ and changes the class: what do the ten digits have in common?
# *Many z* keeps the class. *Between* goes from one class to another on the straight line between their one-hot vectors:
# $G$ has never been trained there.

# %%
digit_studio = viz.ConditionStudio(
    cgan, {"digit": tuple("0123456789")}, judge=lambda images: metrics.read_digits(images).named()
)
digit_studio

# %% [markdown]
# - With *Every value*: find a $z$ that gives slanted digits, and one that gives bold ones. $z$ holds what the class
#   does not say. Nobody asked for this division of labour. It is what is left to $z$, because $y$ says the rest.
# - With *Between*: go from 3 to 8, and from 0 to 1. Where does the judge change its mind?

# %% [markdown]
# ## From a caption to a picture
#
# Ten classes fit into ten places. A caption such as "blue hair, red eyes, glasses" does not: the avatars' captions can
# say 8 × 8 × 4 × 3 × 2 = 1,536 things, and more if some attributes are left open. So a small network reads them: the
# **text encoder**. Each word has a vector, which is learned. Each pair of neighbours gives some numbers, and of each
# number the largest over the caption counts. It trains with the players, by their losses: $G$ has one, and $D$ has
# another.

# %% tags=["nbval-check-output"]
for text in ("blue hair, red eyes, glasses", "glasses, red eyes, blue hair", "red hair, blue eyes"):
    print(f"{text:32}", captions.encode(text)[0].tolist())
print("the words:", " ".join(captions.WORDS[1:]))
for text in ("green hare", "no hair", "blue"):
    try:
        captions.encode(text)
    except ValueError as error:
        print(f"- {error}")

# %% [markdown]
# Why pairs of words? Look at the first and the last caption. They hold the same colours, and mean different faces. A
# sum of word vectors could not tell them apart.
#
# **Hidden combinations.** Twelve of the 64 combinations of hair colour, hairstyle and glasses never occur in training.
# Each of their parts does. So we can ask whether $G$ has learned what the words mean, or only which faces there are.

# %% tags=["nbval-check-output"]
faces, tokens = captions.captioned_avatars(8)
for text in ("long green hair, glasses", "green twintails, no glasses", "green twintails, glasses"):
    print(f"{text:36}{'seen in training' if captions.seen(text) else 'never seen'}")
print("\ncaptions of the first faces; each attribute is told four times in five, in any order:")
for text in captions.decode(tokens[:4]):
    print("-", text)

# %% [markdown]
# ### Three kinds of pairs
#
# In the game so far $D$ says *no* to one kind of pairs: a fake, and the caption it was made for. At the start of
# training every fake is a smear. $D$ can tell it from a real picture without reading a word, and so it has no reason to
# learn to read. Reed et al. (2016, arXiv 1605.05396) therefore show it a third kind, *GAN-CLS*:
#
# | picture | caption | $D$ shall say | weight |
# |---|---|---|---|
# | real | its own | yes | 1 |
# | real | another's | **no** | 1/2 |
# | fake | the one it was made for | no | 1/2 |
#
# With $h$ for the caption of $x$, and $\hat h$ for that of another picture:
#
# $$L_D = -\mathbb{E} \log D(x, h) - \tfrac12\, \mathbb{E} \log\bigl(1 - D(x, \hat h)\bigr) - \tfrac12\, \mathbb{E}
# \log\bigl(1 - D(G(z, h), h)\bigr).$$
#
# The wrong pair must hold a *real* picture: then nothing is wrong with it but the caption, and only a $D$ that reads
# can see it. The two halves keep yes and no in balance. **Exercise 2** is this loss.
#
# Does this move the target? With three kinds, the best $D$ compares the true pairs with a *mixture*: half fakes $q(x
# | h)$, half real pictures with any caption, $p(x)$. The generator would be done when the mixture is the truth:
#
# $$\tfrac12 q(x|h) + \tfrac12 p(x) = p(x|h), \qquad\text{that is}\qquad q(x|h) = 2\,p(x|h) - p(x).$$
#
# That is *not* $p(x | h)$. It exaggerates: what is more frequent under $h$ than in general becomes more frequent still.
# But a frequency cannot be negative, so the formula only holds if $p(x) \le 2\,p(x|h)$ for every picture. Let us
# minimise the divergence in two tables. In the first, both captions fit every picture, one better than the other. In
# the second, a caption is true of a picture or it is not: *red hair*, *glasses*, *blue hair*, *no glasses*, and four
# pictures. (The first two captions are shown.)


# %% tags=["nbval-check-output"]
def best_generator(value, like):
    """The table q(x | y), shaped as `like`, that makes `value(q)` least."""
    logits = torch.zeros_like(like, requires_grad=True)
    optimizer = LBFGS([logits], max_iter=500, tolerance_grad=1e-12, line_search_fn="strong_wolfe")

    def closure():
        optimizer.zero_grad()
        loss = value(logits.softmax(1))
        loss.backward()
        return loss

    optimizer.step(closure)
    return logits.softmax(1).detach()


more_or_less = torch.tensor([[0.5, 0.3, 0.2], [0.3, 0.3, 0.4]]).double()
true_or_not = torch.tensor([[1, 1, 0, 0], [1, 0, 1, 0], [0, 0, 1, 1], [0, 1, 0, 1]]).double() / 2
for p in (more_or_less, true_or_not):
    for words, table in (
        ("p(x|h), the data", p),
        ("two kinds of pairs", best_generator(lambda q, p=p: js(p, q), p)),
        ("three kinds of pairs", best_generator(lambda q, p=p: js(p, (q + p.mean(0)) / 2), p)),
        ("2 p(x|h) - p(x)", 2 * p - p.mean(0)),
    ):
        print(f"{words:22}", "    ".join(" ".join(f"{value:5.2f}" for value in row) for row in table[:2]))
    print()

# %% [markdown]
# With two kinds of pairs the optimum is always the data. The third kind buys a reason to read. Its price, in the first
# table, is a bias towards *typical* pictures. In the second it costs nothing: the pictures that the caption excludes
# stay at 0, and among those that it fits none is more typical than another. Our captions are of that kind.
#
# There is a third design. $D$ has **two heads** on one body. The first says whether the picture is real, without a look
# at the caption. The second judges the three kinds of pairs. So "it looks wrong" has an answer of its own (StackGAN++,
# arXiv 1710.10916, judges with and without the caption).

# %%
best_reader = viz.Prediction(
    "Which discriminator makes G follow captions best, after the same number of updates?",
    ["two kinds of pairs", "three kinds of pairs", "two heads"],
)
best_reader

# %% [markdown]
# Half a minute of training, live, with three kinds of pairs (and the R1 penalty of chapter 02, which the study's runs
# all have). Then captions that tell everything: 1,000 of combinations seen in training, 500 of hidden ones.

# %%
updates = runtime.budget(full=700, quick=10)
writer = train(text_to_image.trainer("three kinds of pairs", 0, updates), updates, "captions")


def drawn_from(generator, tokens, seed=3):
    """One picture for each caption."""
    z = torch.randn(len(tokens), generator.latent_dim, generator=torch.Generator().manual_seed(seed))
    with evaluation(generator):
        return generator(z, tokens)


everyone = avatars.Attributes.sample(4000, torch.Generator().manual_seed(11))
hidden = captions.held_out(everyone)
exams = {"combinations seen": everyone[~hidden][:1000], "combinations never seen": everyone[hidden][:500]}
for words, people in exams.items():
    told = captions.tokens_of(people)
    print(f"{words:24}", metrics.score_captions(drawn_from(writer, told), told))

# %%
texts = ("long blue hair, red eyes, glasses", "blonde twintails, open mouth", "green twintails, glasses")
viz.image_strip(
    [(text, drawn_from(writer, captions.encode([text] * 6), seed=i)) for i, text in enumerate(texts)],
    columns=3,
    alt="Six faces for each of three captions: long blue hair, red eyes and glasses; blonde twintails and an open "
    "mouth; green twintails with glasses, which no training picture shows.",
)

# %% [markdown]
# Your turn. The generator in the box was trained for longer, again without the hidden combinations. It draws while you
# type.

# %%
box = viz.CaptionBox(
    models.pretrained("captions"),
    captions.encode,
    examples=[*texts, "twintails", "green hair, no glasses"],
    asks=captions.parse,
    seen=captions.seen,
    surprise=captions.surprise,
    judge=lambda images: metrics.read_avatars(images).named(),
)
box

# %% [markdown]
# - Leave something out. What do the eight pictures do with their freedom?
# - Change one word. What changes in the pictures, and what stays, although $z$ is the same?
# - Ask for a combination that is new to the generator.
#
# Now the comparison over three seeds, with more training for each (`ganlib/studies/text_to_image.py`).

# %% tags=["nbval-check-output"]
text_rows = studies.read("text_to_image")
variants = list(dict.fromkeys(row["variant"] for row in text_rows))
parts = {name: (name, ".0%") for name in ("hair", "hairstyle", "eyes", "glasses", "mouth")}
study_table("text_to_image", variants, parts)
print()
whole = {"all_right": ("all right", ".1%"), "held_out": ("never seen", ".1%"), "variety": ("variety", ".2f")}
study_table("text_to_image", variants, whole)
print()
best = studies.summary(text_rows, "all_right")
best_reader.reveal(max(best, key=lambda variant: best[variant].mean))

# %% [markdown]
# (*Variety* is the mean distance of two pictures for one caption, over that of two real ones: 0 if $z$ is not heard.)
#
# - With **two kinds of pairs** $G$ learns the hair, which fills a large part of the picture. Eyes are right little more
#   than half of the time.
# - **Three kinds of pairs** help with every attribute, most with the eyes. But their pictures for one caption are more
#   alike. The bias from above is no explanation, because captions like ours have none at the optimum. The reason is not
#   measured here.
# - **Two heads** read hardly better than two kinds here. (Why? One guess, not measured: half of what $G$ hears is now
#   about looks alone.)
# - The mouth is a few pixels wide, and in runs as short as these nobody learns to read it: one in three is chance. That
#   is why so few faces are right in everything.
# - In each line the combinations that were *never seen* come out nearly as well as those that were. $G$ has learned
#   what words mean, and puts the meanings together.

# %% [markdown]
# ## A discriminator that names the class
#
# Turn the question round. Instead of telling $D$ the class, let it *say* the class. The auxiliary classifier GAN (Odena
# et al. 2016, arXiv 1610.09585) has a second head, $P(y|x)$. $D$ minimises its cross-entropy on real digits, and $G$ on
# its own, so it makes digits that $D$ can name:
#
# $$L_D^\text{class} = -\mathbb{E} \log P(y|x), \qquad L_G^\text{class} = -\mathbb{E} \log P(y|G(z, y)).$$
#
# (In the paper $D$'s term counts the fakes as well. We come back to that.)
#
# Read the class term as the generator does. With a classifier that has learned the data, $P(y|x) = p(y|x)$, it splits:
#
# $$-\mathbb{E}_q \log p(y|x) = \mathbb{E}\,\mathrm{KL}\bigl(q(y|x) \,\|\, p(y|x)\bigr) + H_q(y|x).$$
#
# The first part asks $G$ to obey. The second is the entropy of the class *given the picture*. It is small when no
# picture could belong to two classes. But in the data some do: real people write sloppy sevens. (Gong et al. 2019,
# arXiv 1907.02690, trace ACGAN's lost diversity to this entropy.) In a table: two classes share the picture in the
# middle.

# %% tags=["nbval-check-output"]
p = torch.tensor([[0.7, 0.3, 0.0], [0.0, 0.3, 0.7]]).double()
named = (p / p.sum(0)).clamp_min(1e-9).log()  # log p(y|x)


def acgan_value(weight):
    """What G gets from the best D that sees pictures, and from the class term."""
    return lambda q: 2 * js(p.mean(0), q.mean(0)) - weight * (q / 2 * named).sum()


print("weight of the class term   q(x|y = 1)             share of the shared picture")
for weight in (0.1, 0.3, 1.0, 3.0):
    q = best_generator(acgan_value(weight), p)
    print(f"{weight:24}   {'  '.join(f'{value:.3f}' for value in q[0]):22} {q[0, 1]:.1%}")
print(f"{'the data':>24}   {'  '.join(f'{value:.3f}' for value in p[0]):22} {p[0, 1]:.1%}")

# %% [markdown]
# The heavier the class term, the rarer the shared picture, although $P(y|x)$ is exact and everything is at its optimum.
# Does that happen to digits, too?

# %%
named_digits = viz.Prediction(
    "ACGAN against CGAN: accuracy, and diversity inside a class?",
    ["both up", "accuracy about the same, diversity down", "both down", "no difference"],
)
named_digits

# %%
updates = runtime.budget(full=conditional_digits.UPDATES, quick=20)  # the table's own run
acgan = train(conditional_digits.trainer("ACGAN", 0, updates), updates, "ACGAN")
print("ACGAN: accuracy {:.1%}, diversity {:.2f}".format(*right_and_various(two_thousand(acgan), asked)))
viz.image_strip(
    [("CGAN", orders(cgan)), ("ACGAN", orders(acgan))],
    columns=10,
    alt="Four rows of ten digits each, from CGAN and from ACGAN: in both, columns show the class that was asked for.",
)

# %% [markdown]
# ### The projection discriminator
#
# There is a third way to show $D$ the class, and it is the one that large conditional GANs use. Write the logit of the
# best $D$ as a logarithm of a ratio (chapter 03), and split it:
#
# $$\log \frac{p(x, y)}{q(x, y)} = \log \frac{p(x)}{q(x)} + \log \frac{p(y|x)}{q(y|x)}.$$
#
# If both $p(y|x)$ and $q(y|x)$ are softmaxes that are linear in some features $\phi(x)$, the second part is linear in
# them too, with one vector $v_y$ for each class, up to a term that depends on $x$ alone (Miyato and Koyama 2018, arXiv
# 1802.05637):
#
# $$D(x, y) = \psi\bigl(\phi(x)\bigr) + \langle v_y, \phi(x) \rangle.$$
#
# So $D$ asks "is it real" once for all classes, and compares the features with the class. Two lines of code, and a
# check that they are what `ganlib.models` has:

# %% tags=["nbval-check-output"]
runtime.seed_everything(0)
D = models.ProjectionDiscriminator(MLPDiscriminator((1, 16, 16)), Categories(10))
x, y = images[:64], labels[:64]
phi = D.discriminator.features(x)
v = D.vectors.weight.T  # one row for each class
logits = D.discriminator.last(phi) + (v[y] * phi).sum(1)
print("phi", tuple(phi.shape), " v", tuple(v.shape), " D(x, y)", tuple(D(x, y).shape))
print("the same logits:", torch.allclose(logits, D(x, y), atol=1e-6))
odds = D(x, torch.full_like(y, 3)) - D(x, torch.full_like(y, 5))
print("D(x, 3) - D(x, 5) is linear in the features:", torch.allclose(odds, phi @ (v[3] - v[5]), atol=1e-5))

# %% tags=["nbval-check-output"]
digit_rows = studies.read("conditional_digits")
in_classes = {"agreement": ("best matching", ".1%"), "intra_fid": ("within a class", ".2f")}
shown = [name for name in conditional_digits.VARIANTS if name not in ("blind D", "InfoGAN")]
study_table("conditional_digits", shown, {name: of_digits[name] for name in ("accuracy", "diversity")} | in_classes)
gain = {
    measure: next(e.value for e in studies.differences(digit_rows, measure, "CGAN") if e.variant == "ACGAN")
    for measure in ("accuracy", "diversity")
}
outcome = (gain["accuracy"] > -0.02, gain["diversity"] > 0.02, gain["diversity"] < -0.02)
print()
named_digits.reveal(named_digits.choices[{(1, 1, 0): 0, (1, 0, 1): 1, (0, 0, 1): 2}.get(outcome, 3)])

# %% [markdown]
# (The last column is the Fréchet distance of each class to the real digits of that class, averaged.)
#
# - **ACGAN** obeys nearly as well as CGAN, and its digits of one class are more alike, as the entropy term asks.
# - **Weight 10**: the class term drowns the game. Still less variety, and no more obedience.
# - **Taught by fakes** is the formula of the paper, in which $D$'s head also learns the names of fakes. A fake that was
#   asked to be a 3 and looks like a 5 now teaches $D$ that this is a 3. So the players can agree on other names than
#   ours: 45 % of the digits are as asked, and 79 % once the classes are renamed as well as possible.
# - **Projection** obeys to the last digit, with a little less variety than CGAN, and inside a class it is as close to
#   the data.

# %% [markdown]
# ## Conditions that nobody named: InfoGAN
#
# Take the labels away. Give $G$ a code $c$ beside $z$: one of ten categories, and two numbers between −1 and 1. As long
# as no one asks, $G$ may ignore it. InfoGAN (Chen et al. 2016, arXiv 1606.03657) asks that **the code can be read off
# the picture**: the mutual information $I(c; x)$ shall be large. It cannot be computed directly, because it contains
# the unknown $P(c|x)$. But any guess $Q(c|x)$ gives a lower bound:
#
# $$I(c; x) = H(c) - H(c|x) \;\ge\; H(c) + \mathbb{E} \log Q(c|x) = L_I,$$
#
# and what is missing is exactly $\mathbb{E}\,\mathrm{KL}(P(c|x) \,\|\, Q(c|x))$. So a head of $D$ makes the guess, and
# both players maximise the bound. For ten equally likely categories it cannot exceed $H(c) = \log 10 = 2.303$ nats.
#
# Here is the bound on a table where everything is known: three codes, four pictures, $p(x|c)$ in the rows.

# %% tags=["nbval-check-output"]
joint = torch.tensor([[0.6, 0.3, 0.1, 0.0], [0.0, 0.2, 0.7, 0.1], [0.1, 0.0, 0.2, 0.7]]).double() / 3  # p(c, x)
posterior = joint / joint.sum(0)  # P(c | x)
information = (xlogy(joint, joint) - xlogy(joint, joint.sum(0)) - xlogy(joint, joint.sum(1, keepdim=True))).sum()
guesses = {
    "P(c|x) itself": posterior,
    "half P(c|x), half 1/3": (posterior + 1 / 3) / 2,
    "1/3 for each code": torch.full_like(posterior, 1 / 3),
    "sure of the wrong code": 0.97 * posterior.roll(1, 0) + 0.01,
}
print(f"I(c; x) = {information:.4f} nats = {information / log(2):.4f} bits; H(c) = log 3 = {log(3):.4f} nats")
print("the guess Q                   L_I   I - L_I   E KL(P || Q)")
for words, Q in guesses.items():
    bound = xlogy(joint, Q).sum() + log(3)
    gap = (xlogy(joint, posterior) - xlogy(joint, Q)).sum()
    print(f"{words:24}{bound:z9.4f}{information - bound:10.4f}{gap:15.4f}")

# %% [markdown]
# A guess that knows nothing gives 0, the right one gives all of $I$, and a wrong one that is sure goes below 0.
# **Exercise 3** is this number, from logits.
#
# And now the game. No label is used. About twenty seconds.

# %%
agreement = viz.Prediction(
    "Ten categories, no labels. Match each with one digit as well as possible. How many of the pictures fit?",
    ["about 10 %", "about 30 %", "more than half", "nearly all"],
)
agreement

# %%
updates = runtime.budget(full=2000, quick=20)
info = conditional_digits.trainer("InfoGAN", 0, updates)
coder = train(info, updates, "InfoGAN")
codes = coder.condition


def coded_digits(category, numbers, z):
    """Digits for categories (N,), numbers (N, 2) and noise (N, 32)."""
    with evaluation(coder):
        return coder(z, codes.joined(category, numbers))


draw = torch.Generator().manual_seed(5)
numbers = 2 * torch.rand(2000, 2, generator=draw) - 1
coded = coded_digits(asked, numbers, torch.randn(2000, coder.latent_dim, generator=draw))
with evaluation(info.gan.discriminator):
    guess = info.gan.discriminator(coded)[1]
parts = codes.log_likelihood(codes.joined(asked, numbers), guess)
of_category, of_numbers = map(losses.information_bound, parts, codes.entropy())
print(f"information of category and picture:    at least {of_category:.2f} of {log(10):.2f} nats")
print(f"information of both numbers and picture: at least {of_numbers:.2f} nats")

# %%
read = metrics.read_digits(coded).values
matching = metrics.best_matching(asked, read, 10)
for category, digit in enumerate(matching.classes):
    seen = torch.bincount(read[asked == category], minlength=10) / 200
    print(f"category {category} stands for {digit}: {seen[digit]:4.0%} of its pictures; mostly read as {seen.argmax()}")
share = matching.agreement
shuffled = read[torch.randperm(2000, generator=draw)]
print(f"agreement after the best matching: {share:.1%}")
print(f"shuffled pictures, matched likewise: {metrics.best_matching(asked, shuffled, 10).agreement:.1%}")
agreement.reveal(agreement.choices[0 if share < 0.2 else 1 if share < 0.5 else 2 if share < 0.9 else 3])

# %%
columns, t = torch.arange(10).repeat(5), torch.linspace(-1, 1, 5).repeat_interleave(10)
one_z = torch.randn(1, coder.latent_dim, generator=draw).expand(50, -1)
viz.image_strip(
    [
        (f"c{i + 1} from −1 (top) to 1", coded_digits(columns, torch.eye(2)[i] * t[:, None], one_z)) for i in range(2)
    ],
    columns=10,
    alt="Columns are the ten categories, most of which show one digit; rows are five values of a continuous code, "
    "which changes the digits little by little.",
)

# %% [markdown]
# The bound is nearly full: the category can be read off almost every picture. (For the two numbers $Q$ is a density,
# and their $H(c) = 2 \log 2$ is no ceiling.) And yet the categories are not quite our digits. Some share a digit, some
# mix two. They are real distinctions between pictures, found without a name, and some seem to follow the style of
# writing and not the digit. Down the columns each number changes the digits little by little: look for thickness,
# slant, or the shape of a stroke. Only what shows in a picture can be read off it.
#
# What the codes mean is *yours* to find out. Here is the studio again, with codes in the place of classes.

# %%
code_studio = viz.ConditionStudio(
    coder,
    {"category": tuple("0123456789"), "c1": (-1.0, 1.0), "c2": (-1.0, 1.0)},
    lambda chosen: codes.joined(torch.tensor([int(chosen["category"])]), torch.tensor([[chosen["c1"], chosen["c2"]]])),
    judge=lambda images: metrics.read_digits(images).named(),
)
code_studio

# %% tags=["nbval-check-output"]
study_table("conditional_digits", ["InfoGAN"], {"agreement": ("agreement", ".1%"), "fid": ("Fréchet distance", ".2f")})

# %% [markdown]
# ## From a picture to a picture: pix2pix
#
# The richest condition is a whole picture. The line drawing $x$ of an avatar goes in, its coloured picture $y$ shall
# come out, and for training we have pairs (Isola et al. 2016, arXiv 1611.07004). The drawing says where hair, eyes and
# mouth are. It says *nothing about colours*: drawings of the same face with red and with blue hair are the same. (Mind
# the letters, which are the paper's: from here on $x$ is the condition and $y$ is the picture.)

# %%
one = avatars.Attributes.of(1, torch.Generator().manual_seed(3)).replace(glasses=1)
painted = {name: avatars.VOCABULARY[name] for name in ("hair", "eyes", "skin", "background", "shirt")}
draw = torch.Generator().manual_seed(0)
recoloured = one[[0] * 400].replace(**{n: torch.randint(len(v), (400,), generator=draw) for n, v in painted.items()})
sketches, paintings = (avatars.render(recoloured, 32, style) for style in ("sketch", "flat"))
print("400 recolourings of one face have", len(sketches.unique(dim=0)), "line drawing")
viz.image_strip(
    [
        ("x", sketches[:1]),
        ("some of its y", paintings[:5]),
        ("mean", paintings.mean(0, True)),
        ("median", paintings.median(0).values[None]),
    ],
    columns=5,
    alt="A line drawing of a face, five pictures of it in different colours, and their mean and median, both dull.",
)


# %% [markdown]
# One drawing, many right answers: the same problem as with the digits. A network that is trained on the squared error
# does best with the mean of all answers, and one trained on the absolute error, **L1**, with the *median* of each
# pixel. Neither is one of the answers. How colourful are they? The *chroma* of a pixel is the difference between its
# largest and its smallest channel.

# %% tags=["nbval-check-output"]
known, others = paintings[:200], paintings[200:]
print("answer to the drawing      L1      L2   chroma")
for words, answers in (
    ("any of the answers", known),
    ("their mean", known.mean(0, True)),
    ("their median", known.median(0).values[None]),
):
    away = others - answers
    print(f"{words:22}{away.abs().mean():7.3f}{away.square().mean():8.3f}{metrics.chroma(answers).mean():9.2f}")

# %% [markdown]
# Measured on the other 200 recolourings, the median has the least L1 and the mean the least L2, as it must be, and both
# are duller than the answers are. So L1 alone **plays safe**: whatever the drawing does not say comes out as a
# compromise. A GAN alone must not compromise, because no real picture is dull. But it is free to **invent**. pix2pix
# adds both:
#
# $$L_G = -\mathbb{E} \log D\bigl(x, G(x)\bigr) + \lambda\, \mathbb{E}\,\lvert y - G(x) \rvert.$$
#
# $D$ sees drawing and picture together, so it also judges whether they fit. **Exercise 5** is this loss. And where is
# $z$? In the paper's first trials $G$ learned to ignore it. We leave it out: $G(x)$ gives one answer to each drawing.
#
# ### A U-Net hands over the edges
#
# $G$ halves the picture down to one pixel and doubles it up again. Everything that the way down does not squeeze
# through this waist is lost, unless there are **skips**: each layer of the way up also sees the layer of the way down
# that has its size. The edges of the drawing need not pass the waist at all.

# %% tags=["nbval-check-output"]
runtime.seed_everything(0)
for kind in (models.UNet, models.EncoderDecoder):
    G = kind(32, width=16).eval()
    with torch.no_grad():
        h, shapes = torch.zeros(1, 3, 32, 32), []
        for layer in G.down:
            h = layer(h)
            shapes.append(" x ".join(map(str, h.shape[1:])))
    seen = [layer[0].in_channels for layer in G.up]
    print(f"{kind.__name__:15} down: {', '.join(shapes)}")
    print(f"{'':15} up: the layers see {', '.join(map(str, seen))} channels")

# %% [markdown]
# ### A discriminator of patches
#
# $D$ need not judge the whole picture at once. A *PatchGAN* is a plain stack of convolutions: its result is a map of
# logits, and each of them judges the patch that it can see. The loss averages them. How large is a patch? Follow one
# output back through the layers. $r$ neighbours in the output of a layer with kernel $k$ and stride $s$ come from
#
# $$r \;\leftarrow\; (r - 1)\,s + k$$
#
# neighbours of its input. Start with $r = 1$ at the end (**exercise 4**). And since every gradient goes the same way
# back, we can *measure* it: which pixels have a gradient for one logit?

# %%
patch_size = viz.Prediction(
    "Five layers with kernel 4; strides 2, 2, 2, 1, 1. How many pixels is a patch wide?", ["16", "32", "70", "94"]
)
patch_size


# %% tags=["nbval-check-output"]
def side_seen(D, size=96):
    """How many rows of pixels have a gradient for one logit in the middle of the map."""
    x = torch.randn(1, 6, size, size, requires_grad=True)
    scores = D(x)
    middle = scores.shape[2] // 2
    (gradient,) = torch.autograd.grad(scores[0, 0, middle, middle], x)
    return int(gradient.abs().sum((0, 1, 3)).count_nonzero())


runtime.seed_everything(0)
print("stride-2 layers   formula   by gradient   logits for 32 pixels   for 256 pixels")
for layers in range(4):
    D = models.PatchDiscriminator(6, width=8, layers=layers, norm="none")
    with torch.no_grad():
        maps = [tuple(D(torch.zeros(1, 6, size, size)).shape[2:]) for size in (32, 256)]
    print(f"{layers:11}{D.patch:15}{side_seen(D):13}{maps[0]!s:>21}{maps[1]!s:>19}")
patch_size.reveal(str(side_seen(D)))

# %%
picture = viz.Picture(
    8.8,
    2.5,
    "A face of 64 pixels four times, with the square that one logit sees: one pixel, the brow, both eyes and the hair "
    "above them, the whole picture.",
)
face = avatars.render(one, 64)
frame = {"fill": False, "linewidth": 2.5, "edgecolor": picture.theme.discriminator, "clip_on": False}
for i, patch in enumerate((1, 16, 34, 70)):
    ax, side = picture.axes_of(1, 4, i + 1), min(patch, 64)
    viz.draw_images(ax, face, 1)
    corner = (64 - side) // 2 - 0.5
    ax.add_patch(Rectangle((corner, corner), side, side, **frame))
    picture.caption(ax, f"patches of {patch}")
picture

# %% [markdown]
# Small patches make $D$ a judge of texture and colour, large ones also of how parts fit together. A $D$ of patches has
# few weights, and it works for pictures of any size.

# %% [markdown]
# ### Three losses, live
#
# 4,000 drawings of 32 × 32 pixels with their pictures, and one short run for each of the three losses, with the same
# U-Net and patches of 34 pixels. About forty seconds in all.

# %%
with_gan = viz.Prediction(
    "L1 to the true pictures, of drawings that were not trained on: with the GAN term added, it is",
    ["smaller than with L1 alone", "about the same", "larger than with L1 alone"],
)
with_gan

# %%
painters, updates = {}, runtime.budget(full=250, quick=10)
for variant in ("L1 alone", "GAN alone", "L1 and GAN"):
    runtime.seed_everything(0)
    painters[variant] = train(colouring.trainer(variant, 0, updates), updates, variant)
scores = {variant: colouring.measure(painter) for variant, painter in painters.items()}
print("500 new drawings     L1 to the truth   colour   Fréchet distance   hairstyle   mouth")
for variant, score in scores.items():
    row = f"{variant:18}{score['l1']:15.3f}{score['colour']:13.2f}{score['fid']:16.0f}"
    print(f"{row}{score['hairstyle']:15.0%}{score['mouth']:9.0%}")
times = scores["L1 and GAN"]["l1"] / scores["L1 alone"]["l1"]
with_gan.reveal(with_gan.choices[0 if times < 0.97 else 1 if times < 1.03 else 2])

# %% tags=["cover"]
drawings, truths = (part[:8] for part in colouring.held_out()[:2])
rows = [("line drawing", drawings)]
for variant, painter in painters.items():
    with evaluation(painter):
        rows.append((variant, painter(drawings)))
viz.image_strip(
    [*rows, ("truth", truths)],
    columns=2,
    alt="Eight line drawings, what three networks paint, and the true pictures. L1 alone: clean faces, all of one dull "
    "brown. GAN alone: vivid, noisy colours, and hardly a face. Both: faces, each in colours of its own.",
)

# %% [markdown]
# The three seeds, and what else can be taken away (`ganlib/studies/pix2pix.py`). *Best guess* is no network: it is the
# median of many recolourings of the true face, the best that L1 could ever do.

# %% tags=["nbval-check-output"]
study_table(
    "pix2pix",
    dict.fromkeys(row["variant"] for row in studies.read("pix2pix")),
    {"l1": ("L1", ".3f"), "colour": ("colour", ".2f"), "fid": ("Fréchet distance", ".0f"), "mouth": ("mouth", ".0%")},
)

# %% [markdown]
# - **L1 alone** comes close to the best guess in L1, and is duller still: it has less than half of the colour.
# - **GAN alone** has more colour than real pictures and the largest L1, and it often gets the mouth wrong, which the
#   drawing shows clearly. It was never told what belongs to *this* drawing but by $D$.
# - **Both** have nearly all of the colour, the mouth, and a small Fréchet distance. Their L1 is larger than that of L1
#   alone. It must be: whoever chooses a colour is often further from the truth than whoever stays in the middle.
# - **No skips**: colours as before, but of three kinds of mouths one in three is right. That is chance. Such a detail
#   does not pass the waist.
# - **Patches of one pixel** see colours and nothing else, and change little. 16 pixels help more, and 34 (the line *L1
#   and GAN*) more still; the whole picture is no better than 34.
# - ***D* without the drawing** does as well here. The L1 term already ties each picture to its drawing.

# %% [markdown]
# ### Your own line art
#
# The network below has 64 × 64 pixels and was trained for longer, with drawings that had gaps, shaky lines and missing
# parts (`assets/generators` has the command). Its pictures are all by *one artist*, who paints short hair brown, long
# hair blonde, twintails pink and spikes blue, always. So here a drawing does tell its colours, and nothing is left to
# compromise on. Draw. It colours while you draw. All of it works by keyboard too: arrow keys move, Space draws.

# %%
canvas = viz.DrawingCanvas(
    models.pretrained("colouring"), size=64, judge=lambda images: metrics.read_avatars(images).words()
)
canvas

# %% [markdown]
# - Erase one eye. What does the network make of it?
# - Draw a second pair of glasses, on the forehead.
# - *Clear*, and draw a house. The network only ever saw faces. So what does it see?

# %% [markdown]
# ## Exercises
#
# Replace the line with `raise` and run the cell. The check says what is wrong, if anything is.
#
# ### Exercise 1: the condition as planes
#
# Write `condition_planes(x, y, classes)`: images `x` of shape $(N, C, H, W)$ and class numbers `y` of shape $(N,)$
# become $(N, C + \text{classes}, H, W)$. First the channels of the image, then one plane for each class: full of ones
# if it is the sample's class, full of zeros otherwise.


# %% tags=["exercise", "raises-exception"]
def condition_planes(x, y, classes):
    raise NotImplementedError


if checks.condition_planes(condition_planes):
    D = models.DCGANDiscriminator(16, 1 + 10, 8)
    told = [D(condition_planes(images[:1], torch.tensor([digit]), 10)).item() for digit in range(10)]
    print("one digit beside ten classes, logits of an untrained D:", " ".join(f"{logit:.2f}" for logit in told))

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# <code>F.one_hot(y, classes)</code> has shape (N, classes). Two more dimensions, <code>[:, :, None, None]</code>, make
# it (N, classes, 1, 1).
# </details>
# <details><summary>Hint 2</summary>
#
# <code>expand(-1, -1, H, W)</code> repeats it in space, <code>torch.cat([...], 1)</code> puts channels together.
# </details>


# %% tags=["solution"] jupyter={"source_hidden": true}
# BEGIN SOLUTION
def solution(x, y, classes):
    planes = F.one_hot(y, classes).to(x.dtype)[:, :, None, None]
    return torch.cat([x, planes.expand(-1, -1, *x.shape[2:])], 1)


checks.condition_planes(solution)
# END SOLUTION

# %% [markdown]
# ### Exercise 2: three kinds of pairs
#
# Write `three_pairs_loss(G, D, x, y, wrong_y, z)`: what $D$ minimises in GAN-CLS,
#
# $$-\mathbb{E} \log D(x, y) - \tfrac12\, \mathbb{E} \log\bigl(1 - D(x, y_\text{wrong})\bigr) - \tfrac12\, \mathbb{E}
# \log\bigl(1 - D(G(z, y), y)\bigr).$$
#
# `D(x, y)` and `G(z, y)` are modules, and $D$ returns logits, which may be very large. Return the loss; do not step.
# $G$ must learn nothing from it.


# %% tags=["exercise", "raises-exception"]
def three_pairs_loss(G, D, x, y, wrong_y, z):
    raise NotImplementedError


if checks.three_pairs_loss(three_pairs_loss):
    G, D = digit_players()
    loss = three_pairs_loss(G, D, images[:64], labels[:64], labels[:64].roll(1, 0), torch.randn(64, 32))
    print(f"untrained players: {loss.item():.3f}; a D that says 1/2 to everything: {2 * log(2):.3f}")

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Three calls of D. Which picture and which condition stand in each? And which of them contains a fake?
# </details>
# <details><summary>Hint 2</summary>
#
# −log D is <code>F.softplus(-logit)</code>, −log(1 − D) is <code>F.softplus(logit)</code>. The fake is made under
# <code>torch.no_grad()</code>, or detached.
# </details>


# %% tags=["solution"] jupyter={"source_hidden": true}
# BEGIN SOLUTION
def solution(G, D, x, y, wrong_y, z):
    fake = G(z, y).detach()
    matching = F.softplus(-D(x, y)).mean()
    mismatching, generated = F.softplus(D(x, wrong_y)).mean(), F.softplus(D(fake, y)).mean()
    return matching + (mismatching + generated) / 2


checks.three_pairs_loss(solution)
# END SOLUTION

# %% [markdown]
# ### Exercise 3: information, from below
#
# Write `information_bound(logits, codes)`: $\mathbb{E} \log Q(c|x) + H(c)$ in nats. `logits` has shape $(N, K)$, and
# its softmax is $Q(\cdot|x)$. `codes` has shape $(N,)$: the code that each picture was made with, drawn from $K$
# equally likely ones. It must be right for large logits too, and pass gradients on.


# %% tags=["exercise", "raises-exception"]
def information_bound(logits, codes):
    raise NotImplementedError


if checks.information_bound(information_bound):
    print(f"InfoGAN's categories: at least {information_bound(guess[:, :10], asked):.2f} of {log(10):.2f} nats")

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# <code>F.cross_entropy(logits, codes)</code> is minus one of the two terms.
# </details>
# <details><summary>Hint 2</summary>
#
# The entropy of K equally likely codes is log K, whatever is in this batch.
# </details>


# %% tags=["solution"] jupyter={"source_hidden": true}
# BEGIN SOLUTION
def solution(logits, codes):
    return log(logits.shape[1]) - F.cross_entropy(logits, codes)


checks.information_bound(solution)
# END SOLUTION

# %% [markdown]
# ### Exercise 4: how much does a patch see?
#
# Write `receptive_field(kernels, strides)`: the side, in pixels, of what one output of a stack of convolutions can see.
# Both arguments are lists, the first layer first.


# %% tags=["exercise", "raises-exception"]
def receptive_field(kernels, strides):
    raise NotImplementedError


if checks.receptive_field(receptive_field):
    for layers in range(1, 6):
        print(f"{layers} layers with stride 2: {receptive_field([4] * (layers + 2), [2] * layers + [1, 1])} pixels")

# %% [markdown]
# <details><summary>Hint</summary>
#
# Start with one output, r = 1, and go from the last layer to the first: r becomes (r − 1) · s + k. Python's
# <code>reversed</code> turns a list round.
# </details>


# %% tags=["solution"] jupyter={"source_hidden": true}
# BEGIN SOLUTION
def solution(kernels, strides):
    r = 1
    for k, s in zip(reversed(kernels), reversed(strides), strict=True):
        r = (r - 1) * s + k
    return r


checks.receptive_field(solution)
# END SOLUTION

# %% [markdown]
# ### Exercise 5: what pix2pix's generator minimises
#
# Write `pix2pix_loss(D, x, y, fake, weight)`: $-\mathbb{E} \log D(x, \text{fake}) + \text{weight} \cdot
# \mathbb{E}\,\lvert y - \text{fake} \rvert$. `D(x, picture)` returns a map of logits, one for each patch. Both
# expectations are averages over everything: patches and pictures, or pixels, channels and pictures.


# %% tags=["exercise", "raises-exception"]
def pix2pix_loss(D, x, y, fake, weight):
    raise NotImplementedError


if checks.pix2pix_loss(pix2pix_loss):
    D = models.PatchDiscriminator(6, width=8, layers=1)
    median = paintings.median(0).values.expand(4, -1, -1, -1)
    for words, fake in (("the truth", paintings[:4]), ("the median", median), ("another truth", paintings[4:8])):
        loss = pix2pix_loss(lambda x, y: D(torch.cat([x, y], 1)), sketches[:4], paintings[:4], fake, 100)
        print(f"{words:13} as a fake, against an untrained D: {loss.item():.2f}")

# %% [markdown]
# <details><summary>Hint</summary>
#
# <code>F.softplus(-logits).mean()</code> averages over patches and pictures; <code>F.l1_loss</code> over all numbers.
# </details>


# %% tags=["solution"] jupyter={"source_hidden": true}
# BEGIN SOLUTION
def solution(D, x, y, fake, weight):
    return F.softplus(-D(x, fake)).mean() + weight * F.l1_loss(fake, y)


checks.pix2pix_loss(solution)
# END SOLUTION

# %% [markdown]
# **More to try.** Predict first, then change the cells above and run them again.
#
# - Give $D$ the wrong class with each fake on purpose: `D(fake, y.roll(1, 0))` in `conditional_step`. What does $G$
#   learn?
# - Train InfoGAN with another seed. Do the same digits share a category?
# - Ask the caption box for one attribute only. What are the others like, over many $z$?
# - Draw only two eyes on the canvas. Where does the network put the face?
# - With a GPU, all of this at 64 × 64 pixels: `python -m ganlib train --help`.
#
# ## Summary
#
# - Condition + distribution: $y$ says what, $z$ chooses among the right answers. Measure both, obedience and variety.
# - $D$ must see the condition, or every generator with the right overall distribution is optimal: obedience is free.
# - Text: an encoder makes a vector of a caption. Pairs of a real picture and a wrong caption make $D$ read.
# - ACGAN lets $D$ name the class. Its class term pays for pictures that are easy to name, so a heavy one costs variety.
#   Projection adds $\langle v_y, \phi(x) \rangle$ to the logit and pays for no such thing.
# - InfoGAN: $L_I = H(c) + \mathbb{E} \log Q(c|x) \le I(c; x)$. Maximised, it makes codes that mean something. Which
#   meaning, nobody chose.
# - pix2pix: L1 alone gives the median of all answers, dull where the drawing says nothing. The GAN term makes it
#   choose. Skips carry the edges, patches keep $D$ small: $r \leftarrow (r - 1) s + k$.
#
# ### Test yourself
#
# <details><summary>D does not see y. G makes perfect digits and ignores y. What is V at the best D?</summary>
#
# −2 log 2, the least that G can reach: to D, everything is right.
# </details>
# <details><summary>Why does the wrong pair of GAN-CLS hold a real picture, and not a fake?</summary>
#
# A fake can be refused for how it looks. A real picture looks right, so only its caption can be the reason to say no.
# </details>
# <details><summary>A classifier reads 100 % of G's digits as asked. Is G good?</summary>
#
# It obeys. The ten average digits reach 100 %, too. Look at the variety inside each class.
# </details>
# <details><summary>InfoGAN with 8 categories: the bound says 2.3 nats. What do you say?</summary>
#
# That something is wrong: it cannot exceed H(c) = log 8 = 2.08 nats.
# </details>
# <details><summary>The bound says −0.4 nats. Is that possible?</summary>
#
# Yes. I(c; x) is never negative, but a guess that is sure and wrong gives a useless bound below 0.
# </details>
# <details><summary>A line drawing does not tell the hair's colour. What does a network trained on L1 paint?</summary>
#
# The median of all hair colours, channel by channel: a dull one that no avatar has.
# </details>
# <details><summary>Kernels 4, 4, 4 with strides 2, 1, 1. How large is a patch?</summary>
#
# 1 → 4 → 7 → (7 − 1) · 2 + 4 = 16 pixels.
# </details>
#
# ### To read next
#
# - Mirza and Osindero 2014, *Conditional generative adversarial nets*, arXiv 1411.1784.
# - Reed et al. 2016, *Generative adversarial text to image synthesis*, arXiv 1605.05396: three kinds of pairs.
# - Zhang et al. 2017, *StackGAN++*, arXiv 1710.10916: a discriminator that judges with and without the caption.
# - Odena, Olah and Shlens 2016, *Conditional image synthesis with auxiliary classifier GANs*, arXiv 1610.09585.
# - Gong et al. 2019, *Twin auxiliary classifiers GAN*, arXiv 1907.02690: where ACGAN's variety goes.
# - Miyato and Koyama 2018, *cGANs with projection discriminator*, arXiv 1802.05637.
# - Chen et al. 2016, *InfoGAN*, arXiv 1606.03657.
# - Isola et al. 2016, *Image-to-image translation with conditional adversarial networks*, arXiv 1611.07004: pix2pix.
# - Ronneberger, Fischer and Brox 2015, *U-Net*, arXiv 1505.04597.

# %% [markdown]
# # 10 · The GAN clinic
#
# {{links}}
#
# Sooner or later a GAN of yours will not train. Its losses will tell you little: they look alike in good runs and in
# bad ones. In this chapter you learn to read a run by its curves, its samples and its gradients. First you look at a
# healthy one, then you examine a sick one together with us. Then the ward is yours: sixteen runs, each with a planted
# failure or with none at all. You say what is wrong and choose a treatment. The treatment is really run.
#
# **You will be able to**
#
# - read a run in a fixed order, from the range of the data to the memory of the generator,
# - say what the loss curves of a GAN do not tell, and what to look at instead,
# - tell a dozen failures apart by what they leave in curves, samples and gradients,
# - leave a healthy run alone, even if its curves look odd,
# - write alarms that notice failures while a run is under way, and plant a failure of your own.
#
# **You need** chapters 02 and 05. Each patient says which other chapter to look into.
#
# **Time**: about 100 minutes to read and try. All cells together run for about a minute on one CPU core.

# %% tags=["setup"]
# {{setup}}

# %%
from math import isfinite
from statistics import fmean

import numpy as np
import torch
import torch.nn.functional as F
from tqdm.auto import tqdm

from ganlib import checks, clinic, losses, metrics, runtime, viz
from ganlib.clinic import DIAGNOSES, TREATMENTS, subjects
from ganlib.data import digits, toys
from ganlib.losses import AdversarialLoss
from ganlib.models import MLPDiscriminator, MLPGenerator

torch.set_num_threads(1)

# %% [markdown]
# ## How to read a run
#
# Before you can see that a run is sick you have to know what a healthy one looks like. So train one: fully connected
# players on handwritten digits, with a gradient penalty and a moving average (chapters 00 and 02). A `Setup` says all
# about a run before it starts, a `Run` trains it and takes notes about a hundred times on the way.

# %%
SHAPE = (1, 16, 16)


def generator():
    return MLPGenerator(32, SHAPE, width=128, norm="batch")


def discriminator():
    return MLPDiscriminator(SHAPE, width=128)


updates = runtime.budget(full=800, quick=40)
plain = clinic.Setup(subjects.digits(), generator, discriminator, batch_size=32, decay=0.99, updates=updates)
healthy = TREATMENTS["penalty"].apply(plain)
print(f"{healthy.updates} updates of each player, Adam with learning rates {healthy.lr_d} and {healthy.lr_g}")

# %% [markdown]
# You have not seen it run yet. What will the discriminator's loss do? Compare its mean over the last quarter of the run
# with that over the first.

# %%
loss_of_d = viz.Prediction(
    "The digits will get much better. From the first quarter of the run to the last, D's loss …",
    ["falls to less than half", "changes by less than a fifth", "more than doubles"],
)
loss_of_d

# %%
run = clinic.Run(healthy)
for _ in tqdm(run, desc="a healthy run", leave=False):
    pass
well = run.recording
viz.run_overview(
    well,
    healthy.subject.real[0],
    "Curves of a healthy run, and its digits, which become clear. Both losses stay near 1. D's accuracy begins at 1 "
    "and falls a little; the spread of the fakes rises towards 1; gradients keep their size.",
)


# %%
def quarters(values):
    """The means over the first and the last quarter."""
    n = max(1, len(values) // 4)
    return float(np.mean(values[:n])), float(np.mean(values[-n:]))


print("                        first quarter   last quarter")
for curve in ("loss_d", "loss_g", "accuracy", "spread"):
    first, last = quarters(well.curves[curve])
    print(f"{curve:22}{first:15.2f}{last:15.2f}")
distance = well.health["frechet"]
print(f"distance to real digits: {distance[0]:.1f} before training, {distance[-1]:.1f} at the end")
first, last = quarters(well.curves["loss_d"])
ratio = last / first
loss_of_d.reveal(loss_of_d.choices[0 if ratio < 0.5 else 2 if ratio > 2 else 1])

# %% [markdown]
# The digits went from noise to digits, and the distance to real ones fell to a fraction. The two losses hardly moved.
# This is the first rule of the clinic: **the losses of a GAN do not measure its progress**. Each is measured by an
# opponent who learns as well. When both players get better at the same pace, nothing is to be seen.
#
# So what can be read off a run? Here is what the notes contain.
#
# **D's mean output**, on real samples and on fakes. The gap between the two says how sure $D$ is.
#
# **Accuracy of D.** Take one real sample and one fake: in which share of such pairs does the real one get the higher
# output? It is 1 when $D$ tells them apart, 1/2 when it guesses, and 0 when it has everything the wrong way round.
# Unlike a threshold at 1/2, it means the same for every loss, also for a critic, whose scores have no zero (exercise
# 1).
#
# **Spread.** The mean distance of two fakes, divided by the mean distance of two real samples (exercise 2). It is near
# 1 for fakes as varied as the data, and near 0 when all fakes are alike.
#
# **Norm of the gradient** that each optimizer gets: over all weights (thick), and layer by layer (thin). A generator
# without a gradient does not learn, whatever its loss says (exercise 4).

# %% [markdown]
# ### What the losses are good for
#
# They are not useless. A loss that runs off to infinity or turns into NaN is an alarm (exercise 3). And some values
# have a meaning: a $D$ that says 1/2 to everything has the loss $2 \log 2 = 1.386$ (chapter 02). But being near that
# value proves nothing, as you know: perfect fakes and a blind $D$ both give it.
#
# To see how little a loss says, put all noted numbers of this run into one table: do they go along with the distance
# to real digits? The *rank correlation* is 1 if a curve always rises and falls with the distance, -1 if it does the
# opposite, and near 0 if the two have nothing to do with each other.

# %%
def at_moments(curve):
    """A curve at the moments at which samples were judged, the start left out."""
    nearest = [int(np.abs(well.updates - moment).argmin()) for moment in well.moments[1:]]
    return [float(np.mean(well.curves[curve][max(0, i - 3) : i + 4])) for i in nearest]


def rank_correlation(a, b):
    """The correlation of the ranks of two lists."""
    ranks = [torch.tensor(x).argsort().argsort().double() for x in (a, b)]
    return float(torch.corrcoef(torch.stack(ranks))[0, 1])


moments = ", ".join(f"{moment}" for moment in well.moments[1:])
print(f"curves against the distance to real digits, at updates {moments}: rank correlation")
for curve in ("loss_d", "loss_g", "gradient_g", "accuracy", "spread"):
    print(f"{curve:12}{rank_correlation(at_moments(curve), distance[1:]):8.2f}")

# %% [markdown]
# Six moments of one run are few, so take the numbers as they are: an illustration. In this run $D$'s accuracy and the
# spread of the fakes go along with quality better than the losses do. None of them replaces a measure of quality
# (chapter 09).

# %% [markdown]
# ## Six questions, in this order
#
# When a run disappoints, do not turn knobs yet. Ask. The order is by price: the first questions cost a line of code,
# the last ones some thought.

# %%
viz.checklist_diagram()

# %% [markdown]
# 1. **Range.** Print the smallest and the largest value of a real batch and of a fake one. It takes a second.
# 2. **Samples.** Look at them, at several times. What is wrong in *all* of them comes from the network's layers, not
#    from the game.
# 3. **Accuracy of D.** Is there still a game? Where $D$ is always right, ask *how* it knows: by what a real sample
#    looks like, or by something simpler? Where it is no better than a guess, or worse, although the fakes are bad, look
#    at its outputs. If real samples and fakes get nearly the same, it is too weak, and late. If fakes get far more, a
#    sign is flipped.
# 4. **Gradients.** Does one arrive at $G$, at all of its layers, and does it stay within one or two powers of ten?
# 5. **Diversity.** Are the fakes as varied as the data? If not: are all alike (collapse), or do some kinds never come
#    (dropping)?
# 6. **Memory.** Are the fakes new, or copies? No curve shows it. Compare with the nearest training samples.
#
# If a run passes all of these, it is healthy, whatever its losses look like. Then the best treatment is none.
#
# Ask the six questions of the healthy run. The first and the last by hand, the others from the notes.

# %%
real = healthy.subject.real[0]
fake = run.trainer.sample(torch.randn(500, 32, generator=torch.Generator().manual_seed(0)))
held_out = digits(16, "test")[0]
layers = np.median(well.layers["generator"], axis=0)
copied = metrics.memorisation(*(images.flatten(1) for images in (real, fake, held_out)))

print(f"1. range: data {real.min():.0f} to {real.max():.0f}, fakes {fake.min():.2f} to {fake.max():.2f}")
print("2. samples: see above")
print(f"3. accuracy of D, last quarter: {well.end('accuracy'):.2f}")
print(f"4. gradient of G, layer by layer: {', '.join(f'{norm:.2f}' for norm in layers)}")
print(f"5. spread: {well.end('spread'):.2f}; digits drawn: {well.outcome['digits']:.0f} of 10")
print(f"6. fakes nearer to the training data than new digits are: {copied.nearer:.0%} (honest: 50 %)")

# %% [markdown]
# $D$ still tells most pairs apart. That is no disease: this run is short, and $D$ has an easy task as long as the fakes
# are a little blurred. What matters is that its accuracy *comes down* while the fakes get better.
#
# (Less than half of the fakes are nearer to the training data than new digits are: they are not copies, they are not
# quite digits yet. The score catches copies only, as chapter 09 has shown.)

# %% [markdown]
# ## One patient, together
#
# This is Carla. Her owner says:

# %%
carla = clinic.find("carla")
carlas = clinic.recording("carla")
print(carla.complaint)
viz.run_overview(
    carlas,
    carla.setup().subject.real[0],
    "Curves of Carla's run, and her samples at three times, over eight clusters of real points. But for two bumps the "
    "losses are calm. D is right most of the time, the gradients of G lie around 2, the spread is near 0, and all "
    "samples sit on one cluster.",
)

# %% [markdown]
# Go through the six questions before you read on. Points in the plane have no range to speak of, and the samples show
# no pattern of the network. What about the rest?

# %%
keys = ("strong_d", "weak_d", "vanishing", "collapse", "dropping")
what_ails_her = viz.Prediction("What is wrong with Carla's run?", [DIAGNOSES[key].name for key in keys])
what_ails_her

# %%
for key in keys:
    print(f"{DIAGNOSES[key].name}: {clinic.explain('carla', key)}")
what_ails_her.reveal(DIAGNOSES[carla.diagnosis].name)

# %% [markdown]
# The spread tells it. All samples are alike, and at other times they are alike *somewhere else*: that is collapse. If
# the samples covered, say, five of the eight clusters at all times, and always the same five, it would be dropping.
#
# Note what does *not* tell it. But for a few bumps, where the samples moved, the losses are as calm as in the healthy
# run. $D$ is right in more than nine pairs of ten, as it was there. And $G$ gets a good gradient. It just does not say
# "spread out": a fake learns where $D$ would like it better, and nobody tells it that all the others go there, too.
#
# What would you do?

# %%
tried = ("wait", "lower_rates", *carla.treatments)
for key in tried:
    print(f"{TREATMENTS[key].name}. {TREATMENTS[key].sentence}")
what_helps = viz.Prediction(
    "Which of these will heal Carla?", [TREATMENTS[key].name for key in tried] + ["none of them"]
)
what_helps

# %%
treated = {key: clinic.treat("carla", key, lambda run: tqdm(run, leave=False)) for key in tried}
measures = carla.setup().subject.measures
print("                            ", *(f"{goal!s:>22}" for goal in carla.goals), "   healed")
for words, recording in (("as she came", carlas), *((TREATMENTS[key].name, treated[key]) for key in tried)):
    values = [measures[goal.measure].form.format(recording.outcome[goal.measure]) for goal in carla.goals]
    told = "yes" if carla.healed(recording.outcome) else "no"
    print(f"{words:29}", *(f"{value:>22}" for value in values), f"   {told}")
healing = [key for key in tried if carla.healed(treated[key].outcome)]
what_helps.reveal(TREATMENTS[healing[0]].name if len(healing) == 1 else "none of them")

# %%
viz.run_overview(
    treated[healing[0]],
    carla.setup().subject.real[0],
    "Carla's run with a gradient penalty: the samples reach the eight clusters, the spread comes near 1, and D's "
    "accuracy falls towards one half.",
)

# %% [markdown]
# Compare the two pictures. With the penalty, $D$'s accuracy comes down, because $D$ may no longer be so steep, and the
# samples spread out. And here is what she had:

# %%
print(carla.explanation)
print()
print(carla.source())

# %% [markdown]
# Patience did not help her, and neither did smaller steps: both let the same game be played, for longer or more slowly.
# A treatment has to change what is wrong.

# %% [markdown]
# ## The ward
#
# Now it is your turn. Each of the sixteen runs was really made: `python -m ganlib.clinic record` makes them again. For
# each patient:
#
# 1. Read what the owner says. Owners are honest, but they often blame the wrong thing.
# 2. Look at the curves, and at the samples over time (move the slider). Ask the six questions.
# 3. Choose a diagnosis. You will be told what speaks against it, or what gave the disease away.
# 4. Choose a treatment. It is really run, on your machine, in a few seconds, and grows beside the recording on the same
#    axes.
#
# A right diagnosis is worth 2 points, a treatment that heals another 2. The first of each counts; afterwards you may
# try others. Three of the patients are healthy: for them, the right treatment is to leave them alone, and any other one
# costs a point. Here are all of them, as they lie there: their last samples. Points that have left the picture lie at
# its edge.

# %% tags=["cover"]
seen = "Sixteen patients and their last samples: points over eight clusters, or images. Those of Ines lie in a corner."
picture = viz.Picture(8, 8.2, seen)
others = [patient for patient in clinic.patients() if patient.name != "carla"]
for i, patient in enumerate(others):
    ax = picture.axes_of(4, 4, i + 1)
    picture.caption(ax, patient.name.capitalize())
    samples = torch.tensor(clinic.recording(patient.name).samples[-1])
    if samples.dtype == torch.uint8:
        viz.draw_images(ax, samples[:9], 3)
        continue
    viz.draw_points(ax, patient.setup().subject.real[0][:300])
    viz.draw_points(ax, fake=samples[:150].clamp(-2.7, 2.7), size=16)
    ax.set(xlim=(-2.8, 2.8), ylim=(-2.8, 2.8), xticks=[], yticks=[])
picture

# %% [markdown]
# **Do not scroll beyond the ward before you are done: the answers follow.**

# %%
ward = viz.Clinic([patient.name for patient in others])
ward

# %%
print(ward.score())

# %% [markdown]
# Run the last cell again when you are done.
#
# <br><br><br><br><br><br>
#
# ## What they had
#
# From here on the answers are told. First, the visit of somebody who did three of them without a mouse: everything
# that the widget does, it does for code as well.

# %%
colleague = clinic.Visit(["farid", "ines", "bo"])
for name, diagnosis, treatment in (
    ("farid", "dead_units", "leaky"),
    ("ines", "vanishing", "lower_rates"),
    ("bo", "flipped_sign", "mend_sign"),
):
    right = colleague.diagnose(name, diagnosis)
    after = clinic.treat(name, treatment, lambda run: tqdm(run, leave=False))
    healed = colleague.treat(name, treatment, after.outcome)
    said = f"{DIAGNOSES[diagnosis].name}: {'right' if right else 'wrong'}"
    done = f"{TREATMENTS[treatment].name}: {'healthy' if healed else 'ill'} afterwards"
    print(f"{name.capitalize()}. {said}. {done}. {colleague.points(name)} points")
    print(f"    {clinic.explain(name, diagnosis)}")

# %%
print(f"{colleague.score} of {colleague.best} points. To read again:")
for chapter, section in colleague.reread():
    print(f"    chapter {chapter}, {section}")

# %% [markdown]
# Ines was not a case of vanishing gradients, and Bo was not ill at all: "mend the sign" found nothing to mend, since
# both losses fall when their logits move the right way. A needless treatment costs a point, even if it does no harm.
#
# Here are all of them, with the treatment that heals and with one that tempts. Each line is a run of its own. The table
# is recorded: `python -m ganlib.clinic outcomes` makes it again.
#
# What was measured: *modes* are the clusters reached, *high_quality* is the share of samples close to one, *reverse_kl*
# tells how unevenly they are shared out. *frechet* is the Fréchet distance on the digit classifier's features, *digits*
# how many of the ten are drawn. *checkerboard* is the share of the variance that repeats every two pixels, *nearer* the
# memorisation score of chapter 09, *asked* the share of fakes that show the digit that was asked for.

# %% tags=["nbval-check-output"]
for outcome in clinic.outcomes():
    patient = clinic.find(outcome.patient)
    measures = patient.setup().subject.measures
    if not outcome.treatment:
        goals = ", ".join(str(goal) for goal in patient.goals)
        print(f"{patient.name.capitalize()}: {DIAGNOSES[patient.diagnosis].name}. A healthy run has {goals}.")
    words = TREATMENTS[outcome.treatment].name if outcome.treatment else "as it came"
    values = (measures[goal.measure].form.format(outcome.measures[goal.measure]) for goal in patient.goals)
    print(f"    {words:42}{', '.join(values):22}{'healthy' if outcome.healed else 'ill'}")

# %% [markdown]
# ### What looked ill, and was not
#
# Three runs had nothing wrong with them. Their owners were worried about
#
# - **a negative loss that rises** (Bo). A critic minimises $\mathbb{E} f(G(z)) - \mathbb{E} f(x)$. Minus that number
#   estimates the distance of the two distributions (chapter 04). So it *should* be negative, and it should rise to 0
#   as the fakes get better. Of all losses in this course it is the only one that measures progress, and it looks like
#   failure.
# - **a generator's loss that rises** (Hugo). It is measured by a $D$ that gets better. What would you rather be told:
#   "you beat a beginner", or "you hold your own against a master"?
# - **an accuracy of one half** (Omar). The game has ended in a draw. Look at the samples before you strengthen anybody.

# %% tags=["nbval-check-output"]
print("          loss, first and last quarter   measured, at the start and at the end")
odd = ("bo", "loss_d", "high_quality"), ("hugo", "loss_g", "frechet"), ("omar", "loss_d", "modes")
for name, curve, measure in odd:
    recorded = clinic.recording(name)
    first, last = quarters(recorded.curves[curve])
    start, *_, end = recorded.health[measure]
    form = clinic.find(name).setup().subject.measures[measure].form
    losses_told = f"{curve} {first:.2f} to {last:.2f}"
    print(f"{name.capitalize():10}{losses_told:31}{measure} {form.format(start)} to {form.format(end)}")

# %% [markdown]
# ### What they have in common
#
# Sort the diseases by the question that finds them. Some are seen in the first second, and some by no curve at all.

# %% tags=["nbval-check-output"]
found_by = {
    "1. range": ["wrong_range"],
    "2. samples": ["checkerboard"],
    "3. accuracy of D": ["strong_d", "weak_d", "flipped_sign", "batch_leak", "label_leak"],
    "4. gradients": ["vanishing", "dead_units", "no_detach", "high_rate"],
    "5. diversity": ["collapse", "dropping"],
    "6. memory": ["memorising"],
    "none": ["healthy"],
}
for question, found in found_by.items():
    names = [patient.name.capitalize() for patient in clinic.patients() if patient.diagnosis in found]
    print(f"{question:18}{', '.join(names)}")

# %% [markdown]
# ## Exercises
#
# Replace the line with `raise` and run the cell. The check says what is wrong, if anything is. The first five are
# alarms: functions that you can call while a run of your own is under way.
#
# ### Exercise 1: accuracy without a threshold
#
# Write `pair_accuracy(real_logits, fake_logits)`: the share of all pairs, one real sample and one fake, in which the
# real one has the higher logit. A tie counts half. The two batches, (N,) and (M,), may differ in size.


# %% tags=["exercise", "raises-exception"]
def pair_accuracy(real_logits, fake_logits):
    raise NotImplementedError


if checks.pair_accuracy(pair_accuracy):
    D = run.trainer.gan.discriminator
    with torch.no_grad():
        print(f"the healthy run's D, on digits that it never saw: {float(pair_accuracy(D(held_out), D(fake))):.3f}")

# %% [markdown]
# <details><summary>Hint</summary>
#
# <code>real_logits[:, None] - fake_logits[None, :]</code> holds the difference of every pair.
# </details>


# %% tags=["solution"] jupyter={"source_hidden": true}
# BEGIN SOLUTION
def solution(real_logits, fake_logits):
    difference = real_logits[:, None] - fake_logits[None, :]
    return (difference > 0).float().mean() + (difference == 0).float().mean() / 2


checks.pair_accuracy(solution)
# END SOLUTION

# %% [markdown]
# ### Exercise 2: an alarm for collapse
#
# Write `spread_ratio(fake, real)`: the mean Euclidean distance of two different fakes, divided by the mean distance of
# two different real samples. Samples may have any shape, (N, ...) and (M, ...).


# %% tags=["exercise", "raises-exception"]
def spread_ratio(fake, real):
    raise NotImplementedError


if checks.spread_ratio(spread_ratio):
    points = carla.setup().subject.real[0][:250]
    for words, recording in (("as she came", carlas), ("treated", treated[healing[0]])):
        print(f"Carla, {words}: {float(spread_ratio(torch.tensor(recording.samples[-1]), points)):.2f}")

# %% [markdown]
# <details><summary>Hint</summary>
#
# <code>F.pdist(x.flatten(1))</code> gives the distance of each pair of different rows, once.
# </details>


# %% tags=["solution"] jupyter={"source_hidden": true}
# BEGIN SOLUTION
def solution(fake, real):
    return F.pdist(fake.flatten(1)).mean() / F.pdist(real.flatten(1)).mean()


checks.spread_ratio(solution)
# END SOLUTION

# %% [markdown]
# ### Exercise 3: an alarm for losses that run away
#
# Write `diverged(losses)` for a list of numbers, oldest first. It returns `True` if
#
# - any of them is not finite, or
# - the mean *absolute value* over the last quarter is more than ten times that over the first quarter.
#
# A quarter of n numbers are n // 4 of them, but at least one.


# %% tags=["exercise", "raises-exception"]
def diverged(losses):
    raise NotImplementedError


if checks.diverged(diverged):
    alarmed = [p.name for p in clinic.patients() if diverged(clinic.recording(p.name).curves["loss_g"].tolist())]
    print(f"the alarm sounds for the generator's loss of: {', '.join(alarmed) or 'nobody'}")

# %% [markdown]
# <details><summary>Hint</summary>
#
# Every comparison with NaN is <code>False</code>, so ask <code>isfinite</code> first.
# </details>


# %% tags=["solution"] jupyter={"source_hidden": true}
# BEGIN SOLUTION
def solution(losses):
    if not all(isfinite(loss) for loss in losses):
        return True
    n = max(1, len(losses) // 4)
    first, last = (fmean(abs(loss) for loss in part) for part in (losses[:n], losses[-n:]))
    return last > 10 * first


checks.diverged(solution)
# END SOLUTION

# %% [markdown]
# ### Exercise 4: the norm of a gradient
#
# Write `gradient_norm(parameters)` for what `network.parameters()` gives: the Euclidean norm of *all* gradients
# together, as if they were one long vector. A parameter whose `.grad` is `None` counts as 0; if all are, return 0. Do
# not change any gradient.


# %% tags=["exercise", "raises-exception"]
def gradient_norm(parameters):
    raise NotImplementedError


if checks.gradient_norm(gradient_norm):
    G, D = run.trainer.gan.generator, run.trainer.gan.discriminator
    for words, loss in (("saturating", losses.minimax), ("non-saturating", losses.non_saturating)):
        G.zero_grad()
        loss.generator(D(G(torch.randn(64, 32))) - 8).backward()  # as if D were surer by 8
        print(f"a D that is very sure, {words} loss: {float(gradient_norm(G.parameters())):.4f}")

# %% [markdown]
# <details><summary>Hint</summary>
#
# Add the squares of all entries, then take one root. <code>parameters</code> can be gone through only once.
# </details>


# %% tags=["solution"] jupyter={"source_hidden": true}
# BEGIN SOLUTION
def solution(parameters):
    squares = [p.grad.square().sum() for p in parameters if p.grad is not None]
    return torch.stack(squares).sum().sqrt() if squares else torch.zeros(())


checks.gradient_norm(solution)
# END SOLUTION

# %% [markdown]
# ### Exercise 5: which way does a loss push?
#
# Write `right_signs(d_loss, g_loss)`. `d_loss(real_logits, fake_logits)` and `g_loss(fake_logits)` are what the players
# minimise, functions of logits of shape (N,). Return two truth values, at logits of 0:
#
# - for $D$: does its loss fall when the real logits rise a little, *and* when the fake logits fall a little?
# - for $G$: does its loss fall when the fake logits rise a little?


# %% tags=["exercise", "raises-exception"]
def right_signs(d_loss, g_loss):
    raise NotImplementedError


if checks.right_signs(right_signs):
    for name in ("ines", "bo"):
        loss = clinic.find(name).setup().loss
        d_right, g_right = right_signs(loss.discriminator, loss.generator)
        print(f"{name.capitalize()}: D's loss {'right' if d_right else 'wrong'}, G's {'right' if g_right else 'wrong'}")

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Either let autograd tell the slope at zeros that require a gradient, or compare the loss at 0 with the loss a small
# step away.
# </details>
# <details><summary>Hint 2</summary>
#
# Move real and fake logits one at a time. If they move together, one right term can hide a wrong one.
# </details>


# %% tags=["solution"] jupyter={"source_hidden": true}
# BEGIN SOLUTION
def solution(d_loss, g_loss):
    real, fake, own = (torch.zeros(1, requires_grad=True) for _ in range(3))
    by_real, by_fake = torch.autograd.grad(d_loss(real, fake), (real, fake))
    (by_own,) = torch.autograd.grad(g_loss(own), own)
    return bool(by_real < 0 and by_fake > 0), bool(by_own < 0)


checks.right_signs(solution)
# END SOLUTION

# %% [markdown]
# ### Exercise 6: a patient of your own
#
# Plant a failure. A patient is one function that returns a `Setup`, and a decorator that says the rest. `well` below
# are settings with which eight clusters are learned in 1,000 updates; spoil one of them, or more. Then
#
# - let the owner complain (without naming the disease), and give the true `diagnosis`, a key of `DIAGNOSES`,
# - name the `treatments` that heal it, keys of `TREATMENTS`, and one that is `tempting` and does not,
# - say by `goals` what a healthy run reaches, by a `clue` where to look, and what to `reread`,
# - tell in the docstring what it was.
#
# The check sees whether all fits together. Whether your treatment *really* heals, the run below will show. (To put a
# patient on the ward for good, save the function in a file in `ganlib/clinic/patients`, and record it.)

# %%
well_on_clusters = {
    "subject": subjects.mixture(toys.ring(8, radius=2.0, std=0.1)),
    "generator": lambda: MLPGenerator(8, (2,), width=64),
    "discriminator": lambda: MLPDiscriminator((2,), width=64),
    "batch_size": 128,
    "lr_d": 3e-3,
    "lr_g": 3e-3,
    "updates": runtime.budget(full=1000, quick=40),
}
print("measured:", ", ".join(well_on_clusters["subject"].measures))
print("diagnoses:", ", ".join(DIAGNOSES))
print("treatments:", ", ".join(TREATMENTS))


# %%
def really_run(patient):
    """A patient's run as it is and after each treatment: whether the goals are met."""
    setup = patient.setup()
    for key in (None, *patient.treatments, patient.tempting):
        treated = setup if key is None else TREATMENTS[key].apply(setup)
        patients_run = clinic.Run(treated, patient.name, key)
        for _ in tqdm(patients_run, leave=False):
            pass
        outcome = patients_run.recording.outcome
        told = ", ".join(f"{goal.measure} {outcome[goal.measure]:.2f}" for goal in patient.goals)
        verdict = "healthy" if patient.healed(outcome) else "ill"
        print(f"{'as it came' if key is None else TREATMENTS[key].name:30}{told}: {verdict}")


# %% tags=["exercise", "raises-exception"]
@clinic.patient(
    complaint="…",
    diagnosis="high_rate",
    treatments=("lower_rates",),
    tempting="wait",
    goals=(clinic.Goal("modes", at_least=7), clinic.Goal("high_quality", at_least=0.5)),
    clue=clinic.Clue("loss_g", "…"),
    reread=("02", "Why games go round in circles"),
)
def my_patient():
    """What it was."""
    raise NotImplementedError


if checks.own_patient(my_patient):
    really_run(my_patient)

# %% [markdown]
# <details><summary>Hint</summary>
#
# <code>return clinic.Setup(**well_on_clusters | {"lr_d": 0.1})</code> is a beginning. A wrong loss is an
# <code>AdversarialLoss(discriminator, generator)</code>, two functions of logits.
# </details>


# %% tags=["solution"] jupyter={"source_hidden": true}
# BEGIN SOLUTION
@clinic.patient(  # shown above
    complaint="My two networks agree about everything. There is no fight at all, and no clusters either.",
    diagnosis="flipped_sign",
    treatments=("mend_sign",),
    tempting="strengthen_d",
    goals=(clinic.Goal("modes", at_least=7), clinic.Goal("high_quality", at_least=0.5)),  # shown above
    clue=clinic.Clue("fake_logit", "The generator's samples are called fake ever more firmly, and its loss falls."),
    reread=("02", "Two losses for the generator"),
)
def solution():
    """The generator minimises -log(1 - D(G(z))), which the discriminator minimises, too: it helps to convict itself."""
    friendly = AdversarialLoss(losses.non_saturating.discriminator, lambda logits: F.softplus(logits).mean())
    return clinic.Setup(**well_on_clusters | {"loss": friendly})


if checks.own_patient(solution):
    really_run(solution)
# END SOLUTION

# %% [markdown]
# **More to try.** Predict first, then run.
#
# - Give Carla `see_batch`: a discriminator that is told how alike a batch is (chapter 05). And `average`?
# - Halve the learning rates of the healthy run. Which curves change, and which do not?
# - Treat every patient with `penalty`. How many does it heal? Is there one that it harms?
# - Run a patient with another seed: `dataclasses.replace(clinic.find("noor").setup(), seed=1)`. Does it drop the same
#   clusters?
#
# ## Summary
#
# - The losses of a GAN do not measure its progress. They can sound an alarm: NaN, or a tenfold growth.
# - Read a run in a fixed order: range, samples, accuracy of $D$, gradients, diversity, memory.
# - Where $D$ is perfect within a few updates, it knows by something else than the samples: their range, their labels,
#   their company in the batch.
# - Collapse and dropping leave the losses calm. Copying leaves *all* curves calm.
# - A treatment has to change what is wrong. More training and smaller steps rarely do.
# - A negative critic's loss, a rising generator's loss and an accuracy of one half can each belong to a healthy run.
#
# ### Test yourself
#
# <details><summary>D's loss is 0 after 30 updates, and the fakes are noise. What do you ask first?</summary>
#
# Are data and fakes in one range? What else does D see besides the sample: a label, a mask, other samples in its batch?
# It takes more than 30 updates to learn what real samples look like, so D knows by something simpler.
# </details>
# <details><summary>D's accuracy is 1/2. Is the run finished, or is D asleep?</summary>
#
# The accuracy alone cannot tell. Look at the samples: if anybody can see that they are fake, D is too weak, too slow or
# blind. Or train a fresh D on held-out samples (chapter 02).
# </details>
# <details><summary>All fakes show the same faint grid. Will longer training help?</summary>
#
# Hardly. A pattern that is in every sample comes from the layers of G. If D could see it, the game would have driven it
# out. Change the layers: enlarge first, then convolve.
# </details>
# <details><summary>The fakes cover five of eight clusters, always the same. Which curve shows it?</summary>
#
# None does clearly: it is mode dropping, and the spread is only a little below 1. Count modes, or measure recall
# (chapter 09).
# </details>
# <details><summary>"The best Fréchet distance ever, against my training set!" What do you ask?</summary>
#
# How far the nearest training sample is, compared with held-out samples. A generator that copies has the best distance
# to its training set that there is.
# </details>
# <details><summary>Why does "train longer" look like a treatment so often?</summary>
#
# Because it is one, for healthy runs that were stopped early. For a sick one it repeats what is wrong.
# </details>
#
# ### To read next
#
# - Goodfellow 2016, *NIPS 2016 tutorial: generative adversarial networks*, arXiv 1701.00160: sections 4 and 5, tips and
#   research frontiers, mode collapse among them.
# - Salimans et al. 2016, *Improved techniques for training GANs*, arXiv 1606.03498: treatments, and why they should
#   help.
# - Arjovsky and Bottou 2017, *Towards principled methods for training generative adversarial networks*, arXiv
#   1701.04862: why a perfect discriminator is a disease.
# - Roth et al. 2017, *Stabilizing training of generative adversarial networks through regularization*, arXiv
#   1705.09367, and Mescheder et al. 2018, arXiv 1801.04406: penalties as treatment.
# - Odena, Dumoulin and Olah 2016, *Deconvolution and checkerboard artifacts*, Distill, doi 10.23915/distill.00003.
# - Lucic et al. 2017, *Are GANs created equal?*, arXiv 1711.10337: how much of a result is the luck of a run.
# - Brock, Donahue and Simonyan 2018, *Large scale GAN training for high fidelity natural image synthesis*, arXiv
#   1809.11096: section 4 and its appendix watch a large run become unstable, by the singular values of its weights.

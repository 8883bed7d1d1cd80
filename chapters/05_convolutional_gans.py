# %% [markdown]
# # 05 · Convolutional GANs
#
# {{links}}
#
# The generators of the last chapters were fully connected: to them a picture is a list of numbers in no particular
# order. Here both players learn that pixels have neighbours. You take the layer apart that makes this possible, the
# *transposed convolution*, and build the network family that made GANs draw faces: the DCGAN. Then you switch off its
# rules one by one, walk through the space that it draws from, and put the best known tricks on the scales.
#
# **You will be able to**
#
# - compute the size of every layer of a convolutional network in your head,
# - carry out a transposed convolution by hand, and say why it is the adjoint of a convolution and not its inverse,
# - explain checkerboards in generated pictures, foresee them from two numbers, and avoid them,
# - build and train a DCGAN, and say which of its rules matters how much,
# - explore a latent space: single directions, paths, and arithmetic with noise,
# - name the tricks that people use, what each is meant for, and what it did here when it was measured.
#
# **You need** chapters 02 and 03 (the loop, the losses, $D^*$), and the gradient norms of chapter 04. You should have
# seen a convolution before.
#
# **Time**: about 110 minutes to read and try. All cells together run for about a minute and a half on one CPU core,
# most of it training.

# %% tags=["setup"]
# {{setup}}

# %%
import json
from copy import deepcopy
from functools import partial
from itertools import product
from math import sqrt
from textwrap import fill

import numpy as np
import torch
import torch.nn.functional as F
from matplotlib.colors import LinearSegmentedColormap, ListedColormap
from scipy import stats
from torch import nn
from torch.optim import LBFGS, Adam
from tqdm.auto import tqdm

from ganlib import checks, metrics, models, runtime, studies, viz
from ganlib.data import Batches, avatars, digits
from ganlib.gans import GAN
from ganlib.models import DCGANDiscriminator, DCGANGenerator, UpsamplingGenerator
from ganlib.studies import dcgan_rules
from ganlib.studies.setup import digits_samples
from ganlib.training import Trainer, evaluation
from ganlib.viz.latent import spherical

torch.set_num_threads(1)

# %% [markdown]
# ## A convolution is a matrix with rules
#
# A fully connected layer is a matrix: every output has a weight of its own for every input. A convolution is a matrix,
# too, but it obeys two rules. An output sees only the few inputs under the *kernel*. And all outputs use *the same*
# weights, wherever they are.
#
# On a line, with a kernel of $k$ weights, output number $o$ is
#
# $$(C x)_o = \sum_{j=0}^{k-1} w_j \; x_{o \cdot s + j - p}.$$
#
# The **stride** $s$ is how far the kernel moves from one output to the next. The **padding** $p$ is how many zeros are
# put at each end first. (What the field calls convolution does not turn the kernel round; mathematicians would call it
# a cross-correlation. Remember this: it will come back.)


# %%
def convolution_matrix(kernel, n, stride=1, padding=0):
    """C with C @ x equal to the convolution of x (n,)."""
    outputs = (n + 2 * padding - len(kernel)) // stride + 1
    C = torch.zeros(outputs, n, dtype=kernel.dtype)
    for o in range(outputs):
        for j, weight in enumerate(kernel):
            place = o * stride + j - padding
            if 0 <= place < n:  # outside there are zeros
                C[o, place] = weight
    return C


def draw_weights(ax, C, kernel, words):
    """A matrix whose entries are those of the kernel; each is named by a letter."""
    theme = ax.figure.theme
    ax.imshow(C != 0, cmap=ListedColormap([theme.background, theme.pale(theme.text)]), vmin=0, vmax=1)
    for (o, place), value in zip((C != 0).nonzero().tolist(), C[C != 0], strict=True):
        ax.text(place, o, "abcd"[int((kernel == value).nonzero())], ha="center", va="center", color=theme.text)
    ax.set(xticks=range(C.shape[1]), yticks=range(C.shape[0]), xlabel="input", ylabel="output")
    ax.figure.caption(ax, words)


# %%
picture = viz.Picture(
    9.4,
    2.9,
    "Two matrices whose rows hold the letters a, b, c, d, each row shifted: by one place from row to row with stride "
    "1, by two with stride 2. With stride 1 the first row lacks a, which falls on a zero of the padding.",
)
letters = torch.tensor([1.0, 2.0, 3.0, 4.0])
places = picture.add_gridspec(1, 2, width_ratios=[1, 1])
for place, (kernel, stride, padding) in zip(places, ((letters[:3], 1, 1), (letters, 2, 1)), strict=True):
    C = convolution_matrix(kernel, 8, stride, padding)
    draw_weights(picture.axes_of(place), C, kernel, f"kernel {len(kernel)}, stride {stride}, padding {padding}")
picture

# %% tags=["nbval-check-output"]
runtime.seed_everything(0)
x, kernel = torch.randn(8), torch.randn(4)
C = convolution_matrix(kernel, 8, stride=2, padding=1)
by_torch = F.conv1d(x[None, None], kernel[None, None], stride=2, padding=1)[0, 0]
print("C x:    ", " ".join(f"{value:8.4f}" for value in C @ x))
print("PyTorch:", " ".join(f"{value:8.4f}" for value in by_torch))


def weights_of(layer):
    return sum(weight.numel() for weight in layer.parameters())


print("\nlayer                             from            to              weights")
for before, after, side in ((3, 64, 64), (64, 128, 32)):
    inputs, outputs = before * side**2, after * (side // 2) ** 2
    with torch.device("meta"):  # counts without memory: the full layers would need gigabytes
        full, conv = nn.Linear(inputs, outputs, bias=False), nn.Conv2d(before, after, 4, bias=False)
    for name, layer in (("fully connected", full), ("convolution, kernel 4, stride 2", conv)):
        shapes = f"{before} x {side} x {side}", f"{after} x {side // 2} x {side // 2}"
        print(f"{name:34}{shapes[0]:16}{shapes[1]:16}{weights_of(layer):13,}")

# %% [markdown]
# The rules save weights: 3,072 in the place of 805 million, a factor of 262,144, for the first pair of shapes. They also
# save the network from learning the same thing at every place anew. What a convolution has learned about a corner it
# knows everywhere: if the picture moves, the result moves along (by a whole stride at a time, and away from the
# border).
#
# ### How large is the result?
#
# The row is $i + 2p$ numbers long, zeros included. The kernel starts at its left end and can move $i + 2p - k$ places.
# It goes there in strides of $s$, and what is left over at the end is not used (arXiv 1603.07285, relationship 6):
#
# $$o = \left\lfloor \frac{i + 2p - k}{s} \right\rfloor + 1.$$
#
# Kernel 4, stride 2, padding 1 is the favourite of this field: then $o = (i - 2)/2 + 1 = i/2$. It halves every even
# size exactly.

# %%
which_sizes = viz.Prediction(
    "Kernel 3, stride 2, padding 1. Which input sizes give an output of size 4?",
    ["only 7", "only 8", "7 and 8", "7, 8 and 9"],
)
which_sizes


# %% tags=["nbval-check-output"]
def output_size(i, k, s, p):
    return (i + 2 * p - k) // s + 1


def measured_size(i, k, s, p):
    return F.conv1d(torch.zeros(1, 1, i), torch.zeros(1, 1, k), stride=s, padding=p).shape[2]


print("kernel 3, stride 2, padding 1:", {i: measured_size(i, 3, 2, 1) for i in range(5, 11)})
print("kernel 4, stride 2, padding 1:", {i: measured_size(i, 4, 2, 1) for i in range(5, 11)})
every = product(range(1, 21), range(1, 8), range(1, 5), range(4))
settings = [(i, k, s, p) for i, k, s, p in every if k <= i + 2 * p]
right = sum(output_size(*setting) == measured_size(*setting) for setting in settings)
print(f"the formula agrees with PyTorch in {right:,} of {len(settings):,} settings")
four = [i for i in (6, 7, 8, 9) if measured_size(i, 3, 2, 1) == 4]
which_sizes.reveal("7 and 8" if four == [7, 8] else f"only {four[0]}" if len(four) == 1 else "7, 8 and 9")

# %% [markdown]
# Two sizes, one result. The floor forgets which of them it was. Whoever wants to go back has to be told: hold on to
# that thought.

# %% [markdown]
# ## Transposed convolution, by hand
#
# A discriminator makes pictures smaller, layer by layer. A generator has to make them larger. What layer enlarges by a
# learned kernel? Turn the picture round: in a convolution each output *collects* from $k$ inputs. In a **transposed
# convolution** each input *stamps* the kernel on the output, multiplied by its value. The next input stamps $s$ places
# further. Where stamps overlap, they add up.
#
# Here is one by hand: the numbers 1, 2, 3, the kernel (1, 10, 100), stride 2.

# %% tags=["nbval-check-output"]
values, kernel, stride = torch.tensor([1.0, 2.0, 3.0]), torch.tensor([1.0, 10.0, 100.0]), 2
row = torch.zeros((len(values) - 1) * stride + len(kernel))
for i, value in enumerate(values):
    stamp = torch.zeros_like(row)
    stamp[i * stride : i * stride + len(kernel)] = value * kernel
    print(f"{value:.0f} stamps ", " ".join(f"{number:4.0f}" if number else "   ." for number in stamp))
    row += stamp
print("the sum  ", " ".join(f"{number:4.0f}" for number in row))
by_torch = F.conv_transpose1d(values[None, None], kernel[None, None], stride=stride)[0, 0]
print("PyTorch  ", " ".join(f"{number:4.0f}" for number in by_torch))

# %% [markdown]
# The last stamp begins at $(i - 1) s$ and is $k$ long. Padding here *takes away*: $p$ numbers are cut off at each end.
# So
#
# $$o = (i - 1)\,s - 2p + k \;(+ \text{ output padding}).$$
#
# With kernel 4, stride 2, padding 1 that is $2i$: it doubles exactly. The *output padding*, less than the stride, adds
# numbers at one end. It is the answer to the question that the floor left open (**exercise 1**).
#
# In two dimensions it is the same, and with channels the stamp is a sum over the input channels. Ten lines.


# %% tags=["nbval-check-output"]
def transposed_convolution(y, weight, stride=1, padding=0, output_padding=0):
    """y (N, A, H, W) and weight (A, B, k, k) to (N, B, H', W'): each input stamps the kernel."""
    (height, width), k = y.shape[2:], weight.shape[2]
    rows, columns = ((n - 1) * stride + k + output_padding for n in (height, width))
    sheet = y.new_zeros(len(y), weight.shape[1], rows, columns)
    for i in range(height):
        for j in range(width):
            stamp = torch.einsum("na,abkl->nbkl", y[:, :, i, j], weight)
            sheet[:, :, i * stride : i * stride + k, j * stride : j * stride + k] += stamp
    return sheet[:, :, padding : rows - padding, padding : columns - padding]


tried, off, sizes = 0, 0.0, 0
for i, k, s, p in product(range(1, 6), range(1, 6), range(1, 4), range(3)):
    y, weight = torch.randn(2, 3, i, i), torch.randn(3, 2, k, k)
    for extra in range(s):
        if (i - 1) * s - 2 * p + k + extra < 1:
            continue
        mine = transposed_convolution(y, weight, s, p, extra)
        by_torch = F.conv_transpose2d(y, weight, None, s, p, extra)
        tried, sizes = tried + 1, sizes + (mine.shape[2] == (i - 1) * s - 2 * p + k + extra)
        off = max(off, ((mine - by_torch).abs().max() / by_torch.abs().max().clamp(min=1)).item())
print(f"{tried} settings; size as in the formula: {sizes}; agrees with PyTorch to 1e-6: {off < 1e-6}")

# %% [markdown]
# Now watch it. *Play*, or go step by step, and read the sum below the grids. Then change stride and kernel.

# %%
viz.TransposedConvolution()

# %% [markdown]
# - Switch between *convolution* and *transposed convolution*: the matrix beside the grids is the same one, with rows
#   and columns exchanged.
# - Take kernel 3 and stride 2. Which places are stamped once, which twice, which four times?
# - Take stride 3 and kernel 2. What happens between the stamps?
#
# ### Why "transposed"
#
# In the matrix of a convolution, row $o$ says from which inputs output $o$ collects. Read column by column it says
# where input $i$ goes. So stamping is multiplying by the **transposed matrix** $C'$: from as many numbers as $C$ gives
# to as many as it takes.

# %% tags=["nbval-check-output"]
runtime.seed_everything(0)
kernel, y = torch.randn(4), torch.randn(4)
C = convolution_matrix(kernel, 8, stride=2, padding=1)
by_torch = F.conv_transpose1d(y[None, None], kernel[None, None], stride=2, padding=1)[0, 0]
print(f"C is {C.shape[0]} x {C.shape[1]}, C' is {C.T.shape[0]} x {C.T.shape[1]}")
print("C' y:   ", " ".join(f"{value:7.4f}" for value in C.T @ y))
print("PyTorch:", " ".join(f"{value:7.4f}" for value in by_torch))

# %% [markdown]
# A matrix and its transpose are tied together by one identity, and it holds for *all* $x$ and $y$:
#
# $$\langle C x, \, y \rangle = \langle x, \, C' y \rangle.$$
#
# Whoever satisfies it is called the *adjoint*. Let us check it on pictures, where nobody writes the matrix down:
# several kernels, strides and paddings, in double precision.


# %% tags=["nbval-check-output"]
def identity_gap(x, weight, s, p):
    """<Cx, y>, <x, C'y>, and how far they are apart, relative to the lengths; y is random."""
    Cx = F.conv2d(x, weight, stride=s, padding=p)
    y = torch.randn_like(Cx)
    lost = (x.shape[2] + 2 * p - weight.shape[2]) % s  # what the floor has forgotten
    adjoint = F.conv_transpose2d(y, weight, stride=s, padding=p, output_padding=lost)
    left, right = (Cx * y).sum(), (x * adjoint).sum()
    return left, right, abs(left - right) / (Cx.norm() * y.norm())


runtime.seed_everything(0)
print("kernel  stride  padding        <Cx, y>       <x, C'y>   relative gap below 1e-14")
for k, s, p in ((3, 1, 1), (4, 2, 1), (3, 2, 1), (5, 3, 0)):
    x, weight = torch.randn(4, 3, 16, 16).double(), torch.randn(8, 3, k, k).double()
    left, right, apart = identity_gap(x, weight, s, p)
    print(f"{k:6}{s:8}{p:9}{left:15.8f}{right:15.8f}   {apart < 1e-14}")

# %% [markdown]
# The identity has a meaning for training. The gradient of $\langle C x, y \rangle$ for $x$ is $C' y$. So **the backward
# pass of a convolution is a transposed convolution**, and the other way round. Each $D$ that you trained with
# convolutions has used both: one to judge, and the other to tell $G$ which pixels to change.

# %% tags=["nbval-check-output"]
x = torch.randn(2, 3, 16, 16, dtype=torch.float64, requires_grad=True)
weight = torch.randn(8, 3, 4, 4).double()
Cx = F.conv2d(x, weight, stride=2, padding=1)
signal = torch.randn_like(Cx)
(gradient,) = torch.autograd.grad(Cx, x, signal)
gap = (gradient - F.conv_transpose2d(signal, weight, stride=2, padding=1)).abs().max()
print(f"backward pass of the convolution against conv_transpose2d, below 1e-12: {gap < 1e-12}")

# %% [markdown]
# ### It is not the inverse
#
# You will also meet the name *deconvolution*. It promises too much: it suggests that $C'$ undoes $C$. Let us see. Take
# a digit of $16 \times 16$ pixels, halve it with a smoothing kernel, and send it back.

# %%
blur = torch.tensor([1.0, 3.0, 3.0, 1.0]).double() / 8
blur_kernel = 2 * (blur[:, None] * blur)[None, None]  # 2: C' C keeps a flat picture as bright as it is


def halve(x):
    return F.conv2d(x, blur_kernel, stride=2, padding=1)


def send_back(y):
    return F.conv_transpose2d(y, blur_kernel, stride=2, padding=1)


digit = digits(16, "test")[0][:1].double()
matrix = halve(torch.eye(256).double().view(256, 1, 16, 16)).flatten(1).T  # column j: what pixel j becomes
guess = (torch.linalg.pinv(matrix) @ halve(digit).flatten()).view_as(digit)
viz.image_strip(
    [
        ("x", digit),
        ("C x, a quarter of the numbers", halve(digit) / 2),
        ("C' C x", send_back(halve(digit))),
        ("best guess from C x", guess),
    ],
    columns=1,
    alt="A digit; the same at half the size; C' C x, a blurred digit; and the best guess from C x, nearly the digit.",
)

# %% tags=["nbval-check-output"]
print(f"C is {matrix.shape[0]} x {matrix.shape[1]}, its rank is {torch.linalg.matrix_rank(matrix)}: of 256 numbers")
print("64 are left, so many pictures have the same C x, and nothing can undo C.")
print("                            |. - x| / |x|    |C . - C x| / |C x|")
for name, back in (("C' C x", send_back(halve(digit))), ("best guess", guess)):
    to_x, to_Cx = (back - digit).norm() / digit.norm(), (halve(back) - halve(digit)).norm() / halve(digit).norm()
    print(f"{name:20}{to_x:20.3f}{to_Cx:23.3f}")

# %% [markdown]
# The *best guess* is the pseudo-inverse: the smallest picture that has the same $C x$. Even it does not give $x$ back,
# and $C' C x$ does not give back $C x$. What $C'$ restores is the **shape**: 8 × 8 numbers become 16 × 16. That is all
# that a generator wants of it. What to put there, it learns. (Hence also the name *fractionally strided convolution*:
# exercise 2 shows why.)

# %% [markdown]
# ## Checkerboards
#
# Stamps overlap, and not everywhere alike. Stamp a kernel of ones from a row of ones: the result counts how many
# stamps each place gets.

# %%
even_stamps = viz.Prediction(
    "Stride 2. Far from the ends, which kernel sizes put the same number of stamps on every place?",
    ["2 and 3", "2 and 4", "3 and 5", "all of them"],
)
even_stamps


# %% tags=["nbval-check-output"]
def overlaps(k, s, n=6):
    """How many stamps each place gets, on a line."""
    return F.conv_transpose1d(torch.ones(1, 1, n), torch.ones(1, 1, k), stride=s)[0, 0].int()


print("stride 2, six inputs")
even = []
for k in (2, 3, 4, 5):
    counts = overlaps(k, 2)
    inside = counts[k - 1 : len(counts) - k + 1]
    even += [k] if len(set(inside.tolist())) == 1 else []
    print(f"kernel {k}:", *counts.tolist())
even_stamps.reveal(" and ".join(map(str, even)))

# %% [markdown]
# Kernel 3 with stride 2 puts one stamp on every other place and two on the places between. In the plane the counts
# multiply: 1, 2 and 4. That is a **checkerboard**, and it is there before any weight is learned (Odena, Dumoulin and
# Olah 2016). The counts are even if the stride divides the kernel: then each place gets $k/s$ stamps in each
# direction. That is why DCGANs take kernel 4, and not 3 or 5. (The first DCGAN had kernel 5.)
#
# The cure that goes further: **first enlarge, then convolve**. Repeat each pixel $2 \times 2$ times, then apply an
# ordinary convolution with kernel 3 and stride 1, whose overlaps are even everywhere.

# %%
ones = torch.ones(1, 1, 6, 6)
maps = {
    "kernel 3, stride 2": F.conv_transpose2d(ones, torch.ones(1, 1, 3, 3), stride=2),
    "kernel 4, stride 2": F.conv_transpose2d(ones, torch.ones(1, 1, 4, 4), stride=2),
    "enlarge, then kernel 3": F.conv2d(F.interpolate(ones, scale_factor=2), torch.ones(1, 1, 3, 3), padding=1),
}
picture = viz.Picture(
    9.2,
    3.5,
    "How many terms each pixel is made of. Kernel 3, stride 2: a checkerboard of 1, 2 and 4. Kernel 4, stride 2: 4 "
    "everywhere but at the border. Enlarging first, kernel 3: 9 everywhere but at the border.",
)
shade = LinearSegmentedColormap.from_list("terms", [picture.theme.background, picture.theme.faint])
for i, (words, terms) in enumerate(maps.items()):
    ax = picture.axes_of(1, 3, i + 1)
    ax.imshow(terms[0, 0], cmap=shade, vmin=0)
    for (r, c), count in np.ndenumerate(terms[0, 0].int().numpy()):
        ax.text(c, r, count, ha="center", va="center", fontsize=7, color=picture.theme.text)
    ax.set_axis_off()
    picture.caption(ax, words)
picture

# %% [markdown]
# Counting stamps is only half of the story. A kernel of 4 with stride 2 falls into $2 \times 2$ *phases*: the pixels
# in even rows and even columns only ever use four of its 16 weights, those in even rows and odd columns another four,
# and so on. On a flat input each phase answers with the sum of *its* four weights. If the sums differ, the result has
# a checkerboard in spite of even counts. With kernel 3 the phases have 4, 2, 2 and 1 weights.
#
# And enlarge-then-convolve? Both steps together are again a transposed convolution, with kernel 4, whose weights are
# tied together (the $3 \times 3$ kernel, turned and smeared over $2 \times 2$ places), so that all four sums are equal,
# whatever the weights.

# %% tags=["nbval-check-output"]
runtime.seed_everything(0)
layers = {
    "transposed, kernel 3": nn.ConvTranspose2d(1, 1, 3, stride=2, padding=1, output_padding=1, bias=False),
    "transposed, kernel 4": nn.ConvTranspose2d(1, 1, 4, stride=2, padding=1, bias=False),
    "enlarge, then convolve": models.UpsampledConv2d(1, 1, bias=False),
}
print("                          a flat input of ones gives in the phase          largest")
print("layer                    even, even   even, odd   odd, even   odd, odd     difference")
for name, layer in layers.items():
    with torch.no_grad():
        inside = layer(torch.ones(1, 1, 8, 8))[0, 0, 4:12, 4:12]
    phases = torch.stack([inside[a::2, b::2].mean() for a in (0, 1) for b in (0, 1)])
    row = "".join(f"{value:12.4f}" for value in phases)
    print(f"{name:23}{row}{phases.max() - phases.min():15.4f}")
x = torch.randn(1, 1, 8, 8)
layer = layers["enlarge, then convolve"]
two_steps = F.conv2d(F.interpolate(x, scale_factor=2), layer.weight, padding=1)
print(f"both steps one by one give the same as the layer: {torch.allclose(layer(x), two_steps, atol=1e-6)}")

# %% [markdown]
# Now whole generators, untrained, for pictures of 32 × 32 pixels with three doublings: what do they paint before they
# have learned anything? `metrics.checkerboard` says which share of the variance within a picture repeats every two
# pixels. (Independent noise has 3/1023 = 0.3 %.)


# %%
def with_kernel_3(generator):
    """The same generator with kernel 3 in the place of kernel 4."""

    def changed(layer):
        if not isinstance(layer, nn.ConvTranspose2d) or layer.stride != (2, 2):
            return layer
        sizes = {"stride": 2, "padding": 1, "output_padding": 1, "bias": layer.bias is not None}
        return nn.ConvTranspose2d(layer.in_channels, layer.out_channels, 3, **sizes)

    generator.net = nn.Sequential(*map(changed, generator.net)).apply(models.dcgan_weights)
    return generator


generators = {
    "transposed, kernel 3": lambda: with_kernel_3(DCGANGenerator(32, 3, 32, 16)),
    "transposed, kernel 4": lambda: DCGANGenerator(32, 3, 32, 16),
    "enlarge, then convolve": lambda: UpsamplingGenerator(32, 3, 32, 16),
}

# %%
painted, seeds = {name: [] for name in generators}, 10
for seed in range(seeds):
    for name, make in generators.items():
        runtime.seed_everything(seed)
        with torch.no_grad():
            painted[name].append(make()(torch.randn(16, 32)))

print("untrained generator      share that repeats every two pixels, mean and range of", seeds, "seeds")
for name, batches in painted.items():
    shares = torch.tensor([metrics.checkerboard(images) for images in batches])
    print(f"{name:23}{shares.mean():10.2%}   ({shares.min():.2%} to {shares.max():.2%})")
real_share = metrics.checkerboard(avatars.avatars(200, 32, seed=1)[0])
print(f"{'real avatars':23}{real_share:10.2%}")

# %%
viz.image_strip(
    [(name, batches[0][:3] / batches[0][:3].abs().amax((1, 2, 3), keepdim=True)) for name, batches in painted.items()],
    columns=3,
    alt="Pictures of three untrained generators, three each, contrast stretched. The first two show a fine grid all "
    "over, the third shows soft blots.",
)

# %% [markdown]
# With both transposed convolutions, a fifth of what an untrained generator paints is checkerboard, with kernel 4 hardly
# less than with kernel 3: even stamps do not help while the weights of the phases are independent. Training has to
# learn the pattern away. The generator that enlarges first starts with no more than real pictures have.

# %% [markdown]
# ## The DCGAN and its rules
#
# Before 2015, GANs with convolutions were known to be unstable. Radford, Metz and Chintala searched through many
# networks and wrote down what the stable ones had in common (arXiv 1511.06434, section 3):
#
# | rule | in the generator | in the discriminator |
# |---|---|---|
# | how size changes | transposed convolutions, stride 2 | convolutions, stride 2; no pooling |
# | fully connected hidden layers | none | none |
# | batch norm | after each layer but the last | after each layer but the first |
# | activation | ReLU; tanh at the end | LeakyReLU, slope 0.2 |
# | data | scaled to [−1, 1], like tanh | |
# | initial weights | $N(0, 0.02^2)$ | $N(0, 0.02^2)$ |
# | optimizer | Adam, rate 0.0002, $\beta_1 = 0.5$ | the same |
#
# Here is the generator for digits of 16 × 16 pixels, line by line. A linear map makes a 4 × 4 picture with many
# channels out of the noise. (It is written as a transposed convolution of a 1 × 1 picture: every noise entry stamps a
# 4 × 4 kernel.) Then the side doubles and the channels halve.

# %% tags=["nbval-check-output"]
latent_dim, width = 32, 12
runtime.seed_everything(0)
net = nn.Sequential(
    *[nn.Unflatten(1, (latent_dim, 1, 1)), nn.ConvTranspose2d(latent_dim, 2 * width, 4, bias=False)],
    *[nn.BatchNorm2d(2 * width), nn.ReLU()],
    nn.ConvTranspose2d(2 * width, width, 4, stride=2, padding=1, bias=False),
    *[nn.BatchNorm2d(width), nn.ReLU()],
    nn.ConvTranspose2d(width, 1, 4, stride=2, padding=1),
    nn.Tanh(),
)
h = torch.randn(64, latent_dim)
print("layer             shape of the result   weights   how the side comes about")
print(f"noise             {tuple(h.shape)!s:22}")
for layer in net:
    side, h = h.shape[2] if h.dim() == 4 else 0, layer(h)
    how = ""
    if isinstance(layer, nn.ConvTranspose2d):
        (k, _), (s, _), (p, _) = layer.kernel_size, layer.stride, layer.padding
        how = f"({side} - 1) * {s} - 2 * {p} + {k} = {(side - 1) * s - 2 * p + k}"
    print(f"{type(layer).__name__:18}{tuple(h.shape)!s:22}{weights_of(layer):7,}   {how}".rstrip())

# %% [markdown]
# No bias where a batch norm follows: it would be subtracted at once. The discriminator is the mirror image.
# `ganlib.models` has both, for any side that is a power of two. Is its generator the network above? Give it the same
# weights, and it must paint the same pictures.

# %% tags=["nbval-check-output"]
G, D = DCGANGenerator(16, 1, latent_dim, width), DCGANDiscriminator(16, 1, width)
G.net.load_state_dict(net.state_dict())
z = torch.randn(8, latent_dim)
with evaluation(G), evaluation(net):
    print("the same pictures:", torch.equal(G(z), net(z)))
h = torch.randn(64, 1, 16, 16)
print("\nD                 shape of the result   weights")
for layer in D.net:
    h = layer(h)
    print(f"{type(layer).__name__:18}{tuple(h.shape)!s:22}{weights_of(layer):7,}")
for size, latent, paper in ((16, 32, 12), (32, 32, 16), (64, 100, 128)):
    with torch.device("meta"):
        pair = DCGANGenerator(size, 3, latent, paper), DCGANDiscriminator(size, 3, paper)
    print(f"{size:2} pixels, width {paper:3}: G has {weights_of(pair[0]):10,} weights, D {weights_of(pair[1]):10,}")

# %% [markdown]
# ### Digits
#
# Now train it: the loop of chapter 02, which is `Trainer`. Ours is a small network and a short run, so the learning
# rate is 0.001, five times the paper's (in the next section we measure whether that hurts). Samples come from a moving
# average of $G$. About fifteen seconds.

# %%
device = runtime.device()
print(runtime.describe_device(device))
images, _ = digits(16)


def dcgan_trainer(generator, discriminator, data, batch_size, lr):
    """A Trainer with DCGAN's recipe and a moving average of G."""
    adam = {"lr": lr, "betas": (0.5, 0.999), "fused": True}
    gan = GAN(generator, discriminator).to(device)
    optimizer_d, optimizer_g = (Adam(player.parameters(), **adam) for player in (gan.discriminator, gan.generator))
    batches = Batches(data.to(device), batch_size, seed=0)
    return Trainer(gan, batches, optimizer_d=optimizer_d, optimizer_g=optimizer_g, decay=0.99)


# %%
runtime.seed_everything(0)
trainer = dcgan_trainer(DCGANGenerator(16, 1, latent_dim, width), DCGANDiscriminator(16, 1, width), images, 64, lr=1e-3)
updates = runtime.budget(full=900, quick=20)
noise = torch.randn(2000, latent_dim, generator=torch.Generator().manual_seed(1))
before = metrics.checkerboard(trainer.sample(noise[:200]).cpu())
view = viz.TrainingView(lambda: trainer.sample(noise[:64]).cpu(), total=updates, moments=(0, 50, 200, 500, updates))
for _ in view.watch(trainer.rounds(updates)):
    pass

# %%
fakes = trainer.sample(noise).cpu()
for name, pictures in (("real digits", images), ("DCGAN", fakes)):
    print(f"{name:12}{metrics.score_digits(pictures)}")
print(f"checkerboard: {before:.2%} before training, {metrics.checkerboard(fakes):.2%} after", end="")
print(f" (real digits {metrics.checkerboard(images):.2%})")

# %% [markdown]
# Readable digits, all ten of them, and the checkerboard has been learned away. But be fair: the fully connected GAN of
# chapter 00 came to a distance of about 0.5, with digits of 8 × 8 pixels and more time. On pictures this small,
# convolutions save weights but no time on a CPU. Their hour comes with larger pictures and colours.
#
# ### Avatars
#
# The second data set of this course are avatars: faces drawn by a program, with known hair, eyes, hairstyle, mouth and
# glasses. A judge, trained by the course on such pictures, reads these attributes from a picture. `score_avatars` gives
# three numbers: the Fréchet distance on its features, the share of pictures that it can read with confidence, and
# *attribute coverage*: of the 64 combinations of hair colour, hairstyle and glasses, the share that occurs at least
# half as often as among real avatars. Twenty seconds of training, on 2,000 avatars of 32 × 32 pixels:

# %%
faces, _ = avatars.avatars(2000, 32, seed=0)
runtime.seed_everything(0)
face_trainer = dcgan_trainer(DCGANGenerator(32, 3, 32, 16), DCGANDiscriminator(32, 3, 16), faces, 16, lr=3e-4)
updates = runtime.budget(full=900, quick=20)
noise = torch.randn(2000, 32, generator=torch.Generator().manual_seed(1))
moments = (0, 50, 200, 500, updates)
view = viz.TrainingView(lambda: face_trainer.sample(noise[:64]).cpu(), total=updates, moments=moments)
for _ in view.watch(face_trainer.rounds(updates)):
    pass


# %% [markdown]
# Twenty seconds give faces, and hair, and no end of accidents. With the course comes a generator that was trained for
# longer (about twelve minutes of one CPU core, where it was made) and as a WGAN-GP: with the loss of chapter 04, as you
# will do yourself in chapter 06. The command that made it is stored beside its weights.

# %%
best = models.pretrained("avatars")
made = json.loads((runtime.ASSETS / "generators" / "avatars.json").read_text())
print(fill(made["command"], 110))
print(f"{weights_of(best):,} weights; z has {best.latent_dim} entries")

# %% tags=["cover"]
best_z = torch.randn(2000, best.latent_dim, generator=torch.Generator().manual_seed(1))
with evaluation(best):
    good = best(best_z)
short = face_trainer.sample(noise).cpu()
viz.image_strip(
    [("real", faces[:20]), ("20 seconds", short[:20]), ("trained longer", good[:20])],
    columns=5,
    alt="Twenty avatars each: real ones; after twenty seconds, smeared faces with hair; from the generator that was "
    "trained longer, clear faces with a few blemishes.",
)

# %%
fresh, _ = avatars.avatars(2000, 32, seed=5)
for name, pictures in (("other real avatars", fresh), ("20 seconds", short), ("trained longer", good)):
    print(f"{name:20}{metrics.score_avatars(pictures)}")

# %% [markdown]
# Mind that the three numbers need not agree. The Fréchet distance compares crowds, so it also punishes what all fakes
# have in common, such as grain. The other two ask whether single pictures can be read, and how many kinds there are.
#
# **Does it copy?** A clean copy would be nearer to one of the avatars that it was trained on than a new real avatar is.
# Grain adds to every distance, though, so look at the pairs as well: is it the same face, only noisier?

# %%
def nearest_training_face(pictures):
    return torch.cdist(pictures.flatten(1), trained_on.flatten(1)).min(1)


count = int(made["command"].split("--count ")[1].split()[0])
trained_on, _ = avatars.avatars(count, 32)
for name, pictures in (("generated", good[:300]), ("new real avatars", fresh[:300])):
    distance = nearest_training_face(pictures).values
    print(f"{name:18}distance to the nearest training face:", end=" ")
    print(f"{distance.median():.1f} (median), {distance.min():.1f} (least)")
twins = trained_on[nearest_training_face(good[:10]).indices]
viz.image_strip(
    [("generated", good[:10]), ("nearest training face", twins)],
    columns=10,
    alt="Ten generated faces in one row, and the training face nearest to each: alike in colours, different in detail.",
)

# %% [markdown]
# ### Batch norm turns a batch into a crowd
#
# Batch norm subtracts the mean of a channel over *the whole batch* and divides by its deviation. So in training a
# picture depends on its companions. (Chapter 04 met this in the critic, as cross-gradients.) Take one $z$ and put it
# into batches with different companions; then take one real face and show it to $D$ in different company.

# %%
runtime.seed_everything(0)
G, D = (deepcopy(player).cpu() for player in (face_trainer.gan.generator, face_trainer.gan.discriminator))
one, crowds = torch.randn(1, 32), [torch.randn(15, 32) for _ in range(6)]
with torch.no_grad():
    same_z = {
        mode: torch.cat([getattr(G, mode)()(torch.cat([one, crowd]))[:1] for crowd in crowds])
        for mode in ("train", "eval")
    }
for mode, pictures in same_z.items():
    print(f"G.{mode + '()':8} largest change of a pixel (of −1 to 1): {(pictures - pictures[0]).abs().max():.3f}")

company = {
    "real faces": [faces[15 * i : 15 * i + 15] for i in range(1, 7)],
    "fakes": [face_trainer.sample(crowd).cpu() for crowd in crowds],
}
for mode in ("train", "eval"):
    for name, batches in company.items():
        with torch.no_grad():
            logits = torch.stack([getattr(D, mode)()(torch.cat([faces[:1], others]))[0] for others in batches])
        print(f"D.{mode + '()':8} logit of one real face among {name:11} {logits.mean():6.2f} ± {logits.std():.2f}")

# %%
drawn = same_z["train"]
added = 5 * (drawn - drawn.mean(0))
viz.image_strip(
    [("train(): one z, six crowds", drawn), ("what each adds to their mean, × 5", added)],
    columns=6,
    alt="One z drawn in six batches, in training mode: six faces that look alike. Beside them what each adds to their "
    "mean, five times as strong: another pattern of colours in each.",
)

# %% [markdown]
# - The same $z$ gives another picture in each batch, as long as $G$ is in training mode. Here the eye hardly sees it, and
#   the numbers do. In evaluation mode batch norm uses averages that it has collected, and the picture is $G(z)$ and
#   nothing else. So **call `eval()` before you sample**. (`Trainer.sample` does.)
# - $D$ judges the same real face by its company. That is why real samples and fakes go through $D$ in **separate
#   batches**, as in all our loops: mixed, the statistics of the batch carry the answer from one sample to another.


# %% [markdown]
# ## Each rule, switched off
#
# Which of the rules carry the weight? The course has broken them one at a time: the same digits, the same budget of
# 400 updates, the same seeds, and one thing changed. (`ganlib/studies/dcgan_rules.py` is the code; the command
# `python -m ganlib.studies.dcgan_rules` makes the table again.)

# %%
worst_rule = viz.Prediction(
    "Which of these changes makes the Fréchet distance worst?",
    [
        "no batch norm in either player",
        "ReLU instead of LeakyReLU in D",
        "a fully connected hidden layer in both players",
        "max pooling in D",
        "Adam with its usual beta1 = 0.9",
    ],
)
worst_rule

# %% tags=["nbval-check-output"]
rows = studies.read("dcgan_rules")
rules = studies.ratios(rows, "fid", "DCGAN")
base = studies.summary(rows, "fid")["DCGAN"]
print(f"DCGAN as it is: Fréchet distance {base.mean:.1f} (mean of {base.n} seeds)")
print("what is changed             distance times   95 % interval     verdict")
for effect in sorted(rules, key=lambda effect: -effect.value):
    interval = f"{effect.low:.2f} to {effect.high:.2f}"
    print(f"{effect.variant:27}{effect.value:10.2f}      {interval:18}{effect.verdict}")
asked = ("no batch norm", "ReLU in D", "hidden linear layers", "pooling in D", "beta1 = 0.9")
choices = dict(zip(asked, worst_rule.choices, strict=True))
among = [effect for effect in rules if effect.variant in choices]
worst_rule.reveal(choices[max(among, key=lambda effect: effect.value).variant])

# %%
viz.effect_plot(rules, "Fréchet distance against DCGAN's, each rule broken")

# %% [markdown]
# What each name stands for:

# %%
for name, change in dcgan_rules.VARIANTS.items():
    print(f"{name:23} {' '.join(change.__doc__.split())}")

# %% [markdown]
# A hidden linear layer is the disaster of this list, in the form that was tried. Adam with its usual $\beta_1$, and
# batch norm that is absent or in the wrong place, follow at some distance. Max pooling in $D$, which the rules forbid,
# even helps here: rules that were found on other data with other networks are a place to start, not laws.
#
# How to read the numbers. A factor of 2 means twice the distance of the unchanged DCGAN. The interval is that of the
# mean over the seeds, each compared with the unchanged run of the same seed; where it contains 1, this study has seen
# no difference. That is not a proof that there is none. And of 20 intervals of 95 % one misses the truth by chance, so
# do not build on a single one that just misses 1. All of it holds for small pictures, small networks and short runs.
#
# Do not take a table's word for it. Here are two of its rows again, live, with the same settings: about ten seconds.

# %%
def again(variant, seed=0):
    """The samples of one row of the study, trained anew."""
    updates = runtime.budget(full=dcgan_rules.UPDATES, quick=10)
    change = dcgan_rules.VARIANTS[variant]
    return digits_samples(change, seed, updates, partial(tqdm, total=updates, desc=variant, leave=False))[0]


worst = max(rules, key=lambda effect: effect.value).variant
anew = {variant: again(variant) for variant in ("DCGAN", worst)}
stored = {row["variant"]: row["fid"] for row in studies.read("dcgan_rules") if row["seed"] == 0}
for variant, pictures in anew.items():
    print(f"{variant:24} table {stored[variant]:6.2f}   now {metrics.score_digits(pictures).fid:6.2f}")

# %%
viz.image_strip(
    [(variant, pictures[:24]) for variant, pictures in anew.items()],
    columns=8,
    alt="Digits of two of the runs: DCGAN as it is, whose digits can be read, and the change that hurt most.",
)

# %% [markdown]
# With the hidden layer, $G$ paints one smudge in different brightness. (Which of the two players' layers is to blame?
# Change the function in the study, and see.) On the machine that made the table the numbers agree to the last digit. On
# another one, rounding differs, and a GAN makes much of little: expect the same picture, not the same number.


# %% [markdown]
# ## Walking through the latent space
#
# $G$ is a function. Its pictures depend on $z$ alone, and they depend on it smoothly. So every picture has neighbours,
# and you can walk. Each slider below is one entry of $z$; those that change the picture most come first. *Surprise me*
# draws a new $z$. The other views go from one point to another, do arithmetic, and show many pictures at once. What the
# judge reads stands below the picture.

# %%
with evaluation(best):
    read = metrics.read_avatars(best(best_z))


def mean_difference(attribute, value):
    """The mean z of pictures that the judge reads with this value, minus the mean of all others."""
    has = read.values[attribute] == avatars.VOCABULARY[attribute].index(value)
    return best_z[has].mean(0) - best_z[~has].mean(0)


named = [("glasses", "glasses"), ("hairstyle", "long"), ("hairstyle", "short"), ("mouth", "smile"), ("hair", "blue")]
directions = {value: mean_difference(attribute, value) for attribute, value in named}
lab = viz.LatentExplorer(best, judge=lambda images: metrics.read_avatars(images).words(), directions=directions)
lab

# %% [markdown]
# Try this:
#
# 1. *Sliders*: find an entry that changes the hair, and one that does next to nothing. Does any entry change one
#    attribute only?
# 2. *Interpolation*: choose two ends, and walk. Is there a place where the hair changes all at once? Watch the length
#    of $z$, straight and spherical.
# 3. *Directions*: how far must you go until everybody wears glasses? What else changes on the way?
# 4. *Samples*: shrink all $z$ towards 0. What happens to the variety?
#
# ### Is it smooth?
#
# If $G$ had learned its training faces by heart, a walk would show one face for a while and then jump to another.
# Measure it: 40 walks between random ends, in 32 steps each.

# %%
walkers = torch.Generator().manual_seed(2)
ends = torch.randn(40, 2, best.latent_dim, generator=walkers)
t = torch.linspace(0, 1, 33)
with evaluation(best):
    walks = torch.stack([best(spherical(a, b, t)) for a, b in ends])
    steps = (walks[:, 1:] - walks[:, :-1]).flatten(2).norm(dim=2)
    apart = (walks[:, 0] - walks[:, -1]).flatten(1).norm(dim=1)
print(f"distance of two random pictures:      {apart.mean():.1f}")
print(f"distance of two neighbours on a walk: {steps.mean():.1f} on average, {steps.max():.1f} at most")
print(f"largest step of each walk, as a share of the way between its ends: {(steps.max(1).values / apart).mean():.0%}")
print(f"a straight way in 32 equal steps would have steps of {1 / 32:.0%}")
viz.image_grid(
    walks[:4, ::4].flatten(0, 1),
    columns=9,
    width=8,
    alt="Four walks of nine faces each: hair, colours and shapes change gradually from left to right.",
)

# %% [markdown]
# ### Straight or along the sphere?
#
# Between two points the straight line is the shortest. But look where it passes. $z$ has $d$ entries drawn from
# $N(0, 1)$. Its length follows the *chi* distribution: about $\sqrt{d}$, and hardly ever far from it. In many
# dimensions noise lives near a **sphere**. The middle of two independent draws, $(z_0 + z_1)/2$, has entries of
# variance $1/2$, so its length is about $\sqrt{d/2}$: inside the sphere, where $G$ has hardly ever been trained.

# %% tags=["nbval-check-output"]
runtime.seed_everything(0)
print("         length of z            length of the middle     share of all z")
print("d        measured   chi (mean ± deviation)   measured   sqrt(d/2)   as short as that")
for d in (2, 16, 32, 100, 512):
    z0, z1 = torch.randn(2, 20_000, d)
    middle, chi = ((z0 + z1) / 2).norm(dim=1).mean(), stats.chi(d)
    print(f"{d:3}{z0.norm(dim=1).mean():14.2f}{chi.mean():9.2f} ± {chi.std():.2f}", end="")
    print(f"{middle:23.2f}{sqrt(d / 2):12.2f}{chi.cdf(middle):19.2g}")

# %% [markdown]
# With $d = 100$, six draws in a million are as short as a typical middle. The cure is to walk along the sphere
# (White 2016, arXiv 1609.04468): with $\omega$ the angle between the ends,
#
# $$\mathrm{slerp}(z_0, z_1, t) = \frac{\sin((1 - t)\,\omega)\, z_0 + \sin(t\,\omega)\, z_1}{\sin \omega}.$$
#
# **Exercise 4** is this line. But does it matter to *our* $G$, which has a smaller $d$? Score the middles.

# %%
about_middles = viz.Prediction(
    "2,000 pictures from straight middles, 2,000 from spherical ones. How do they compare?",
    [
        "about the same distance",
        "straight: larger distance, fewer combinations",
        "straight: larger distance, more combinations",
        "straight: smaller distance",
    ],
)
about_middles

# %%
ends = torch.randn(2, 2000, best.latent_dim, generator=walkers)
half = torch.tensor([0.5])
arcs = torch.cat([spherical(a, b, half) for a, b in zip(*ends, strict=True)])
scored = {}
print(f"d = {best.latent_dim}")
for name, z in (("draws", ends[0]), ("straight middles", ends.mean(0)), ("spherical middles", arcs)):
    with evaluation(best):
        scored[name] = metrics.score_avatars(best(z))
    print(f"{name:18} length {z.norm(dim=1).mean():.2f}   {scored[name]}")
straight_ones, arc_ones = scored["straight middles"], scored["spherical middles"]
larger, fewer = straight_ones.fid / arc_ones.fid, straight_ones.coverage < arc_ones.coverage
about_middles.reveal(about_middles.choices[0 if 0.9 < larger < 1.1 else 3 if larger <= 0.9 else 1 if fewer else 2])

# %% [markdown]
# The straight middles are worse, and their only fault is their length: noise as short as that, $G$ has hardly ever met
# in training. It does not know what to do there, and it makes fewer kinds of faces.
#
# ### Arithmetic with noise
#
# The most quoted figure of the DCGAN paper adds and subtracts faces: a man with glasses, minus a man without, plus a
# woman without, is a woman with glasses. Not with pixels: with the *means of three* noise vectors each. Nobody told
# $G$ about glasses. Here is the same sum, and then the question that the figure leaves open: how often does it work?


# %%
def with_reading(n, **wanted):
    """The first n of the noise vectors whose pictures the judge reads like this, and is sure of."""
    fits = read.confident()
    for name, value in wanted.items():
        fits = fits & (read.values[name] == avatars.VOCABULARY[name].index(value))
    return best_z[fits][:n]


kinds = (("short", "glasses"), ("short", "none"), ("long", "none"))
pools = [with_reading(2000, hairstyle=style, glasses=worn) for style, worn in kinds]
a, b, c = (pool[:3] for pool in pools)
result = a.mean(0) - b.mean(0) + c.mean(0)
around = result + 0.25 * torch.randn(2, best.latent_dim, generator=walkers)
with evaluation(best):
    sums = [(words, best(z)) for words, z in (("short, glasses", a), ("− short, none", b), ("+ long, none", c))]
    sums.append(("= ?", best(torch.cat([result[None], around]))))
print("the judge reads:", "; ".join(metrics.read_avatars(sums[-1][1]).words()))
viz.image_strip(
    sums,
    columns=3,
    alt="Three faces with short hair and glasses, minus three with short hair and none, plus three with long hair and "
    "none; the result: faces with long hair, and glasses if the sum worked.",
)


# %%
def sums_of_means(n, count=300):
    """Sums like the one above: each of three means of n vectors, drawn anew."""
    a, b, c = (pool[torch.randint(len(pool), (count, n), generator=walkers)].mean(1) for pool in pools)
    return a - b + c


print("means of    glasses   long hair        both      length")
for n in (1, 3, 10, 30):
    z = sums_of_means(n)
    with evaluation(best):
        values = metrics.read_avatars(best(z)).values
    worn, long = values["glasses"] == 1, values["hairstyle"] == avatars.VOCABULARY["hairstyle"].index("long")
    shares = "".join(f"{share.float().mean():12.0%}" for share in (worn, long, worn & long))
    print(f"{n:5} {shares}{z.norm(dim=1).mean():12.2f}")

# %% [markdown]
# With single vectors the sum works about half of the time, with means of three in most cases, with means of ten nearly
# always: averaging cancels what the faces of a group do not share. (In the picture it failed: long hair, no glasses.
# One example proves little, for or against.) But averages are short, and you have just seen what $G$ makes of short
# noise: with means of thirty, all sums give nearly the same face. So move single faces instead, by a step.


# %%
new_z = torch.randn(800, best.latent_dim, generator=walkers)  # none of those that gave the direction
with evaluation(best):
    new_read = metrics.read_avatars(best(new_z))
bare = new_z[(new_read.values["glasses"] == 0) & new_read.confident()][:200]
with evaluation(best):
    earlier = metrics.read_avatars(best(bare))


def moved_by(step):
    """What the judge reads of the bare faces after a step: share with glasses, share with hair, style, mouth kept."""
    with evaluation(best):
        later = metrics.read_avatars(best(bare + step)).values
    kept = [(later[name] == earlier.values[name]).float().mean() for name in ("hair", "hairstyle", "mouth")]
    return [later["glasses"].float().mean(), *kept]


direction = directions["glasses"]
others = [F.normalize(torch.randn(best.latent_dim, generator=walkers), dim=0) * direction.norm() for _ in range(4)]
print("            along the mean difference               in a random direction (mean of 4)")
print("length     glasses    hair   style   mouth          glasses    hair   style   mouth")
for strength in (0.5, 1.0, 1.5, 2.0, 3.0):
    row = f"{strength * direction.norm():6.2f} "
    for steps in ([strength * direction], [strength * other for other in others]):
        shares = torch.tensor([moved_by(step) for step in steps]).mean(0).tolist()
        row += "{:11.0%}{:8.0%}{:8.0%}{:8.0%}      ".format(*shares)
    print(row.rstrip())

# %% [markdown]
# A step of length 1.4 along the mean difference puts glasses on most faces; random steps of the same length do so on
# far fewer. (The judge says so, and it never saw a $z$.) Hair and hairstyle mostly survive the step; the longer it is,
# the more gets lost. So a direction is not a clean switch for one attribute. $G$ was never asked for one: any rotation
# of the latent space would have served it as well. Chapter 07 builds generators that are told what to draw.


# %% [markdown]
# ## Tricks on the scales
#
# Since 2014 people have collected tricks that make GANs train better. Each has its story; here each gets a line of
# formula, its source, and a number. $f(x)$ are the features of $x$ inside $D$, before its last layer.
#
# | trick | what it does | source | here |
# |---|---|---|---|
# | feature matching | $G$: $\lVert \mathbb{E} f(x) - \mathbb{E} f(G(z)) \rVert^2$ | arXiv 1606.03498, 3.1 | measured |
# | minibatch discrimination | $D$ sees $\sum_j e^{-\lVert M_i - M_j \rVert_1}$ | arXiv 1606.03498, 3.2 | measured |
# | minibatch deviation | $D$ also sees the deviation of $f$ over the batch | arXiv 1710.10196, 3 | measured |
# | label smoothing, one-sided | real samples count as $\alpha = 0.9$ real | arXiv 1606.03498, 3.4 | measured |
# | instance noise | $D$ sees all $x$ as $x + \sigma \varepsilon$; $\sigma$ fades | arXiv 1610.04490 | measured |
# | spectral norm | each weight of $D$ over its largest singular value, no batch norm | arXiv 1802.05957 | measured |
# | hinge | $\mathbb{E} \max(0, 1 - D(x)) + \mathbb{E} \max(0, 1 + D(G(z)))$ | arXiv 1705.02894 | measured |
# | least squares | $\frac12 \mathbb{E}(D(x) - 1)^2 + \frac12 \mathbb{E} D(G(z))^2$ | arXiv 1611.04076 | measured |
# | moving average | sample with $\bar\theta \leftarrow 0.99\,\bar\theta + 0.01\,\theta$ | arXiv 1806.04498 | measured |
# | separate batches | real and fake never share a batch norm | Chintala et al. 2016 | measured |
# | tanh, and data in [−1, 1] | both have one range | Chintala et al. 2016 | measured above |
# | Adam with $\beta_1 = 0.5$ | a shorter momentum | arXiv 1511.06434, 4 | measured above |
# | historical averaging | a penalty for leaving the average of all weights so far | arXiv 1606.03498, 3.3 | reported |
# | flipped labels | now and then $D$ gets wrong labels | Chintala et al. 2016 | reported |
# | dropout in $G$ | noise in its hidden layers, also when sampling | Chintala et al. 2016 | reported |
#
# *Reported* means: others say so, this course has not checked. (On average, labels flipped with probability 0.1 cost
# what soft labels cost.) The rest was measured as the rules were: same digits, budget and seeds
# (`ganlib/studies/tricks.py`).

# %% tags=["nbval-check-output"]
trick_rows = studies.read("tricks")
effects = studies.ratios(trick_rows, "fid", "DCGAN")
print("measured here: digits, 16 pixels, 400 updates; a factor below 1 is good")
print("trick                        distance times   95 % interval     verdict")
for effect in sorted(effects, key=lambda effect: effect.value):
    interval = f"{effect.low:.2f} to {effect.high:.2f}"
    print(f"{effect.variant:27}{effect.value:10.2f}      {interval:18}{effect.verdict}")

# %%
viz.effect_plot(effects, "Fréchet distance against DCGAN's, one trick added")

# %% [markdown]
# Most tricks do nothing to the Fréchet distance that this study can see. That is a finding, too. A trick may need
# larger networks, longer runs, or the trouble that it was made for; and each was taken with its usual settings, while
# the DCGAN that it joins has been tuned. One line is beyond doubt: never show $D$ real samples and fakes in one batch
# if it has batch norm.
#
# The first three tricks of the table do not promise nicer digits. They promise *variety*. So test them where variety
# can be counted: eight clusters on a ring, and a baseline that is known to drop most of them (a discriminator so sharp
# that $G$ hops from one cluster to the next). How many of the eight do 2,500 samples cover?

# %% tags=["nbval-check-output"]
mode_rows = studies.read("mode_dropping")
quality, uneven = (studies.summary(mode_rows, measure) for measure in ("high_quality", "reverse_kl"))
gains = studies.differences(mode_rows, "modes", "GAN")
evener = {effect.variant: effect for effect in studies.differences(mode_rows, "reverse_kl", "GAN", gain=-1)}
base = studies.summary(mode_rows, "modes")["GAN"]
print(f"GAN as it is: {base.mean:.1f} of 8 clusters (mean of {base.n} seeds)")
print(f"samples on a cluster {quality['GAN'].mean:.0%}, reverse KL {uneven['GAN'].mean:.2f} nats")
print("                          clusters                               samples on   reverse KL")
print("trick                     more   95 % interval verdict           a cluster    and verdict")
for effect in sorted(gains, key=lambda effect: -effect.value):
    name, interval = effect.variant, f"{effect.low:z.1f} to {effect.high:z.1f}"
    print(f"{name:26}{effect.value:z4.1f}   {interval:14}{effect.verdict:18}", end="")
    print(f"{quality[name].mean:8.0%}     {uneven[name].mean:.2f} {evener[name].verdict}")

# %% [markdown]
# *Samples on a cluster* are those within three standard deviations of a centre; a cluster counts as covered if one is
# there. The *reverse KL* says how unevenly all samples are spread, each counted for its nearest centre: $\log 8 = 2.08$
# nats if they all belong to one, 0 if each centre has its share.
#
# Where variety is the question, tricks do something. Feature matching finds more clusters; both tricks that show $D$
# the batch, and instance noise, spread the samples more evenly. There is a price: many samples now lie *off* the
# clusters, and with minibatch discrimination most of them do. And one or two clusters more, where six or
# seven are missing, is no cure. The R1 penalty of chapter 02, which blunts the too sharp $D$, acts on the cause. It
# finds the most clusters, and it pays with quality, too.

# %% [markdown]
# ### What label smoothing does to $D^*$
#
# With targets $\alpha$ for real samples and $\beta$ for fakes, the pointwise argument of chapter 03 gives
#
# $$D^*(x) = \frac{\alpha\,p(x) + \beta\,q(x)}{p(x) + q(x)}.$$
#
# ($p$ is the data, $q$ the fakes.) One-sided means $\beta = 0$: then $D^*$ is the old one times $\alpha$, and $D$ is
# never surer than 0.9. Take five places with known $p$ and $q$, let one free logit for each place minimise the loss,
# and compare.

# %% tags=["nbval-check-output"]
p, q = torch.tensor([0.6, 0.3, 0.1, 0.0, 0.0]).double(), torch.tensor([0.0, 0.1, 0.3, 0.4, 0.2]).double()
print("place:              " + "".join(f"{i:9}" for i in range(1, 6)))
print("p                   " + "".join(f"{value:9.3f}" for value in p))
print("q                   " + "".join(f"{value:9.3f}" for value in q))
for alpha, beta in ((0.9, 0.0), (0.9, 0.1)):
    logits = torch.zeros(5, dtype=torch.float64, requires_grad=True)
    optimizer = LBFGS([logits], max_iter=500, tolerance_grad=1e-12, line_search_fn="strong_wolfe")

    def loss(alpha=alpha, beta=beta, logits=logits, optimizer=optimizer):
        optimizer.zero_grad()
        log_d, log_not_d = F.logsigmoid(logits), F.logsigmoid(-logits)
        value = -(p * (alpha * log_d + (1 - alpha) * log_not_d) + q * (beta * log_d + (1 - beta) * log_not_d)).sum()
        value.backward()
        return value

    optimizer.step(loss)
    print(f"α = {alpha}, β = {beta}: D " + "".join(f"{value:9.3f}" for value in logits.sigmoid()))
    print("              theory" + "".join(f"{value:9.3f}" for value in (alpha * p + beta * q) / (p + q)))

# %% [markdown]
# Look at places 4 and 5, where there are only fakes. With $\beta = 0$ the best $D$ says 0. With two-sided smoothing it
# says 0.1: $q$ stands in the numerator, so fakes count as 10 % real where there is nothing real at all, and more fakes
# do not lower that. So, the paper argues, they have no reason to move, and it smooths one side only. **Exercise 7** is
# this loss.
#
# ### What minibatch discrimination sees
#
# A collapsed $G$ makes the same picture again and again, and each of them may look real. $D$ judges samples one by one,
# so it cannot notice. Minibatch discrimination shows it how close the samples of a batch are. ($M_i$ is a learned
# matrix times $f(x_i)$; **exercise 6**.) Even with an untrained matrix the number speaks.

# %%
runtime.seed_everything(0)
D = deepcopy(face_trainer.gan.discriminator).cpu().eval()
layer = models.MinibatchDiscrimination(D.feature_dim, out_features=16, kernel_features=5)
batches = {
    "32 real faces": faces[:32],
    "32 generated faces": good[:32],
    "one generated face, 32 times, a little noise": good[:1] + 0.05 * torch.randn(32, 3, 32, 32),
}
for name, batch in batches.items():
    with torch.no_grad():
        o = layer.closeness(D.features(batch))
    print(f"{name:45} o is {o.mean():5.2f} on average (1 is alone, 32 all alike)")


# %% [markdown]
# ## Exercises
#
# Replace the line with `raise` and run the cell. The check says what is wrong, if anything is.
#
# ### Exercise 1: what the floor forgot
#
# A convolution with kernel `k`, stride `s` and padding `p` takes `i` numbers to $o = \lfloor (i + 2p - k)/s \rfloor +
# 1$. A transposed convolution with the same three takes $o$ back to $(o - 1)s - 2p + k$, which may be less than `i`.
# Write `output_padding(i, k, s, p)`: how many numbers are missing. (All four are integers, and the kernel fits.)


# %% tags=["exercise", "raises-exception"]
def output_padding(i, k, s, p):
    raise NotImplementedError


if checks.output_padding(output_padding):
    for i in (7, 8):
        row = F.conv1d(torch.randn(1, 1, i), torch.randn(1, 1, 3), stride=2, padding=1)
        back = F.conv_transpose1d(row, torch.randn(1, 1, 3), None, 2, 1, output_padding(i, 3, 2, 1))
        print(f"{i} -> {row.shape[2]} -> {back.shape[2]}")

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# The kernel could move i + 2p − k places, but it only stops at multiples of s. What is left over?
# </details>
# <details><summary>Hint 2</summary>
#
# The operator <code>%</code> gives the rest of a division.
# </details>


# %% tags=["solution"] jupyter={"source_hidden": true}
# BEGIN SOLUTION
def solution(i, k, s, p):
    return (i + 2 * p - k) % s


checks.output_padding(solution)
# END SOLUTION

# %% [markdown]
# ### Exercise 2: the same by zeros
#
# A transposed convolution can be computed by an ordinary one. Set the entries of `x` apart with zeros, so that they
# are `stride` places from each other; put a border of zeros around, $k - 1 - p$ wide; and run a convolution **with
# stride 1** over it. One thing must be done to the kernel first. Write `transposed_by_zeros(x, kernel, stride,
# padding)` for one channel: `x` of shape $(H, W)$ and `kernel` of shape $(a, b)$, which need not be square ($k$ is $a$
# for rows and $b$ for columns). Use `F.conv2d` if you like; `padding` is never larger than $k - 1$.


# %% tags=["exercise", "raises-exception"]
def transposed_by_zeros(x, kernel, stride, padding):
    raise NotImplementedError


if checks.transposed_by_zeros(transposed_by_zeros):
    small = halve(digit)[0, 0].float()
    yours = transposed_by_zeros(small, blur_kernel[0, 0].float(), 2, 1)
    print(f"the digit sent back, largest difference: {(yours - send_back(halve(digit))[0, 0]).abs().max():.1e}")

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Make a tensor of zeros, and assign x to every stride-th row and column of it: a slice can have a step. The last entry
# has no zeros behind it, so there are (H − 1) · stride + 1 rows.
# </details>
# <details><summary>Hint 2</summary>
#
# An entry x stamps the kernel to its right and below. The convolution collects: the output that is j places to the
# right of x meets x under its weight number k − 1 − j. So the kernel must be turned round, in both directions.
# </details>


# %% tags=["solution"] jupyter={"source_hidden": true}
# BEGIN SOLUTION
def solution(x, kernel, stride, padding):
    wide = x.new_zeros([(n - 1) * stride + 1 for n in x.shape])
    wide[::stride, ::stride] = x
    border = [k - 1 - padding for k in kernel.shape]
    return F.conv2d(wide[None, None], kernel.flip(0, 1)[None, None], padding=border)[0, 0]


checks.transposed_by_zeros(solution)
# END SOLUTION

# %% [markdown]
# That is why the layer is also called *fractionally strided*: among the zeros, a step of one place is a step of $1/s$
# of an input.
#
# ### Exercise 3: count the stamps
#
# Write `overlap_count(n, kernel, stride)`: on a line, `n` inputs each stamp a kernel of size `kernel`, `stride` places
# apart, no padding. Return how many stamps cover each place of the result, as a list or a tensor. Count; do not call a
# convolution.


# %% tags=["exercise", "raises-exception"]
def overlap_count(n, kernel, stride):
    raise NotImplementedError


if checks.overlap_count(overlap_count):
    for k in range(2, 8):
        inside = list(overlap_count(12, k, 3))[12:-12]
        print(f"stride 3, kernel {k}: {'even' if len(set(map(int, inside))) == 1 else 'uneven'}")

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# Input i covers the places i · stride to i · stride + kernel − 1.
# </details>
# <details><summary>Hint 2</summary>
#
# Start with a row of zeros, (n − 1) · stride + kernel long, and add 1 for each input to the places that it covers.
# </details>


# %% tags=["solution"] jupyter={"source_hidden": true}
# BEGIN SOLUTION
def solution(n, kernel, stride):
    counts = torch.zeros((n - 1) * stride + kernel)
    for i in range(n):
        counts[i * stride : i * stride + kernel] += 1
    return counts


checks.overlap_count(solution)
# END SOLUTION

# %% [markdown]
# ### Exercise 4: along the sphere
#
# Write `slerp(z0, z1, t)`, the spherical interpolation between two vectors of shape $(d,)$, for a number $t$. The angle
# $\omega$ is that between the two directions; the vectors themselves may have any length. If they have the same
# direction, $\sin \omega = 0$: go straight then, $(1 - t)\,z_0 + t\,z_1$, and do not let rounding errors decide.


# %% tags=["exercise", "raises-exception"]
def slerp(z0, z1, t):
    raise NotImplementedError


if checks.slerp(slerp):
    z0, z1 = torch.randn(2, 100)
    for t in (0.0, 0.25, 0.5, 1.0):
        arc, straight = slerp(z0, z1, t), torch.lerp(z0, z1, t)
        print(f"t = {t:<4}  length {arc.norm():5.2f}, on the straight way {straight.norm():5.2f}")

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# The cosine of the angle is the scalar product divided by both lengths; <code>torch.arccos</code> makes it an angle.
# Rounding can push a cosine above 1, and then the angle is NaN: <code>clamp</code> it.
# </details>
# <details><summary>Hint 2</summary>
#
# Return the straight way if the angle is below 0.001, say.
# </details>


# %% tags=["solution"] jupyter={"source_hidden": true}
# BEGIN SOLUTION
def solution(z0, z1, t):
    omega = torch.arccos((z0 @ z1 / (z0.norm() * z1.norm())).clamp(-1, 1))
    if omega < 1e-3:
        return torch.lerp(z0, z1, t)
    return (torch.sin((1 - t) * omega) * z0 + torch.sin(t * omega) * z1) / torch.sin(omega)


checks.slerp(solution)
# END SOLUTION

# %% [markdown]
# ### Exercise 5: match the features
#
# Write `feature_matching_loss(real_features, fake_features)`: $\lVert \mathbb{E} f(x) - \mathbb{E} f(G(z))
# \rVert^2$, the squared Euclidean length of the difference of two averages. Both arguments have shape $(N, d)$, and
# the two batches may differ in size. Gradients must reach the fakes.


# %% tags=["exercise", "raises-exception"]
def feature_matching_loss(real_features, fake_features):
    raise NotImplementedError


if checks.feature_matching_loss(feature_matching_loss):
    features = torch.randn(64, 50)
    print(f"a batch against itself: {feature_matching_loss(features, features):.4f}")
    print(f"against its own average, 64 times: {feature_matching_loss(features, features.mean(0).expand(64, 50)):.4f}")

# %% [markdown]
# <details><summary>Hint</summary>
#
# Average over dimension 0 first. Then subtract, square, and add up.
# </details>


# %% tags=["solution"] jupyter={"source_hidden": true}
# BEGIN SOLUTION
def solution(real_features, fake_features):
    return (real_features.mean(0) - fake_features.mean(0)).square().sum()


checks.feature_matching_loss(solution)
# END SOLUTION

# %% [markdown]
# The second line of the output is a warning: averages say nothing about variety. A $G$ that always makes the average
# would pay nothing either. It is $D$, still learning, that has to find features in which this shows.
#
# ### Exercise 6: how alike is a batch?
#
# Write `minibatch_similarity(M)` for minibatch discrimination. `M` has shape $(N, B, C)$: for each of $N$ samples, $B$
# rows of $C$ numbers. The result has shape $(N, B)$:
#
# $$o_{ib} = \sum_{j=1}^{N} \exp\Bigl(-\sum_{c} \lvert M_{ibc} - M_{jbc} \rvert\Bigr).$$
#
# The sum is over *all* $j$, also $j = i$. Gradients flow through both $M_i$ and $M_j$.


# %% tags=["exercise", "raises-exception"]
def minibatch_similarity(M):
    raise NotImplementedError


if checks.minibatch_similarity(minibatch_similarity):
    for spread in (0.0, 0.1, 1.0, 10.0):
        o = minibatch_similarity(spread * torch.randn(32, 16, 5))
        print(f"32 samples, spread {spread:4}: o is {o.mean():6.2f} on average")

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# <code>M[:, None] - M[None]</code> has shape (N, N, B, C): all differences at once.
# </details>
# <details><summary>Hint 2</summary>
#
# First the sum over C of absolute values, then minus and exp, then the sum over one of the two N.
# </details>


# %% tags=["solution"] jupyter={"source_hidden": true}
# BEGIN SOLUTION
def solution(M):
    return (-(M[:, None] - M[None]).abs().sum(3)).exp().sum(1)


checks.minibatch_similarity(solution)
# END SOLUTION

# %% [markdown]
# ### Exercise 7: labels, one side smoothed
#
# Write `smoothed_loss(real_logits, fake_logits, alpha)`: what $D$ minimises with the target `alpha` for real samples
# and 0 for fakes,
#
# $$-\mathbb{E}\bigl[\alpha \log D(x) + (1 - \alpha) \log(1 - D(x))\bigr] - \mathbb{E} \log(1 - D(G(z))).$$
#
# The arguments are logits, of any size; the batches may differ in size.


# %% tags=["exercise", "raises-exception"]
def smoothed_loss(real_logits, fake_logits, alpha):
    raise NotImplementedError


if checks.smoothed_loss(smoothed_loss):
    sure = torch.tensor([12.0])
    for alpha in (1.0, 0.9):
        print(f"α = {alpha}: a D that is very sure, and right, pays {smoothed_loss(sure, -sure, alpha):.2f}")

# %% [markdown]
# <details><summary>Hint 1</summary>
#
# <code>F.binary_cross_entropy_with_logits(logits, targets)</code> takes targets between 0 and 1.
# </details>
# <details><summary>Hint 2</summary>
#
# By hand: −log D = softplus(−logit) and −log(1 − D) = softplus(logit).
# </details>


# %% tags=["solution"] jupyter={"source_hidden": true}
# BEGIN SOLUTION
def solution(real_logits, fake_logits, alpha):
    real_targets, fake_targets = torch.full_like(real_logits, alpha), torch.zeros_like(fake_logits)
    loss_real = F.binary_cross_entropy_with_logits(real_logits, real_targets)
    return loss_real + F.binary_cross_entropy_with_logits(fake_logits, fake_targets)


checks.smoothed_loss(solution)
# END SOLUTION

# %% [markdown]
# **More to try.** Predict first, then change the cells above and run them again.
#
# - Give the study's `again` a variant that you have not seen, or three seeds of one. How far do seeds differ?
# - Train the avatars with `UpsamplingGenerator` instead. Compare the three scores after the same number of updates, and
#   the checkerboards.
# - Write a trick of your own as a function that changes a `Setup`, as in `ganlib/studies/tricks.py`, and measure it.
# - Find the direction of another attribute, or of a colour of hair. Which attributes cannot be moved alone?
# - Train longer, and keep the weights: `python -m ganlib train --help`.
#
# ## Summary
#
# - A convolution is a matrix with few entries, the same ones in each row. $o = \lfloor (i + 2p - k)/s \rfloor + 1$.
# - Its transpose enlarges: each input stamps the kernel, $o = (i - 1)s - 2p + k$ plus output padding. It is the
#   adjoint, $\langle Cx, y \rangle = \langle x, C'y \rangle$, hence the backward pass of a convolution, and not the
#   inverse.
# - Stamps overlap evenly only if the stride divides the kernel. Even then, independent weights of the phases make
#   checkerboards at the start. Enlarging first and convolving then ties the phases together.
# - The DCGAN's rules were found by trial. Here a hidden linear layer did the most damage; Adam's usual
#   $\beta_1$ and missing or misplaced batch norm came next; for some rules no harm was seen when they were broken.
# - Batch norm couples the samples of a batch: `eval()` before sampling, real and fake in separate batches.
# - $G$ is smooth, so its latent space can be walked. Noise lives near a sphere of radius $\sqrt{d}$; in many
#   dimensions, walk along it. Mean differences of $z$ give directions, which work often, and change other things, too.
# - Tricks are claims. Measure them in your own setting, with several seeds, before you believe them.
#
# ### Test yourself
#
# <details><summary>64 × 64 pixels, a convolution with kernel 5, stride 2, padding 2. How large is the result?</summary>
#
# floor((64 + 4 − 5) / 2) + 1 = 31 + 1 = 32.
# </details>
# <details><summary>And 32 × 32 pixels, a transposed convolution with kernel 5, stride 2, padding 2?</summary>
#
# (32 − 1) · 2 − 4 + 5 = 63. With output padding 1, it is 64.
# </details>
# <details><summary>"A deconvolution undoes a convolution." What is wrong, and what is right?</summary>
#
# A convolution with stride throws numbers away; nothing can undo it. The transposed convolution has the transposed
# matrix. It restores the shape, and it carries gradients back.
# </details>
# <details><summary>Which overlap unevenly: kernel/stride 4/2, 5/2, 6/3, 4/3?</summary>
#
# 5/2 and 4/3: there the stride does not divide the kernel.
# </details>
# <details><summary>Your samples look worse one at a time than in batches of 64. Where do you look?</summary>
#
# At batch norm in training mode: a batch of one is normalised by itself. Call <code>eval()</code> on the generator.
# </details>
# <details><summary>d = 100. How long is a typical z, and how long the middle of two of them?</summary>
#
# About 10, and about 7.1.
# </details>
# <details><summary>Real labels 0.9, fake labels 0.1. What does the best D say where there are only fakes?</summary>
#
# 0.1, however many fakes are there. So nothing tells them to leave, argues the paper that proposed to smooth one side.
# </details>
# <details><summary>A study finds a factor of 0.9 with an interval from 0.7 to 1.2. Did the trick help?</summary>
#
# Nobody knows yet. The interval contains 1: no difference was seen, in either direction.
# </details>
#
# ### To read next
#
# - Radford, Metz and Chintala 2015, *Unsupervised representation learning with deep convolutional generative
#   adversarial networks*, arXiv 1511.06434: the DCGAN.
# - Dumoulin and Visin 2016, *A guide to convolution arithmetic for deep learning*, arXiv 1603.07285: all sizes, drawn.
# - Odena, Dumoulin and Olah 2016, *Deconvolution and checkerboard artifacts*, Distill, doi 10.23915/distill.00003.
# - Salimans et al. 2016, *Improved techniques for training GANs*, arXiv 1606.03498: feature matching, minibatch
#   discrimination, label smoothing.
# - Miyato et al. 2018, *Spectral normalization for generative adversarial networks*, arXiv 1802.05957.
# - Mao et al. 2016, *Least squares generative adversarial networks*, arXiv 1611.04076.
# - Lim and Ye 2017, *Geometric GAN*, arXiv 1705.02894: the hinge loss.
# - Sønderby et al. 2016, *Amortised MAP inference for image super-resolution*, arXiv 1610.04490: instance noise.
# - Arjovsky and Bottou 2017, *Towards principled methods for training generative adversarial networks*, arXiv
#   1701.04862.
# - Yazici et al. 2018, *The unusual effectiveness of averaging in GAN training*, arXiv 1806.04498.
# - White 2016, *Sampling generative networks*, arXiv 1609.04468: spherical interpolation, directions.
# - Chintala, Denton, Arjovsky and Mathieu 2016, *How to train a GAN? Tips and tricks to make GANs work*, a list on
#   GitHub: what practitioners swore by.

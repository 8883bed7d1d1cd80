"""Data that is there at once (toys, digits, avatars), data on disk, and batches of it."""

from ganlib.data import avatars, captions, grid_world, toys
from ganlib.data.batches import Batches
from ganlib.data.digits import digits
from ganlib.data.folder import FolderImages, load_images
from ganlib.data.pairs import avatar_pairs, load_pairs
from ganlib.data.samples import Samples
from ganlib.data.torchvision_sets import cifar10, fashion_mnist, mnist
from ganlib.data.unpaired import UnpairedBatches, load_unpaired, unpaired_avatars, unpaired_folders

__all__ = [
    "Batches",
    "FolderImages",
    "Samples",
    "UnpairedBatches",
    "avatar_pairs",
    "avatars",
    "captions",
    "cifar10",
    "digits",
    "fashion_mnist",
    "grid_world",
    "load_images",
    "load_pairs",
    "load_unpaired",
    "mnist",
    "toys",
    "unpaired_avatars",
    "unpaired_folders",
]

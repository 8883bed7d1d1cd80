"""Data that is there at once (toys, digits, avatars), data on disk, and batches of it."""

from ganlib.data import avatars, grid_world, toys
from ganlib.data.batches import Batches
from ganlib.data.digits import digits
from ganlib.data.folder import FolderImages, load_images
from ganlib.data.samples import Samples
from ganlib.data.torchvision_sets import cifar10, fashion_mnist, mnist

__all__ = [
    "Batches",
    "FolderImages",
    "Samples",
    "avatars",
    "cifar10",
    "digits",
    "fashion_mnist",
    "grid_world",
    "load_images",
    "mnist",
    "toys",
]

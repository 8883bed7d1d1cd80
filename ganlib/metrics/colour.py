"""How colourful pictures are."""

from torch import Tensor


def chroma(images: Tensor) -> Tensor:
    """Mean over the pixels of max(r, g, b) - min(r, g, b), for each of the images (N, 3, H, W) in [-1, 1]; shape (N,).

    Gray pictures have 0, and each pixel can add at most 2. An average of several colours is grayer than they are.

    Raises: ValueError for another shape.
    """
    if images.dim() != 4 or images.shape[1] != 3:
        raise ValueError(f"images has shape {tuple(images.shape)}, expected (N, 3, H, W)")
    return (images.amax(1) - images.amin(1)).mean((1, 2))

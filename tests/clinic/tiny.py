"""A run that takes a moment, for tests of the clinic."""

from ganlib.clinic import Setup
from ganlib.clinic.subjects import mixture
from ganlib.data.toys import ring
from ganlib.models import MLPDiscriminator, MLPGenerator

RING = mixture(ring(4, radius=1.0, std=0.1), n=500)


def tiny(**changes) -> Setup:
    """Twelve updates of networks with 8 units."""
    usual = {
        "subject": RING,
        "generator": lambda: MLPGenerator(2, (2,), 8),
        "discriminator": lambda: MLPDiscriminator((2,), 8),
        "updates": 12,
        "batch_size": 16,
    }
    return Setup(**usual | changes)

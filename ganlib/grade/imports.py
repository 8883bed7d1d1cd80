"""What the sandbox imports before the first submission, so that no submission has to wait for it."""

import re
from collections.abc import Iterable

PACKAGES = "torchvision matplotlib.pyplot numpy scipy sklearn pandas tqdm.auto IPython.display ipywidgets".split()
OURS = [f"ganlib.{name}" for name in "data gans losses metrics models training viz".split()]
SIGNS = {
    "torch._dynamo": r"optim",  # PyTorch imports it with the first optimizer, which takes 4 s
    **{name: rf"(?:import|from)\s+{name.split('.')[0]}\b" for name in PACKAGES},
    **{name: rf"(?:import|from)\s+ganlib\b[^\n]*\b{name.split('.')[1]}\b" for name in OURS},
}
"""Modules, and by what a submission shows that it will want them."""


def wanted(contents: Iterable[bytes]) -> list[str]:
    """The modules that at least one submission seems to want."""
    found: set[str] = set()
    for content in contents:
        found |= {name for name in SIGNS.keys() - found if re.search(SIGNS[name].encode(), content)}
    return sorted(found)

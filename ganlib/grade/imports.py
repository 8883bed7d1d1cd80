"""What the sandbox imports before the first submission, so that no submission has to wait for it."""

import re
from collections.abc import Iterable

PACKAGES = "torchvision matplotlib.pyplot numpy scipy sklearn pandas tqdm.auto IPython.display ipywidgets".split()
OURS = [f"ganlib.{name}" for name in "data gans losses metrics models studies training viz".split()]
SIGNS = {
    "torch._dynamo": r"torch",  # PyTorch imports it with the first optimizer, which takes 4 s
    **{name: rf"(?:import|from)\s+{name.split('.')[0]}\b" for name in PACKAGES},
    **{name: rf"(?:import|from)\s+ganlib\b[^\n]*\b{name.split('.')[1]}\b" for name in OURS},
}
"""Modules, and by what a submission shows that it will want them."""
WITHIN = re.compile(rb"(?:import|from)\s+((?:torch|torchvision|numpy|scipy|sklearn|matplotlib)(?:\.[a-z]\w*)+)")
MOST = 40


def wanted(contents: Iterable[bytes]) -> list[str]:
    """The modules that at least one submission seems to want."""
    found: set[str] = set()
    within: dict[str, None] = {}
    for content in contents:
        found |= {name for name in SIGNS.keys() - found if re.search(SIGNS[name].encode(), content)}
        within |= dict.fromkeys(name.decode() for name in WITHIN.findall(content)[:MOST])
    return sorted(found) + list(within)[:MOST]

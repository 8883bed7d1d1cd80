"""What every test runs under, the notebooks' kernels included."""

import os
import sys

import matplotlib
import pytest

os.environ["GANLIB_STRICT"] = "1"  # the check of an exercise raises; kernels inherit it
os.environ.setdefault("OMP_NUM_THREADS", "1")  # small networks: on a busy machine two threads are 4 times slower
os.environ.pop("MPLBACKEND", None)  # kernels draw inline, as they do for a reader
matplotlib.use("Agg")  # this process draws without a screen


@pytest.fixture(autouse=True)
def fixed_seed():
    """Start each test from the same state of PyTorch's generator, if the test's module uses PyTorch."""
    if "torch" in sys.modules:
        sys.modules["torch"].manual_seed(0)


def pytest_collection_modifyitems(items):
    """Skip the tests marked ``gpu`` where there is no CUDA device."""
    marked = [item for item in items if item.get_closest_marker("gpu")]
    if marked:
        import torch

        if not torch.cuda.is_available():
            for item in marked:
                item.add_marker(pytest.mark.skip(reason="needs a CUDA device"))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Share the tests out by file, and those with a browser all to one process: two browsers would slow each other."""
    from xdist.scheduler import LoadScopeScheduling

    class ByFile(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            path = nodeid.split("::")[0]
            return "tests/browser" if path.startswith("tests/browser/") else path

    return ByFile(config, log)

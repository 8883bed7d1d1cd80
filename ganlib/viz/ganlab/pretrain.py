"""``python -m ganlib.viz.ganlab.pretrain``: make the pre-trained runs anew, some 15 s for each data set."""

import torch

from ganlib.viz.ganlab import files
from ganlib.viz.ganlab.run import Run
from ganlib.viz.ganlab.session import PRETRAINED, pretrained_file
from ganlib.viz.ganlab.settings import DATA, Settings

ITERATIONS = 5000


def main() -> None:
    """Train on each data set with settings that are steady on all of them, and save the runs."""
    torch.set_num_threads(1)
    PRETRAINED.mkdir(exist_ok=True)
    for name in DATA:
        run = Run(Settings(data=name, penalty=0.3, rate_d=3e-3))
        for _ in range(ITERATIONS):
            run.iterate()
        files.save(run, pretrained_file(name))
        print(f"{name}: Wasserstein {run.distances['W'][-1, 1]:.3f}", flush=True)


if __name__ == "__main__":
    main()

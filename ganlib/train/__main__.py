"""``python -m ganlib.train``: what ``python -m ganlib train`` runs, for those who start it by torchrun."""

import sys

from ganlib.distributed import leave
from ganlib.train import main

leave(main(sys.argv[1:]))

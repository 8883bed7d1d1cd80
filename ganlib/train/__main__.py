"""``python -m ganlib.train``: what ``python -m ganlib train`` runs, for those who start it by torchrun."""

import sys

from ganlib.train import main

sys.exit(main(sys.argv[1:]))

"""``python -m ganlib.assign``: what ``python -m ganlib assign`` runs."""

import sys

from ganlib.assign import main

sys.exit(main(sys.argv[1:]))

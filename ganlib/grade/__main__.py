"""``python -m ganlib.grade``: what ``python -m ganlib grade`` runs."""

import sys

from ganlib.grade import main

sys.exit(main(sys.argv[1:]))

"""What the chapters of the course import: data, networks, losses, training, metrics, pictures and checks.

Importing the package itself loads nothing else, because ``python -m ganlib`` starts before anything is installed.
"""

__version__ = "0.1.0"

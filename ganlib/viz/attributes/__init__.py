"""Change what a picture shows, attribute by attribute, with one generator.

AttributeEditor(generator, images, attributes, controls, *, judge=None, encode=None)
"""

from ganlib.viz.attributes.lab import AttributeEditor

__all__ = ["AttributeEditor"]

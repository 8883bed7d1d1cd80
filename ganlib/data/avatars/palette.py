"""The colours of the avatars: a name and its red, green and blue in [0, 1]."""

RGB = tuple[float, float, float]

HAIR: dict[str, RGB] = {
    "black": (0.20, 0.19, 0.27),
    "brown": (0.43, 0.23, 0.11),
    "blonde": (0.98, 0.83, 0.34),
    "red": (0.87, 0.22, 0.16),
    "pink": (0.99, 0.58, 0.76),
    "blue": (0.22, 0.44, 0.92),
    "green": (0.24, 0.68, 0.36),
    "purple": (0.57, 0.31, 0.80),
}
EYES: dict[str, RGB] = {
    "red": (0.88, 0.12, 0.16),
    "orange": (0.98, 0.52, 0.06),
    "yellow": (0.96, 0.85, 0.12),
    "green": (0.12, 0.68, 0.26),
    "aqua": (0.12, 0.82, 0.86),
    "blue": (0.15, 0.36, 0.94),
    "purple": (0.60, 0.20, 0.84),
    "gray": (0.48, 0.50, 0.55),
}
SKIN: dict[str, RGB] = {
    "fair": (1.00, 0.89, 0.79),
    "light": (0.97, 0.79, 0.63),
    "tan": (0.83, 0.60, 0.43),
    "dark": (0.65, 0.44, 0.32),
}
BACKGROUND: dict[str, RGB] = {
    "cream": (0.98, 0.93, 0.80),
    "sky": (0.78, 0.91, 0.98),
    "mint": (0.82, 0.95, 0.84),
    "lilac": (0.93, 0.86, 0.98),
}
SHIRT: dict[str, RGB] = {
    "red": (0.92, 0.36, 0.36),
    "blue": (0.30, 0.50, 0.82),
    "white": (0.97, 0.97, 0.98),
    "green": (0.35, 0.70, 0.55),
    "black": (0.27, 0.27, 0.34),
}
PALETTE: dict[str, dict[str, RGB]] = {
    "hair": HAIR,
    "eyes": EYES,
    "skin": SKIN,
    "background": BACKGROUND,
    "shirt": SHIRT,
}

WHITE: RGB = (1.0, 1.0, 1.0)
INK: RGB = (0.13, 0.09, 0.12)
FRAME: RGB = (0.12, 0.12, 0.20)
LENS: RGB = (0.85, 0.95, 1.00)
BLUSH: RGB = (1.00, 0.42, 0.45)
MOUTH: RGB = (0.26, 0.05, 0.08)
LIP: RGB = (0.70, 0.15, 0.20)
TONGUE: RGB = (0.96, 0.52, 0.54)
RIBBON: RGB = (0.97, 0.27, 0.38)

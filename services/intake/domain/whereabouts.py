"""From what a source says of the place to a place on the ground; nothing is guessed."""

from schemas.place import Place
from schemas.report import Camera
from services.intake.domain.masking import mask_text
from services.intake.domain.submission import Statement, Whereabouts

WEST, EAST, SOUTH, NORTH = 73.0, 136.0, 3.0, 54.0
"""China, in degrees: a point outside of it is a mistake."""

DISAGREEMENT = 0.6
"""Confidence where the address names one estate and the point lies in another."""

"""Where people mean when they write an address: from a text to a place in a street's gazetteer.

`load_gazetteer(path).match(text, near)` gives a Match: the place, how sure it is, what else it
could be, and why, in Chinese. The README beside this file says how well it does.
"""

from services.reference.places.entries import Entry
from services.reference.places.gazetteer import Gazetteer, Match, Near
from services.reference.places.loading import GazetteerError, load_gazetteer

__all__ = ["Entry", "Gazetteer", "GazetteerError", "Match", "Near", "load_gazetteer"]

"""Who may see what: the one gate that every surface asks.

A `Sight` is the figures as one person may see them on one surface.  What roles may be told is in
`gate`, what small numbers hide in `small_numbers`.
"""

from bot.access.gate import Refused
from bot.access.sight import Refusal, Sight
from bot.access.views import USUAL, Views, views_for

__all__ = ["USUAL", "Refusal", "Refused", "Sight", "Views", "views_for"]

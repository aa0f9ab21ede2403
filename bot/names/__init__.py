"""What people type, turned into priorities, measures, areas, crime types and dates.

Nothing is ever guessed in silence: what was corrected or filled in is told as a remark, what can
mean several things is asked back, and what means nothing is refused with what is close to it.
"""

from bot.names.model import Ambiguous, Kind, Option, Reading, UnknownWords
from bot.names.reader import Names

__all__ = ["Ambiguous", "Kind", "Names", "Option", "Reading", "UnknownWords"]

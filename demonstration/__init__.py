"""A synthetic force of Leicestershire's size and shape, for trying the product out.

`write` makes the files a force would deliver.  `PUBLISHED` holds every published figure that the
files reproduce, each with its source.  Nothing here is read by the product at run time other than
through the written files.
"""

from demonstration.figures import FigureKind, PublishedFigure
from demonstration.files import write
from demonstration.published import PUBLISHED

__all__ = ["PUBLISHED", "FigureKind", "PublishedFigure", "write"]

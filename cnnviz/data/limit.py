"""The number of a set's first images that may be asked for."""

from cnnviz.options import Whole

MOST_IMAGES = 10_000_000
"""No set has as many."""

LIMIT = Whole(1, MOST_IMAGES)
"""The first so many images of a set."""

"""The number of a set's first images that may be asked for."""

from cnnviz.options import Whole

MAX_IMAGES = 10_000_000
"""No set has as many."""

IMAGE_COUNT = Whole(1, MAX_IMAGES)
"""The first so many images of a set."""

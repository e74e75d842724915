"""See how the classic convolutional networks compute, number by number."""

__version__ = "0.1.0"

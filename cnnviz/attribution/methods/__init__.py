"""The computations, one file per family."""

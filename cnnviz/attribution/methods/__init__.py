"""The attribution methods, one file per family."""

"""A pad to draw a digit on, with what a network makes of it while it is drawn."""

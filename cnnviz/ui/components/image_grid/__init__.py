"""Images of a set as a grid of buttons, or as one row of them, all pixels in one picture."""

"""A pad to draw a digit on, with the network's class scores while the user draws."""

"""The operations page: every operation of the course on numbers that the user chooses.

A tab is a name, settings, ready-made examples and a function that turns settings into a `Board`: grids of numbers, how
they depend on each other, and the PyTorch that gives the same. The component draws any board.
"""

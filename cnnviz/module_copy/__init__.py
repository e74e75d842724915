"""What every private copy of a network needs: no wrappers, its own hooks, weights that can be read."""

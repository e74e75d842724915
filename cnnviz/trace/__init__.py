"""One forward pass as facts."""

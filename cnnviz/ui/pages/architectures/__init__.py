"""The Architectures page: facts, cost and source of one network."""

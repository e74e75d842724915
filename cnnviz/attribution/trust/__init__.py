"""Tests of how far to trust a map, each beside controls that know nothing of the network."""

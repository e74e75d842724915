"""How far a map can be trusted: tests that a map can fail, each beside controls that know no network."""

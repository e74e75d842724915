"""The first page: a drawn digit and the ways on."""

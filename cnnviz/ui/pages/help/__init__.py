"""The Help page: keys, terms and how to cite the app."""

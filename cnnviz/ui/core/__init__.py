"""The base of every page: the shell, the state in the URL, caches and limits of the server; knows no page."""

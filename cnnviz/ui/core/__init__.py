"""What every page stands on: the shell, the state in the URL, caches and limits of the server; knows no page."""

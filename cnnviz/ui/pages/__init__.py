"""One package for each page; they import from the floors below and never from each other."""

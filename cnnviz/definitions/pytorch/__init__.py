"""PyTorch text read as data: an interpreter of its own over the syntax tree, which runs, imports and opens nothing."""

"""The page of one's own network: PyTorch text or a table of blocks, drawn at once and told where it breaks."""

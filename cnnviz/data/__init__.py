"""Image sets and sample images."""

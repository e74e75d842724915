"""The sources that weights come from: one file each, and one table of them."""

"""One file per operation: its settings, its ready-made examples, and the board they make."""

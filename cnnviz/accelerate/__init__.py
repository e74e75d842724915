"""Fast paths that replace torch's own; `fast_paths` holds their table and the switch."""

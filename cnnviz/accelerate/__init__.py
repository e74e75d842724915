"""The project's own fast ways around torch's, gathered in one place; `fast_paths` holds the table and the switch."""

"""The course's table with this project's own numbers, and what may be compared with what."""

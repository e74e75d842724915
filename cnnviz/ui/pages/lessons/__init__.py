"""Lessons: the list, one screen a step, and practice without end."""

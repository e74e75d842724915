"""Lessons: questions that a traced network asks, and what is taught with them."""

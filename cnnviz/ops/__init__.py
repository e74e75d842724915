"""The operations of the course, from scratch."""

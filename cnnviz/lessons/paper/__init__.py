"""Lessons on paper: a handout as one HTML file, and a worksheet of one real number with its spreadsheet."""

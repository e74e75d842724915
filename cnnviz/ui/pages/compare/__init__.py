"""The Compare page: networks side by side."""

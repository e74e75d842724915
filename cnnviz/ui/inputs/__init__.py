"""Widgets of more than one page: model, image, image set, run."""

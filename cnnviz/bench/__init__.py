"""Ratios against the tools people use."""

"""Benchmarks against the libraries that people use."""

"""Clones of any network that share its weights and nothing else: own modules, hooks and buffers."""

"""The generators by what they ask about, one module for each family."""

"""The saliency lab: which pixels mattered, by several methods side by side, and how far each can be trusted."""

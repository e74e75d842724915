"""A question on the screen: its picture, the form of a response, and prediction and truth side by side."""

"""The trail from a count to its images, and from an image to the reason."""

"""What a user chooses on more than one page: network, weights, image, image set, run."""

"""The training studio: what to train, the runs of this machine, and the one that is watched."""

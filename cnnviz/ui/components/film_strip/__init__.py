"""The network as a film strip of its own small maps: overview, menu and place in the walk in one."""

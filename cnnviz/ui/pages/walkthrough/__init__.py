"""The parts of the Walkthrough: the walk, the maps, the unit under the microscope, and what is said of them."""

"""The trust panel: one test at a time, on the maps that are shown, each beside what knows no network."""

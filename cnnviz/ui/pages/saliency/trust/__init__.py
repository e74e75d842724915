"""The trust panel: one test at a time, on the maps that are shown, each beside controls that know no network."""

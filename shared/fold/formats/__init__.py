"""How profiles are stored: their formats, and what slices are written with."""

"""How people are shown on a terminal."""

"""The settings that differ between the stages: their defaults, the file that changes them, and what is told of them."""

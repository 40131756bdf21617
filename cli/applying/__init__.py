"""Apply a workspace to a stack, and remember on the laptop what was applied."""

"""A person outside of the fold: find and present them, their timeline, and the index of due timers."""

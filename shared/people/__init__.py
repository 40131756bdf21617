"""A person as others see them: how they are found and read, their timeline, when they want attention."""

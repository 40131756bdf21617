"""What could not be done: where it waits, what it is, and how it is brought back."""

"""The parts of the fold: each owns one slice of the profile, or none, and says what an event means for it."""

"""The people a batch concerns: as they are stored, as its records change them, and saved again."""

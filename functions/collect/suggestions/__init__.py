"""What may have been meant by what is refused: a path, a key's place, the name of an id, an event or a property."""

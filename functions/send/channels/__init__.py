"""The channels: what each needs to know of a person, and how it takes a message to them."""

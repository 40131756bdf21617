"""AWS's services that take a message to a person."""

"""What every wire format makes its items with: from what a client sent to events in canonical form."""

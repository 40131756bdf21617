"""Event definitions that clients send, in the tracking plan."""

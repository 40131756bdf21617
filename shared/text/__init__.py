"""What people and clients write, and the values it means."""

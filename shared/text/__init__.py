"""Text that people and clients write: numbers, addresses, phone numbers, spelling."""

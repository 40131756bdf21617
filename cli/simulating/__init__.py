"""`headrace simulate`: what it reads, and how what followed is shown."""

"""Messages and templates, as people read them."""

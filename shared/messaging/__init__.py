"""Messages: their templates and their log, and what a provider makes of them."""

"""collect: HTTPS → stream. Every event is stored, or refused with its reasons and kept, before the sender hears 200."""

"""collect: HTTPS → stream. Every event is stored, or refused with its reasons and kept, before 200 is answered."""

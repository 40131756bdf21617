"""The order of work for a request's events: judged, stored, and answered."""

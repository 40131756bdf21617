"""What runs: one folder per stage of an event's path; `handler.py` is always the Lambda entry."""

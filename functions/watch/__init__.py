"""A schedule → a count of work that stands still and of dead letters, for two alarms."""

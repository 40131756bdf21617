"""Send events to collect from the command line."""

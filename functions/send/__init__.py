"""Queue → person: send the messages that campaigns request, each once."""

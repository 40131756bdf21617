"""Queue → person: messages that campaigns asked for, each sent once."""

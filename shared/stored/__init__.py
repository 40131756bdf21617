"""What is stored, as several stages look it up: the workspace in force, people by any of their ids."""

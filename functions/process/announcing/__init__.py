"""What is said about records once they are saved."""

"""What AWS would bill of what a simulated stack does."""

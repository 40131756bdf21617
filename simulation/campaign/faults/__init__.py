"""What goes wrong: which kinds of faults a seed has, when, and where they strike."""

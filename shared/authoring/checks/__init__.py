"""What the files of a workspace say of each other, and whether it can work."""

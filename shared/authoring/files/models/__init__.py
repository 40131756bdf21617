"""What each file of a workspace may hold, by kind of file. Keys of the snapshot's own models mean the same here."""

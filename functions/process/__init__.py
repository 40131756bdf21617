"""Stream → profiles → bus: the one writer of profiles."""

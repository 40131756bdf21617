"""The workspace: the whole configuration, as one immutable snapshot per version."""

"""Workspace as code: a folder of YAML becomes a `Workspace`, or findings that say what is wrong at which line."""

"""The AWS services that deliver messages to people."""

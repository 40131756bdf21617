"""Templates of messages: Liquid in a sandbox, rendered over one event and one person."""

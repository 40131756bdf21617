"""When a message may go: the rate of its queue, pauses after attempts, and receivers that rest."""

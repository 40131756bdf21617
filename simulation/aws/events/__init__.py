"""EventBridge: buses, rules and their patterns, and what is delivered to targets."""

"""The ports of the stages in memory, with state, held to the contracts of the real adapters by tests/unit/aws."""

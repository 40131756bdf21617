"""SQS: standard queues, which deliver at least once and in any order, and their dead letters."""

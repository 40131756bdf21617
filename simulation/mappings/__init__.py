"""What calls functions: streams, queues, the bus and schedules."""

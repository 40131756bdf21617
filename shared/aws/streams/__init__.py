"""What events travel on: Kinesis, EventBridge, Firehose."""

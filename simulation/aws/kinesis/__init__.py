"""Kinesis: streams of shards that are split and merged, their limits, and what readers see."""

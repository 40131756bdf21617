"""Queues of SQS, and what is in them."""

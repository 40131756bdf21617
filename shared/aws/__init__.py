"""The only place that imports boto3 or botocore: one adapter per port."""

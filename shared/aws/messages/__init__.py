"""The message log in DynamoDB."""

"""DynamoDB: tables, indexes that lag, transactions, streams and expiry."""

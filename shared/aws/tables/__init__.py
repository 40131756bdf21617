"""The tables of people, rejected events and workspaces in DynamoDB."""

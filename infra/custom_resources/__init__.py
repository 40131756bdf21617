"""What CloudFormation cannot make or undo by itself, each a small function of its own.

They run on Lambda's own boto3 and import nothing of Headrace.
"""

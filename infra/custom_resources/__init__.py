"""Resources that CloudFormation cannot create or delete by itself, each a small function.

They run on Lambda's own boto3 and import nothing of Headrace.
"""

"""AWS as it behaves, in memory, answering where botocore would send. A service has a folder or a module."""

"""The files of a workspace folder: read, checked one by one, and told of in the words of somebody who writes YAML."""

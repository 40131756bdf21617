"""Read the files of a workspace folder and check each by itself, with findings in the terms of YAML's authors."""

"""`headrace doctor`: probes that go through the deployed stack and are read back, and what AWS says of the account.

`registry` lists the probes, `running` runs them, `report` shows what they found. One module for each family of probes.
"""

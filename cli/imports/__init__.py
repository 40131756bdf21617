"""What other systems export, line by line, into the stack through its collect API.

A format turns lines into requests of the protocol the export came from, so that history and what comes live are read by
the same code.
"""

"""The ledger of a stack: its log lines read, the balance drawn, and held against the lake and the message log."""

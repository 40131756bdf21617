"""The ledger: what came in, what became of it, and which records nobody can say anything of.

Each stage says in the log line that it writes anyway which records it had, by their places on the stream: whoever puts
records there, `put`; `process`, what became of them. Nothing is written for it, and no call is made. Whoever reads the
lines counts each record once, however often it was delivered: `balance`.
"""

"""The oracle: it knows what was sent and what was answered, and judges what was seen in the end.

It works out what must be true from the rules that clients are promised, and never by the code that it judges: nothing
here imports the fold or a function.
"""

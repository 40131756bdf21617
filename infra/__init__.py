"""The stack: one construct per stage, with the stage's name; `stack.py` is the diagram."""

"""`make fuzz`: hostile requests by the thousand, of every wire format, and what must hold of each answer.

`sent` is a request, `corpus` what is mutated, `mutators` how, `target` the stage that answers, `shapes` and `checks`
what must hold, `shrinking` and `campaign` what finds a small one that does not. docs/fuzzing.md says how to run it.
"""

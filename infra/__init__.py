"""The stack: one construct per stage, with the stage's name; `stack.py` is the diagram."""

import os

# The CDK's Node complains of versions it does not support, in a banner that its Python side prints as bytes (b'!!…').
# `make` and `headrace deploy` say it in a sentence (package.json has the versions). The first names majors:
# https://github.com/aws/jsii, packages/@jsii/check-node.
os.environ.setdefault("JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION", "20,21,23")
for _kind in ("UNTESTED", "DEPRECATED"):
    os.environ.setdefault(f"JSII_SILENCE_WARNING_{_kind}_NODE_VERSION", "true")

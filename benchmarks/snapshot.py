"""`collect` up to where Lambda takes a snapshot of it: `imported`, or `prepared` for its first request as well."""

from __future__ import annotations

import importlib
import os
import sys


def main() -> None:
    os.environ |= {
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "none",
        "AWS_SECRET_ACCESS_KEY": "none",
    }
    os.environ |= {"POWERTOOLS_SERVICE_NAME": "collect", "POWERTOOLS_METRICS_NAMESPACE": "Headrace"}
    os.environ["PYDANTIC_DISABLE_PLUGINS"] = "__all__"
    if sys.argv[1] == "prepared":
        os.environ["AWS_LAMBDA_INITIALIZATION_TYPE"] = "snap-start"
    importlib.import_module("functions.collect.handler")


if __name__ == "__main__":
    main()

"""What a new environment of `collect` does before its first answer: imports, Segment's format, the stream's client."""

from __future__ import annotations

import importlib
import os


def main() -> None:
    os.environ |= {
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "none",
        "AWS_SECRET_ACCESS_KEY": "none",
    }
    os.environ |= {"POWERTOOLS_SERVICE_NAME": "collect", "POWERTOOLS_METRICS_NAMESPACE": "Headrace"}
    os.environ["PYDANTIC_DISABLE_PLUGINS"] = "__all__"
    importlib.import_module("functions.collect.handler")
    importlib.import_module("functions.collect.protocols.twilio_segment")
    clients = importlib.import_module("shared.aws.clients")
    clients.client("kinesis")


if __name__ == "__main__":
    main()

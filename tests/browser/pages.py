"""Pages that carry the tag as docs/browser-tag.md says: the snippet under test is the documented one."""

from __future__ import annotations

import json
import re
from typing import Any

from tests.browser.capture import ROOT

DOCUMENTED_HOST = "https://events.shop.example"
DOCUMENTED_INIT = 'headrace.init("WRITE_KEY");'
KEY = "key-of-the-web-shop"


def documented_snippet() -> str:
    text = (ROOT / "docs" / "browser-tag.md").read_text(encoding="utf-8")
    found = re.search(r"```html\n(<script>\n!function.*?</script>)\n```", text, re.DOTALL)
    assert found is not None
    return found[1]


def snippet(host: str, calls: str = "", **options: Any) -> str:
    """The snippet with its placeholders filled; `calls` follow in the same script. Events are sent after 50 ms."""
    given = {"batchSeconds": 0.05, **options}
    init = f"headrace.init({json.dumps(KEY)}, {json.dumps(given)});\n{calls}"
    return documented_snippet().replace(DOCUMENTED_HOST, host).replace(DOCUMENTED_INIT, init)


def page(*parts: str, title: str = "Shop") -> str:
    return f"<!doctype html><meta charset=utf-8><title>{title}</title><body>{''.join(parts)}</body>"

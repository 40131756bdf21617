"""A message for reading on a terminal: who it is for, and its parts as the person sees them."""

from __future__ import annotations

import tempfile
import webbrowser
from collections.abc import Mapping
from html.parser import HTMLParser
from pathlib import Path

import orjson
import typer
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from cli.console import console, visible
from cli.problem import Problem

ONE_LINE = ("subject", "title")

BLOCKS = frozenset(
    {"p", "div", "tr", "table", "ul", "ol", "li", "h1", "h2", "h3", "h4", "br", "hr", "section"}
)
NO_HTML = "Only an email with an `html` part has HTML."

UNSEEN = frozenset({"head", "style", "script", "title"})


def print_card(facts: Mapping[str, str], parts: Mapping[str, str]) -> None:
    """The facts, then each part. HTML is shown as the text that people read."""
    table = Table(box=None, show_header=False, pad_edge=False)
    for name, value in (*facts.items(), *((part, parts[part]) for part in ONE_LINE if part in parts)):
        table.add_row(Text(name, style="dim"), Text(visible(value)))
    console.print(table)
    for part, text in parts.items():
        if part not in ONE_LINE:
            console.print(Panel(Text(shown(part, text)), title=part, title_align="left"))


def print_html(parts: Mapping[str, str], otherwise: str = NO_HTML) -> None:
    """The HTML as it is, and nothing else: for a file, or to be compared. Raises Problem when there is none."""
    if "html" not in parts:
        raise Problem("There is no HTML", otherwise)
    typer.echo(visible(parts["html"]) if console.is_terminal else parts["html"])


def shown(part: str, text: str) -> str:
    """A part for reading: HTML without its tags, a webhook's JSON indented."""
    if part == "html":
        return reading_text(text)
    if part == "body":
        try:
            return orjson.dumps(orjson.loads(text), option=orjson.OPT_INDENT_2).decode()
        except orjson.JSONDecodeError:
            return text
    return text.strip()


def reading_text(html: str) -> str:
    """What is read of HTML: its text, a block in lines of its own, links with where they lead."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    lines = [" ".join(line.split()) for line in "".join(reader.found).split("\n")]
    return "\n".join(
        line for line, before in zip(lines, ["", *lines], strict=False) if line or before
    ).strip()


def opened(parts: Mapping[str, str]) -> Path:
    """The HTML in a file of the temporary folder, shown by the browser. Raises Problem when there is no HTML."""
    if "html" not in parts:
        raise Problem("There is no HTML to open", NO_HTML)
    with tempfile.NamedTemporaryFile(
        "w", prefix="headrace-", suffix=".html", delete=False, encoding="utf-8"
    ) as page:
        page.write(parts["html"])
    path = Path(page.name)
    if not webbrowser.open(path.as_uri()):
        console.print(f"No browser was found. The page is {path}", markup=False, soft_wrap=True)
    return path


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._unseen = 0
        self._links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._unseen += tag in UNSEEN
        if tag in BLOCKS:
            self.found.append("\n")
        if tag == "a":
            self._links.append(dict(attrs).get("href") or "")

    def handle_endtag(self, tag: str) -> None:
        self._unseen -= tag in UNSEEN and self._unseen > 0
        if tag in BLOCKS:
            self.found.append("\n")
        if tag == "a" and self._links:
            link = self._links.pop()
            self.found.append(f" <{link}>" if link else "")

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.found.append(data.replace("\n", " "))

"""A safe Liquid: no files, no raw HTML from data, and limits on loops, variables and output.

A missing value may be tested with `if` or given a `default`. Any other use of it is an error.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from liquid import Environment
from liquid.exceptions import FilterArgumentError, UndefinedError
from liquid.extra import JSON
from liquid.undefined import FalsyStrictUndefined

from shared.templates.liquid_spelling import OutputTag, SpelledCycleTag, SpelledEchoTag, spelling

LARGEST = 256 * 1024
"""Characters of a rendered part, and of a filter's result."""

LONGEST_RANGE = 10_000

FOREIGN_TAGS = ("include", "render")
"""Tags that read other templates. The sandbox does not have them."""

UNSAFE_FILTERS = ("safe",)
"""Filters that the sandbox does not have. `safe` would put a browser's data into HTML without escaping."""


class Missing(FalsyStrictUndefined):
    """A missing value. All of the sandbox's filters refuse it, except `default`."""

    force_liquid_default = True

    def refuse(self) -> None:
        raise UndefinedError(self.msg, token=self.token)

    allowed_properties = FalsyStrictUndefined.allowed_properties | {"refuse"}


class Sandbox(Environment):
    """The environment that templates are rendered in. `autoescape` is for HTML; `escape` is applied to any other value
    where it is written."""

    loop_iteration_limit = LONGEST_RANGE
    local_namespace_limit = LARGEST
    output_stream_limit = LARGEST
    block_nesting_limit = 20
    context_depth_limit = 20

    def __init__(self, *, autoescape: bool, escape: Callable[[str], str] = str) -> None:
        super().__init__(undefined=Missing, autoescape=autoescape)
        self.escape = escape

    def setup_tags_and_filters(self, extra: bool = False) -> None:
        super().setup_tags_and_filters(extra=extra)
        for tag in FOREIGN_TAGS:
            del self.tags[tag]
        for unsafe in UNSAFE_FILTERS:
            del self.filters[unsafe]
        for tag_class in (OutputTag, SpelledEchoTag, SpelledCycleTag):
            self.add_tag(tag_class)
        self.add_filter("json", JSON())
        self.filters = {
            name: found if name == "default" else _bounded(name, found)
            for name, found in self.filters.items()
        }


def _bounded(name: str, apply: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap a filter so that it refuses missing values, long ranges (`(1..999999999) | join`) and results that are too
    large."""

    spelled = spelling(name, apply)

    @functools.wraps(apply, updated=("__dict__",) if hasattr(apply, "__dict__") else ())
    def bounded(*arguments: Any, **options: Any) -> Any:
        for argument in arguments:
            if isinstance(argument, Missing):
                argument.refuse()
            if isinstance(argument, range) and len(argument) > LONGEST_RANGE:
                raise FilterArgumentError(f"{name}: a range has at most {LONGEST_RANGE} items", token=None)
        result = spelled(*arguments, **options)
        if isinstance(result, str) and len(result) > LARGEST:
            raise FilterArgumentError(f"{name}: the result has more than {LARGEST} characters", token=None)
        return result

    return bounded

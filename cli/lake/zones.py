"""Athena's times with a zone, of which DuckDB keeps only the moment.

`occurred_at at time zone 'Europe/Istanbul'` is the same moment in Athena, and has another day or hour. So each such
value is translated twice: to the moment, for what compares, counts or answers with it, and to the time on that zone's
clocks, for what asks for a part of it (`date`, `hour`, `date_format`, `cast(… as varchar)`). That works as far as the
zone stands in the same expression. Where it does not (a column of a subquery, `max(…)`), a question for a part of the
time is refused: DuckDB would answer with UTC's.
"""

from __future__ import annotations

from typing import NamedTuple

from sqlglot import exp

T = exp.DataType.Type
WITH_ZONE = (T.TIMESTAMPTZ, T.TIMESTAMPLTZ)
ISO_TIME = "(T[0-9:.,]+)(Z|[+-][0-9]{2}(:?[0-9]{2})?)$"

PARTS = (
    *(
        exp.Date,
        exp.Year,
        exp.Month,
        exp.Day,
        exp.Hour,
        exp.Minute,
        exp.Second,
        exp.Quarter,
        exp.DayOfWeekIso,
    ),
    *(exp.DayOfMonth, exp.DayOfYear, exp.WeekOfYear, exp.YearOfWeek, exp.LastDay, exp.TimeToStr, exp.Extract),
)
"""What asks a time for a part of it, or writes it."""
PARTS_BY_NAME = frozenset(
    {"millisecond", "yow", "to_iso8601", "day_of_week", "timezone_hour", "timezone_minute"}
)
CALENDAR = frozenset({"DAY", "WEEK", "MONTH", "QUARTER", "YEAR"})
"""Units that clocks of a zone count; shorter ones pass everywhere alike."""


class ZoneLost(ValueError):
    """The zone of a time is not to be seen where a part of it is asked for; the text says of what."""


class Zoned(NamedTuple):
    """A time with a zone: the moment (DuckDB's TIMESTAMPTZ), what that zone's clocks show, and the zone."""

    moment: exp.Expression
    clock: exp.Expression
    zone: exp.Expression | None
    """None if it is an offset that came with the text."""


def in_duckdbs_times(query: exp.Query) -> exp.Query:
    """The query with its zones translated. Its nodes have types, where known. Raises ZoneLost."""
    zones_matter = any(_is_zoned(node) for node in query.walk())
    for node in list(query.walk(bfs=False))[::-1] if zones_matter else ():  # what is within another first
        if isinstance(node, exp.DateDiff):
            _count_by_the_clock(node)
        argument = _time_of(node)
        if argument is None:
            continue
        zoned = _zoned(argument)
        if zoned is not None:
            _ask_the_clock(node, argument, zoned)
        elif _has_lost_its_zone(argument):
            raise ZoneLost(_text(node))
    return _moments(query) if zones_matter else query


def _has_lost_its_zone(time: exp.Expression) -> bool:
    if time.is_type(*WITH_ZONE):
        return not isinstance(time.unnest(), exp.CurrentTimestamp)
    return not time.is_type(*exp.DataType.TEMPORAL_TYPES) and any(map(_is_zoned, time.walk()))


def _moments(query: exp.Query) -> exp.Query:
    """Every time with a zone that is left is asked for as a moment."""
    while (node := next((node for node in query.walk() if _zoned(node)), None)) is not None:
        zoned = _zoned(node)
        moment = exp.paren(zoned.moment.copy()) if zoned else node
        moment.type = moment.this.type = exp.DataType.build("timestamptz")
        node.replace(moment)
    return query


def _is_zoned(node: exp.Expression) -> bool:
    """Whether it gives a time a zone other than UTC's, perhaps."""
    if isinstance(node, exp.Cast) and isinstance(node.this, exp.Literal):
        return bool(node.to.is_type(*WITH_ZONE))
    if isinstance(node, exp.UnixToTime):
        return node.args.get("zone") is not None
    if isinstance(node, exp.Anonymous):
        return node.name.lower() in ("at_timezone", "with_timezone")
    return isinstance(node, (exp.AtTimeZone, exp.FromISO8601Timestamp))


def _time_of(node: exp.Expression) -> exp.Expression | None:
    """The time that `node` asks for a part of; None if it asks for none."""
    if isinstance(node, exp.Extract):
        return node.expression
    if isinstance(node, PARTS):
        return node.this
    if isinstance(node, exp.Anonymous) and node.name.lower() in PARTS_BY_NAME:
        return node.expressions[0] if node.expressions else None
    if (
        isinstance(node, exp.Cast)
        and not node.to.is_type(*WITH_ZONE)
        and not isinstance(node.this, exp.Literal)
    ):
        return node.this if node.this.is_type(*WITH_ZONE) or _zoned(node.this) else None
    return None


def _ask_the_clock(node: exp.Expression, argument: exp.Expression, zoned: Zoned) -> None:
    if isinstance(node, exp.Anonymous) and node.name.lower() in (
        "to_iso8601",
        "timezone_hour",
        "timezone_minute",
    ):
        raise ZoneLost(_text(node))
    clock = exp.paren(zoned.clock.copy())
    clock.type = clock.this.type = exp.DataType.build("timestamp")
    if isinstance(node, exp.Cast) and node.to.is_type(*exp.DataType.TEXT_TYPES):
        if zoned.zone is None:
            raise ZoneLost(_text(node))
        written = exp.Anonymous(
            this="strftime", expressions=[clock, exp.Literal.string("%Y-%m-%d %H:%M:%S.%g ")]
        )
        text = exp.paren(exp.DPipe(this=written, expression=zoned.zone.copy()))
        text.type = node.type
        node.replace(text)
    else:
        argument.replace(clock)


def _count_by_the_clock(difference: exp.DateDiff) -> None:
    """Days and longer units are counted in the zone of the first of both times."""
    begin = _zoned(difference.expression)
    if begin is None or begin.zone is None or difference.args["unit"].name.upper() not in CALENDAR:
        return
    end = _at(_moment_of(difference.this), begin.zone)
    difference.set("expression", begin.clock.copy())
    difference.set("this", end)


def _zoned(node: exp.Expression) -> Zoned | None:
    """What `node` is, if it is a time whose zone it says."""
    if isinstance(node, exp.Paren):
        return _zoned(node.this)
    if isinstance(node, exp.AtTimeZone):
        return _in_zone(_moment_of(node.this), node.args["zone"])
    if isinstance(node, exp.Anonymous) and node.name.lower() == "at_timezone" and len(node.expressions) == 2:
        return _in_zone(_moment_of(node.expressions[0]), node.expressions[1])
    if (
        isinstance(node, exp.Anonymous)
        and node.name.lower() == "with_timezone"
        and len(node.expressions) == 2
    ):
        clock, zone = node.expressions
        return Zoned(_at(clock, zone), clock, zone)
    if isinstance(node, exp.UnixToTime) and node.args.get("zone") is not None:
        return _in_zone(exp.Anonymous(this="to_timestamp", expressions=[node.this.copy()]), node.args["zone"])
    if isinstance(node, exp.FromISO8601Timestamp):
        pattern, kept = exp.Literal.string(ISO_TIME), exp.Literal.string(r"\1")
        local = exp.Anonymous(this="regexp_replace", expressions=[node.this.copy(), pattern, kept])
        return Zoned(exp.cast(node.this.copy(), T.TIMESTAMPTZ), exp.cast(local, T.TIMESTAMP), None)
    if isinstance(node, (exp.TimestampTrunc, exp.DateTrunc, exp.DateAdd, exp.Add, exp.Sub)):
        return _moved(node)
    return None


def _moved(node: exp.Expression) -> Zoned | None:
    """A time with a zone that is cut to a unit, or has an interval added."""
    zoned = _zoned(node.this)
    if zoned is None:
        return None
    interval = node.args.get("expression")
    unit = node.args.get("unit") or (
        interval.args.get("unit") if isinstance(interval, exp.Interval) else None
    )
    if unit is None:
        return None
    is_cut = isinstance(node, (exp.TimestampTrunc, exp.DateTrunc))
    if is_cut or unit.name.upper() in CALENDAR:
        clock = _like(node, zoned.clock)
        if zoned.zone is not None:
            return Zoned(_at(clock, zoned.zone), clock, zoned.zone)
        offset = exp.paren(exp.Sub(this=exp.paren(zoned.clock.copy()), expression=_at(zoned.moment, _UTC)))
        return Zoned(_at(exp.paren(exp.Sub(this=clock.copy(), expression=offset)), _UTC), clock, None)
    moment = _like(node, zoned.moment)
    if zoned.zone is not None:
        return _in_zone(moment, zoned.zone)
    return Zoned(moment, _like(node, zoned.clock), None)


_UTC = exp.Literal.string("UTC")


def _in_zone(moment: exp.Expression, zone: exp.Expression) -> Zoned:
    return Zoned(moment, _at(moment, zone), zone)


def _like(node: exp.Expression, time: exp.Expression) -> exp.Expression:
    """The same calculation of another time."""
    changed = node.copy()
    changed.set("this", exp.paren(time.copy()))
    return changed


def _at(time: exp.Expression, zone: exp.Expression) -> exp.Expression:
    return exp.Anonymous(this="timezone", expressions=[zone.copy(), time.copy()])


def _moment_of(time: exp.Expression) -> exp.Expression:
    """Of a time without a zone, the moment in UTC."""
    zoned = _zoned(time)
    if zoned is not None:
        return zoned.moment
    if time.is_type(*WITH_ZONE) or isinstance(time.unnest(), exp.CurrentTimestamp):
        return time
    return _at(exp.Cast(this=time.copy(), to=exp.DataType.build("timestamp")), _UTC)


def _text(node: exp.Expression) -> str:
    return str(node.sql(dialect="athena", normalize_functions=False))

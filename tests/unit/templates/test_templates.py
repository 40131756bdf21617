"""Templates: what is rendered, what is escaped, what is refused, and what lint says."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.events import Event
from shared.messaging.channels import Channel
from shared.templates.liquid_spelling import ON_NUMBERS, ON_VALUES
from shared.templates.render import (
    PLAIN,
    TemplateFailed,
    TemplateValueMissing,
    render,
    used,
    variables,
)
from shared.templates.template_checks import TemplateProblem, check
from shared.workspace.model import Template

AT = datetime(2026, 11, 21, 18, 10, tzinfo=UTC)


def purchase(**properties: Any) -> Event:
    return Event(
        id="e1",
        type="track",
        name="Complete Purchase",
        user_id="u1",
        properties=properties,
        source="shop",
        protocol="headrace",
        occurred_at=AT,
        received_at=AT,
    )


def rendered(source: str, part: str = "text", traits: dict[str, Any] | None = None, **properties: Any) -> str:
    template = Template(
        id="t", channel={"title": "push", "body": "webhook"}.get(part, "email"), parts={part: source}
    )
    return render(template, variables(purchase(**properties), traits or {}, "u1"))[part]


def test_event_properties_traits_and_person_are_there() -> None:
    source = "{{ person.user_id }} {{ event.id }} {{ event.name }} {{ event.occurred_at | date: '%d.%m.%Y' }}"
    assert rendered(source) == "u1 e1 Complete Purchase 21.11.2026"
    assert rendered("{{ traits.a.b }} {{ properties.c[0].d }}", traits={"a": {"b": 1}}, c=[{"d": 2}]) == "1 2"


@pytest.mark.parametrize(
    ("amount", "text"),
    [(1500, "1500"), (1500.0, "1500"), (9.5, "9.5"), ("1500.00", "1500.00")],
)
def test_an_amount_is_written_as_people_write_it(amount: object, text: str) -> None:
    assert (
        rendered("{{ properties.amount }} {{ properties.amount | append: ' USD' }}", amount=amount)
        == f"{text} {text} USD"
    )


def test_a_whole_amount_is_still_a_fraction_to_calculate_with() -> None:
    assert rendered("{{ properties.amount | divided_by: 1000 }}", amount=1500.0) == "1.5"


@pytest.mark.parametrize("traits", [{}, {"name": None}], ids=["absent", "null"])
@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{{ traits.name | default: 'friend' }}", "friend"),
        ("{{ traits.name | default: person.user_id | upcase }}", "U1"),
        ("{{ traits.name.first | default: 'friend' }}", "friend"),
        ("{% if traits.name %}yes{% else %}no{% endif %}", "no"),
        ("{% if traits.name == 'Bo' %}yes{% else %}no{% endif %}", "no"),
        ("{% unless traits.name %}no{% endunless %}", "no"),
    ],
)
def test_a_missing_value_can_be_asked_for_and_given_a_default(
    source: str, text: str, traits: dict[str, Any]
) -> None:
    assert rendered(source, traits=traits) == text


@pytest.mark.parametrize("traits", [{}, {"name": None}], ids=["absent", "null"])
@pytest.mark.parametrize(
    "source",
    [
        "Hello {{ traits.name }}!",
        "{{ traits.name | upcase }}",
        "{{ traits.name | date: '%Y' }}",
        "{{ 'Dear ' | append: traits.name }}",
        "{{ traits.name | size }}",
        "{% for one in traits.name %}{{ one }}{% endfor %}",
        "{% assign who = traits.name %}{{ who }}",
    ],
)
def test_a_missing_value_without_default_is_refused_by_name(source: str, traits: dict[str, Any]) -> None:
    with pytest.raises(TemplateValueMissing) as refused:
        rendered(source, traits=traits)
    assert (refused.value.part, refused.value.name) == ("text", "traits.name")


def test_a_variable_that_does_not_exist_is_missing_too() -> None:
    with pytest.raises(TemplateValueMissing, match="`nobody` is missing"):
        rendered("{{ nobody }}")


VALUES: dict[str, Any] = {
    "yes": True, "no": False, "list": [True, 1, None, "x", [False, 2.0]], "object": {"a": True, "b": [False]},
    "numbers": {"a": 2.0, "b": [2.5, {"c": 1500.0}]},
    "large": 1e22, "small": 1e-7, "whole": 1500.0,
}  # fmt: skip


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{{ properties.yes }} {{ properties.no }}", "true false"),
        ("{{ properties.yes | append: '!' }}", "true!"),
        ("{{ 'a ' | append: properties.no }}", "a false"),
        ("{{ properties.list | join: ', ' }}", "true, 1, , x, false, 2"),
        ("{{ properties.list }}", "true1xfalse2"),
        ("{{ properties.list | upcase }}", "TRUE1XFALSE2"),
        ("{{ properties.list | first }}", "true"),
        ("{{ properties.list | concat: properties.list | join: '' }}", "true1xfalse2" * 2),
        ("{{ properties.object }}", '{"a":true,"b":[false]}'),
        ("{{ properties.numbers }}", '{"a":2,"b":[2.5,{"c":1500}]}'),
        ("{{ properties.object | append: '' }}", '{"a":true,"b":[false]}'),
        ("{{ properties.large }} {{ properties.large | append: '' }}", "10000000000000000000000 " * 2),
        ("{{ properties.small }}", "0.0000001"),
        ("{{ properties.whole | prepend: 'EUR ' }}", "EUR 1500"),
        ("{{ properties.yes | date: '%Y' }}", "true"),
        ("{{ properties.yes | replace: 'e', properties.no }}", "trufalse"),
        ("{% echo properties.list %}", "true1xfalse2"),
        ("{% cycle properties.list, 'b' %}", "true1xfalse2"),
        ("{% assign a = properties.yes %}{{ a | slice: 0, 2 }}", "tr"),
        ("{% capture a %}{{ properties.list }}{% endcapture %}{{ a }}", "true1xfalse2"),
        ("{{ nil }}{{ nil | append: 'a' }}", "a"),
        ("{{ '1e3' | times: 2 }} {{ 'nan' | plus: 1 }} {{ 'a' | plus: 1 }}", "2000.0 1 1"),
        ("{{ (1..3) | join: '-' }}", "1-2-3"),
    ],
)
def test_a_value_is_spelled_as_liquid_does(source: str, text: str) -> None:
    assert rendered(source, **VALUES).strip() == text.strip()


TEXT_FILTERS = [
    name
    for name in PLAIN.filters
    if name not in ON_NUMBERS | ON_VALUES | {"join", "date", "base64_decode", "base64_url_safe_decode"}
]


@pytest.mark.parametrize("name", TEXT_FILTERS)
@pytest.mark.parametrize("part", ["text", "html"])
def test_no_filter_lets_pythons_spelling_into_a_message(name: str, part: str) -> None:
    arguments = {
        "append": "''", "prepend": "''", "remove": "'~'", "remove_first": "'~'", "remove_last": "'~'", "split": "'~'",
        "replace": "'~', ''", "replace_first": "'~', ''", "replace_last": "'~', ''", "slice": "0, 99",
    }  # fmt: skip
    after = f": {arguments[name]}" if name in arguments else ""
    values: dict[str, Any] = {
        "list": [True, None, {"a": True}, 1e22],
        "object": {"a": None, "b": True},
        "yes": True,
    }
    for value in values:
        found = rendered("{{ properties." + value + " | " + name + after + " }}", part, None, **values)
        for python in ("True", "None", "'a'", "1e+22"):
            assert python not in found or name == "capitalize", found


def test_a_number_without_end_is_refused() -> None:
    with pytest.raises(TemplateFailed, match="not a number"):
        rendered("{{ properties.large | times: properties.larger }}", **VALUES, larger=1e300)


@pytest.mark.parametrize("channel_part", ["subject", "title"])
def test_one_line_has_no_control_characters(channel_part: str) -> None:
    said = rendered(
        "Hi {{ traits.name }}!", channel_part, traits={"name": "a\x00\x01\x1bb\r\nBcc:\u2028 c\x85d\t e"}
    )
    assert said == "Hi ab Bcc: c d e!"


@pytest.mark.parametrize("part", ["text", "html"])
def test_text_keeps_its_lines_and_no_other_control_characters(part: str) -> None:
    assert rendered("{{ traits.a }}", part, traits={"a": "a\x00\x1b\x7f\x9fb\r\n\tc"}) == "ab\n\tc"


MARKUP = "<script>alert('x')</script>"


@pytest.mark.parametrize(
    "source",
    [
        "{{ properties.name }}",
        "{{ properties.name | upcase }}",
        "{{ properties.name | json }}",
        "{{ properties.name | escape_once }}",
        "{{ properties.name | newline_to_br }}",
        "{{ properties.all | join }}",
        "{{ properties.all }}",
        "{{ properties.name | append: properties.name }}",
        "{{ properties.map }}",
        "{{ properties.name | url_encode | url_decode }}",
        "{{ properties.name | base64_encode | base64_decode }}",
        "{% assign x = properties.name %}{{ x }}",
        "{% capture x %}{{ properties.name }}{% endcapture %}{{ x }}",
        "{{ properties.name | replace: 'x', properties.name }}",
        "{{ properties.name | escape | strip | truncate: 400 }}",
    ],
)
def test_html_shows_markup_of_clients_as_text(source: str) -> None:
    html = rendered(source, part="html", name=MARKUP, all=[MARKUP], map={"a": MARKUP})
    assert "<script" not in html.lower()


def test_text_is_not_escaped() -> None:
    assert rendered("{{ properties.name }} & co", name=MARKUP) == f"{MARKUP} & co"


def test_a_subject_is_one_line() -> None:
    assert (
        rendered("Hi {{ properties.name }}\n", part="subject", name="Bo\r\nBcc: x@y.z") == "Hi Bo Bcc: x@y.z"
    )


def test_a_webhook_body_is_json() -> None:
    assert rendered('{"name": {{ properties.name | json }}}', part="body", name='B"o') == '{"name": "B\\"o"}'
    with pytest.raises(TemplateFailed, match="not JSON"):
        rendered('{"name": "{{ properties.name }}"}', part="body", name='B"o')


@pytest.mark.parametrize(
    "source",
    [
        "{{ (1..1000000000) | join }}",
        "{% assign all = (1..properties.n) %}{{ all | sort | last }}",
        "{% for i in (1..properties.n) %}x{% endfor %}",
        "{% for i in (1..200) %}{% for j in (1..200) %}x{% endfor %}{% endfor %}",
        "{% assign x = 'ab' %}{% for i in (1..60) %}{% assign x = x | append: x %}{% endfor %}",
        "{{ properties.long | replace: 'x', properties.long }}",
        "{% for i in (1..9000) %}{{ properties.long }}{% endfor %}",
        "{{ properties.n | divided_by: 0 }}",
        "{{ properties.long | times: 'a' | minus: properties.nothing }}",
        "{% include 'a' %}",
        "{% render 'a' %}",
        "{{ properties.long | safe }}",
    ],
)
def test_a_template_that_does_too_much_fails_quickly(source: str) -> None:
    with pytest.raises(TemplateFailed):
        rendered(source, n=10**9, long="x" * 1000)


plain = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
anything = st.recursive(
    plain, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
)
SOURCES = [
    "{{ properties.a }}",
    "{{ properties.a.b | default: 'x' }}",
    "{{ properties.a | date: '%Y' }}",
    "{{ properties.a | times: 2 }}",
    "{{ properties.a | split: ',' | sort | join }}",
    "{{ properties.a | json }}",
    "{% for one in properties.a %}{{ one }}{% endfor %}",
    "{{ properties.a | round: 2 }}",
    "{{ properties.a | sum }}",
    "{{ properties.a | truncate: properties.b }}",
    "{{ properties.a | map: 'x' | uniq }}",
    "{% if properties.a > 1 %}x{% endif %}",
    "{{ properties.a | slice: properties.b }}",
    "{{ properties.a | where: 'x', properties.b }}",
]


@given(st.sampled_from(SOURCES), anything, anything)
def test_whatever_clients_send_a_template_renders_or_is_refused(source: str, a: Any, b: Any) -> None:
    try:
        text = rendered(source, a=a, b=b)
    except TemplateFailed:
        return
    assert isinstance(text, str)


def problems(channel: Channel, **parts: str) -> list[TemplateProblem]:
    return check(Template(id="t", channel=channel, parts=parts))


def test_a_good_template_has_no_problems() -> None:
    html = "{% for p in properties.products %}{{ p.name }} {{ forloop.index }}{% endfor %}{% assign x = 1 %}{{ x }}"
    assert problems("email", subject="Hi {{ traits.name | default: 'you' }}", html=html) == []
    assert problems("sms", text="{{ properties.amount }}") == []
    assert problems("push", title="a", text="b") == []
    assert problems("webhook", body='{"id": {{ event.id | json }}}') == []


def test_missing_and_unknown_parts_are_problems() -> None:
    assert problems("push", text="a") == [TemplateProblem(None, 1, "a template for push needs `title`")]
    assert problems("email", subject="a") == [
        TemplateProblem(None, 1, "a template for email needs `html`, `text`, or both")
    ]
    assert problems("sms", text="a", html="b") == [
        TemplateProblem("html", 1, "sms has no `html`; it has `text`")
    ]


@pytest.mark.parametrize(
    ("source", "line", "words"),
    [
        ("a\nb {% if %}", 2, "missing expression"),
        ("a\n\n{{ properties.a", 3, "`{{` is not closed"),
        ("{% bogus %}", 1, "unexpected tag 'bogus'"),
        ("a\n{{ properties.limit }}", 2, 'is written `properties["limit"]`'),
        ("a\n{{ properties.a | upcse }}", 2, "unknown filter `upcse`, did you mean `upcase`?"),
        ("{% include 'x' %}", 1, "unexpected tag 'include'"),
        ("a\n{{ properties.a | nope }}", 2, "unknown filter `nope`"),
        ("a\n{{ property.a }}", 2, "unknown variable `property.a`; there are `event`,"),
    ],
)
def test_a_mistake_is_found_with_its_line(source: str, line: int, words: str) -> None:
    (problem,) = problems("sms", text=source)
    assert (problem.part, problem.line) == ("text", line)
    assert words in problem.message


def test_the_variables_a_template_uses_are_known() -> None:
    template = Template(
        id="t",
        channel="email",
        parts={"subject": "{{ traits.name }}", "html": "{{ properties.a.b | default: event.id }}"},
    )
    assert used(template) == {"traits.name", "properties.a.b", "event.id"}

"""Templates: what is rendered, what is escaped, what is refused, and what lint says."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.events import Event
from shared.messages import Channel
from shared.templates import (
    TemplateFailed,
    TemplateProblem,
    TemplateValueMissing,
    check,
    render,
    used,
    variables,
)
from shared.workspace import Template

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
    template = Template(id="t", channel="email", parts={part: source})
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
        ("a\n\n{{ properties.a", 3, "expected '}}'"),
        ("{% bogus %}", 1, "unexpected tag 'bogus'"),
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

"""The industries a workspace can begin with: a ready catalogue, an event of one's own, and a campaign per channel."""

from __future__ import annotations

from typing import NamedTuple

from shared.authoring.files.models.plan import CatalogueName
from shared.messaging.channels import Channel


class OwnEvent(NamedTuple):
    """What the catalogue does not have: people give something a score. `subject` is the property that says what."""

    id: str
    description: str
    subject: str
    score: str


class Starter(NamedTuple):
    """A campaign and the parts of its template. `where` is a condition in YAML, or ""."""

    id: str
    name: str
    event: str
    parts: dict[str, str]
    where: str = ""


class Industry(NamedTuple):
    """`welcome` is the event after which somebody is greeted by email."""

    catalogue: CatalogueName
    says: str
    own_event: OwnEvent
    welcome: str
    campaigns: dict[Channel, Starter]


FRIEND = '{{ traits.first_name | default: "friend" }}'

ECOMMERCE = Industry(
    "ecommerce",
    "shops: carts, orders, items",
    OwnEvent("Rate Item", "A person gave an item stars.", "item_id", "stars"),
    "Registration",
    {
        "push": Starter(
            "good-choice",
            "Good choice",
            "Add To Cart",
            {"title": "Good choice", "text": "{{ properties.name | default: 'Your item' }} is in your cart."},
        ),
        "sms": Starter(
            "big-order",
            "Thanks for a big order",
            "Complete Purchase",
            {"text": "Thank you for your order of {{ properties.amount }} {{ properties.currency }}."},
            "{property: amount, at_least: 500}",
        ),
        "webhook": Starter(
            "order-to-crm",
            "Orders to the CRM",
            "Complete Purchase",
            {
                "body": '{"person": {{ person.user_id | default: nil | json }},\n'
                ' "amount": {{ properties.amount }}, "currency": {{ properties.currency | json }}}'
            },
        ),
    },
)
DELIVERY = Industry(
    "delivery",
    "food and goods to the door: restaurants, orders, ratings",
    OwnEvent("Rate Courier", "A person gave whoever brought it stars.", "courier_id", "stars"),
    "Registration",
    {
        "push": Starter(
            "order-taken",
            "Your order is taken",
            "Complete Payment",
            {
                "title": "We have your order",
                "text": "{{ properties.amount }} {{ properties.currency }} paid. It will not be long.",
            },
        ),
        "sms": Starter(
            "large-order",
            "Thanks for a large order",
            "Complete Payment",
            {"text": "Thank you for your order of {{ properties.amount }} {{ properties.currency }}."},
            "{property: amount, at_least: 100}",
        ),
        "webhook": Starter(
            "bad-rating",
            "Bad ratings to support",
            "Rate Order",
            {
                "body": '{"person": {{ person.user_id | default: nil | json }},\n'
                ' "rating": {{ properties.rating }}, "said": {{ properties.comment | default: "" | json }}}'
            },
            "{property: rating, at_most: 2}",
        ),
    },
)
MEDIA = Industry(
    "media",
    "songs, videos, articles, and subscriptions to them",
    OwnEvent("Rate Title", "A person gave a song, a video or an article stars.", "content_id", "stars"),
    "Registration",
    {
        "push": Starter(
            "artist-followed",
            "You will hear of it",
            "Follow Artist",
            {
                "title": "Noted",
                "text": "You will hear of whatever {{ properties.artist | default: 'your artist' }} does.",
            },
        ),
        "sms": Starter(
            "subscribed",
            "Thanks for subscribing",
            "Start Subscription",
            {"text": "Your plan {{ properties.plan | default: '' }} has begun. Enjoy!"},
        ),
        "webhook": Starter(
            "cancelled-to-crm",
            "Cancellations to the CRM",
            "Cancel Subscription",
            {
                "body": '{"person": {{ person.user_id | default: nil | json }},\n'
                ' "plan": {{ properties.plan | default: "" | json }},\n'
                ' "reason": {{ properties.reason | default: "" | json }}}'
            },
        ),
    },
)
SAAS = Industry(
    "saas",
    "software by subscription: trials, plans, members",
    OwnEvent("Answer Survey", "A person said how likely they recommend us.", "survey_id", "score"),
    "Registration",
    {
        "push": Starter(
            "limit-reached",
            "A limit is reached",
            "Reach Limit",
            {
                "title": "That was the last of it",
                "text": "Your plan has no more {{ properties.resource }} this month.",
            },
        ),
        "sms": Starter(
            "payment-missed",
            "A payment is missing",
            "Miss Payment",
            {"text": "We could not take {{ properties.amount }} {{ properties.currency | default: '' }}."},
        ),
        "webhook": Starter(
            "trial-to-crm",
            "Trials to the CRM",
            "Start Trial",
            {
                "body": '{"person": {{ person.user_id | default: nil | json }},\n'
                ' "plan": {{ properties.plan | default: "" | json }}}'
            },
        ),
    },
)
GAMES = Industry(
    "games",
    "games: levels, achievements, currencies",
    OwnEvent("Rate Level", "A player gave a level stars.", "level_id", "stars"),
    "Registration",
    {
        "push": Starter(
            "achievement",
            "An achievement",
            "Unlock Achievement",
            {
                "title": "Well played",
                "text": "You earned {{ properties.title | default: 'an achievement' }}.",
            },
        ),
        "sms": Starter(
            "receipt",
            "Receipt of a purchase",
            "Complete Purchase",
            {"text": "You paid {{ properties.amount }} {{ properties.currency }}. Have fun!"},
        ),
        "webhook": Starter(
            "big-spender",
            "Big purchases to support",
            "Complete Purchase",
            {
                "body": '{"person": {{ person.user_id | default: nil | json }},\n'
                ' "amount": {{ properties.amount }}, "currency": {{ properties.currency | json }}}'
            },
            "{property: amount, at_least: 50}",
        ),
    },
)
BANKING = Industry(
    "banking",
    "banks and insurers: loans, payments, policies",
    OwnEvent("Rate Advice", "A person gave an adviser stars.", "adviser_id", "stars"),
    "Registered",
    {
        "push": Starter(
            "loan-offer",
            "A loan is approved",
            "Loan Preapproved",
            {
                "title": "Good news",
                "text": "A loan of {{ properties.amount }} {{ properties.currency | default: '' }} is ready.",
            },
        ),
        "sms": Starter(
            "overdue",
            "A payment is overdue",
            "Payment Overdue",
            {"text": "{{ properties.amount }} {{ properties.currency | default: '' }} are overdue."},
        ),
        "webhook": Starter(
            "mortgage-to-crm",
            "Mortgage requests to the CRM",
            "Filled Mortgage Form",
            {
                "body": '{"person": {{ person.user_id | default: nil | json }},\n'
                ' "application": {{ properties.application_id | default: "" | json }}}'
            },
        ),
    },
)

INDUSTRIES: dict[CatalogueName, Industry] = {
    one.catalogue: one for one in (ECOMMERCE, DELIVERY, MEDIA, SAAS, GAMES, BANKING)
}
OTHER_NAMES: dict[str, CatalogueName] = {
    "commerce": "ecommerce", "shop": "ecommerce", "retail": "ecommerce", "food": "delivery",
    "subscriptions": "saas", "software": "saas", "gaming": "games", "finance": "banking", "insurance": "banking",
}  # fmt: skip
"""What else people call them."""


def industry(named: str) -> Industry | None:
    """By the catalogue's name, or another one it goes by."""
    word = named.strip().lower()
    return next((one for one in INDUSTRIES.values() if one.catalogue == OTHER_NAMES.get(word, word)), None)

"""Games."""

from __future__ import annotations

from cli.starting.industries.industry import Industry, OwnEvent, Starter

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
        "slack": Starter(
            "purchase-to-team",
            "Big purchases to the team",
            "Complete Purchase",
            {"text": "A player paid {{ properties.amount }} {{ properties.currency }}."},
            "{property: amount, at_least: 50}",
        ),
    },
)

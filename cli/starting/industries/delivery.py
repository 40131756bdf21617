"""Food and goods to the door."""

from __future__ import annotations

from cli.starting.industries.industry import Industry, OwnEvent, Starter

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
        "slack": Starter(
            "complaint-to-team",
            "Complaints to the team",
            "Rate Order",
            {
                "text": "An order got {{ properties.rating }} of 5 stars: {{ properties.order_id | default: 'no id' }}."
            },
            "{property: rating, at_most: 2}",
        ),
    },
)

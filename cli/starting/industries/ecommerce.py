"""Shops."""

from __future__ import annotations

from cli.starting.industries.industry import Industry, OwnEvent, Starter

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
        "slack": Starter(
            "order-to-team",
            "Big orders to the team",
            "Complete Purchase",
            {
                "text": "{{ traits.first_name | default: 'Somebody' }} ordered for "
                "{{ properties.amount }} {{ properties.currency }}."
            },
            "{property: amount, at_least: 500}",
        ),
    },
)

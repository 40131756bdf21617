"""Banks and insurers."""

from __future__ import annotations

from cli.starting.industries.industry import Industry, OwnEvent, Starter

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
        "slack": Starter(
            "mortgage-to-team",
            "Mortgage requests to the team",
            "Filled Mortgage Form",
            {
                "text": "Somebody asked for a mortgage: {{ properties.application_id | default: 'no number' }}."
            },
        ),
    },
)

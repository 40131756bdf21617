"""Software by subscription."""

from __future__ import annotations

from cli.starting.industries.industry import Industry, OwnEvent, Starter

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
        "slack": Starter(
            "new-trial-to-team",
            "Trials to the team",
            "Start Trial",
            {
                "text": "{{ traits.first_name | default: 'Somebody' }} began a trial: "
                "{{ properties.plan | default: 'no plan named' }}."
            },
        ),
    },
)

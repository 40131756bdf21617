"""Songs, videos and articles."""

from __future__ import annotations

from cli.starting.industries.industry import Industry, OwnEvent, Starter

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
        "slack": Starter(
            "subscription-to-team",
            "Subscriptions to the team",
            "Start Subscription",
            {
                "text": "{{ traits.first_name | default: 'Somebody' }} subscribed: "
                "{{ properties.plan | default: 'no plan named' }}."
            },
        ),
    },
)

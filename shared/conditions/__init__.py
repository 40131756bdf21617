"""The one condition language of campaigns, segments and journeys."""

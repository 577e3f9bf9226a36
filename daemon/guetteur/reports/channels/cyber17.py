"""17Cyber: the State's advice day and night, and a chat with the police for the gravest cases."""

from __future__ import annotations

from guetteur.reports.channels.form import StoryChannel


class Channel(StoryChannel):
    """What happened, ready to paste."""

    STORY = ("Ce qui s’est passé", "What happened")

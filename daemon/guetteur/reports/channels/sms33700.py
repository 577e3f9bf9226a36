"""33700: text messages and calls, by forwarding them or on the operators' form."""

from __future__ import annotations

from guetteur.reports.channels.form import StoryChannel


class Channel(StoryChannel):
    """What happened, ready to paste."""

    STORY = ("Texte à envoyer ou à coller", "Text to send or paste")

"""What the page shows and how: handed to everything that answers a visitor."""

from dataclasses import dataclass, field

from qa.assistant import Assistant
from qa.live import Live
from qa.web.settings import Settings


@dataclass(frozen=True)
class Site:
    """One installation of the page."""

    live: Live | Assistant
    """The installation's own index."""
    settings: Settings = field(default_factory=Settings)

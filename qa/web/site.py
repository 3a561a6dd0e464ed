"""What the page shows and how: handed to everything that answers a visitor."""

from dataclasses import dataclass, field

from qa.assistant import Assistant
from qa.feedback import FeedbackStore
from qa.library import Library
from qa.live import Live
from qa.web.settings import Settings
from qa.writing.written import Writer


@dataclass(frozen=True)
class Site:
    """One installation of the page."""

    live: Live | Assistant
    """The installation's own index."""
    library: Library
    """That one, and the visitors' own collections."""
    feedback: FeedbackStore | None = None
    """Where it is kept what visitors say of answers; None where it is not."""
    settings: Settings = field(default_factory=Settings)
    writer: Writer | None = None
    """The model that visitors may let write; None where there is none."""

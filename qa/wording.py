"""What lines for a terminal and the page are put together with."""


def one_line(text: str) -> str:
    """`text` with each run of blanks and line breaks as one blank."""
    return " ".join(text.split())


def counted(count: int, what: str) -> str:
    """A number of things: "1 paragraph", "14 paragraphs"."""
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"

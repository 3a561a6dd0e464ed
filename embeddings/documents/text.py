"""Plain text files."""

from embeddings.documents.charset import decoded
from embeddings.documents.extract import Extract
from embeddings.documents.lines import page_blocks
from embeddings.errors import DocumentError


def read(data: bytes) -> Extract:
    """Decode a text file and join its lines into blocks. The text keeps every character, line ends included.

    Raises DocumentError when the bytes are no text or hold no words.
    """
    text = decoded(data)
    blocks, left_out = page_blocks(text)
    if not blocks:
        raise DocumentError("holds no text")
    return Extract(text, blocks, left_out=left_out)

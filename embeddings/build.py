"""The whole offline flow on one screen: seeds folder in, index out."""

from dataclasses import dataclass
from pathlib import Path

from embeddings import documents as files
from embeddings import store
from embeddings.documents import LeftOut
from embeddings.errors import DocumentError, IndexMismatch, IndexStoreError
from embeddings.indexing import Progress, index_passages
from embeddings.passages import split_document
from embeddings.store import IndexStore, Manifest
from embeddings.types import Document, Encoder, EncoderIdentity, Passage


@dataclass(frozen=True, slots=True)
class Report:
    """What a build did: the manifest of what now counts, and the files that are not in it."""

    manifest: Manifest
    documents: int
    left_out: tuple[LeftOut, ...]
    refused: tuple[str, ...]


def why_build(seeds: Path, index: IndexStore, encoder: EncoderIdentity) -> str | None:
    """Why the index has to be built, in words that follow "the index", or None when it is up to date."""
    try:
        manifest = index.manifest()
    except IndexMismatch:
        return "has another format"
    except IndexStoreError as error:
        return f"cannot be used ({error})"
    return store.outdated(manifest, encoder) or store.changed(manifest, files.scan(seeds).sources)


def build(seeds: Path, index: IndexStore, encoder: Encoder, progress: Progress | None = None) -> Report:
    """Read every document below `seeds`, encode its passages and write them as the index's next generation.

    Files that cannot be read are refused one by one and reported; the rest is built.
    Raises DocumentError when nothing can be read, IndexLocked, or IndexStoreError when it cannot be written.
    """
    with index.building():
        folder = files.scan(seeds)
        found: list[Document] = []
        passages: list[Passage] = []
        refused: list[str] = []
        for source in folder.sources:
            try:
                document, own = split_document(source, files.read(seeds, source))
                if any(document.doc_id == other.doc_id for other in found):
                    raise DocumentError(f"{source.path}: another document is called {document.doc_id}; rename one")
            except DocumentError as error:
                refused.append(str(error))
                continue
            found.append(document)
            passages += own
        if not passages:
            why = "; ".join([*refused, *(f"{item.path}: {item.reason}" for item in folder.left_out)])
            raise DocumentError(f"no paragraph found below {str(seeds)!r}" + (f" ({why})" if why else ""))

        contents = index_passages(found, passages, encoder, progress)
        manifest = index.write(encoder.identity, folder.sources, contents)
        return Report(manifest, len(found), folder.left_out, tuple(refused))

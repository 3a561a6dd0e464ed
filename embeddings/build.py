"""The whole offline flow on one screen: seeds folder in, index out."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from embeddings import documents as files
from embeddings import store
from embeddings.documents import LeftOut
from embeddings.errors import DocumentError, IndexMismatch, IndexStoreError
from embeddings.indexing import Progress, index_passages
from embeddings.inspection import hidden
from embeddings.passages import split_document
from embeddings.store import IndexStore, Manifest
from embeddings.types import Document, Encoder, EncoderIdentity, Passage
from embeddings.versions import Doubt, doubted, linked, related


@dataclass(frozen=True, slots=True)
class Report:
    """What a build did: the manifest of what now counts, what is in it, and the files that are not.

    `languages`: how many passages each has. `notes`: what of a document's file was left out, a line each.
    """

    manifest: Manifest
    documents: tuple[Document, ...]
    languages: Mapping[str, int]
    notes: tuple[str, ...]
    doubts: tuple[Doubt, ...]
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
    return store.outdated(manifest, encoder) or store.changed(manifest, files.scan(seeds).files)


def build(seeds: Path, index: IndexStore, encoder: Encoder, progress: Progress | None = None) -> Report:
    """Read every document below `seeds`, encode its passages and write them as the index's next generation.

    Files that cannot be read are refused one by one and reported; the rest is built.
    Raises DocumentError when nothing can be read, IndexLocked, or IndexStoreError when it cannot be written.
    """
    with index.building():
        folder = files.scan(seeds)
        found: dict[str, Document] = {}
        passages: list[Passage] = []
        refused: list[str] = []
        notes: list[str] = []
        for source in folder.sources:
            try:
                extract = files.read(seeds, source)
                document, own = split_document(source, extract, files.given(seeds, folder.notes.get(source.path)))
                if document.doc_id in found:
                    raise DocumentError(f"{source.path}: another document is called {document.doc_id}; rename one")
                if not own:
                    raise DocumentError(f"{source.path}: holds headings only, no paragraph")
            except DocumentError as error:
                refused.append(str(error))
                continue
            found[document.doc_id] = document
            passages += own
            notes += (f"{source.path}: {note}" for note in (*extract.left_out, *hidden(extract.text)))
        if not passages:
            why = "; ".join([*refused, *(f"{item.path}: {item.reason}" for item in folder.left_out)])
            raise DocumentError(f"no paragraph found below {str(seeds)!r}" + (f" ({why})" if why else ""))

        documents = related(list(found.values()))
        contents, doubts = doubted(index_passages(documents, linked(documents, passages), encoder, progress))
        manifest = index.write(encoder.identity, folder.files, contents)
        languages = Counter(passage.language for passage in passages)
        return Report(
            manifest, tuple(documents), languages, tuple(notes), tuple(doubts), folder.left_out, tuple(refused)
        )

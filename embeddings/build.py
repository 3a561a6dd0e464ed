"""The whole offline flow on one screen: seeds folder in, index out."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from embeddings import documents as files
from embeddings import store
from embeddings.contents import Index
from embeddings.documents import LeftOut
from embeddings.errors import DocumentError, EngineError, IndexMismatch, IndexMissing, IndexStoreError
from embeddings.generation import Manifest
from embeddings.index.kinds import Search
from embeddings.indexing import Elsewhere, Progress, index_passages
from embeddings.inspection import read_document
from embeddings.shelf import StoredShelf
from embeddings.store import IndexStore
from embeddings.types import Document, Encoder, EncoderIdentity, Passage, SourceFile
from embeddings.versions import Doubt, doubted, linked, related

Store = Literal["files", "milvus"]
"""Where the vectors of an index are kept."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a build did: the manifest of what now counts, what is in it, and the files that are not.

    `languages`: how many passages each has.
    """

    manifest: Manifest
    documents: tuple[Document, ...]
    languages: Mapping[str, int]
    doubts: tuple[Doubt, ...]
    left_out: tuple[LeftOut, ...]
    refused: tuple[str, ...]


def why_build(seeds: Path, index: IndexStore, encoder: EncoderIdentity, kept_in: Store | None = None) -> str | None:
    """Why the index has to be built, in words that follow "the index", or None when it is up to date."""
    try:
        manifest = index.manifest()
    except IndexMissing:
        return "is missing"
    except IndexMismatch:
        return "has another format"
    except IndexStoreError as error:
        return f"cannot be used ({error})"
    if kept_in not in (None, "milvus" if index.in_milvus() else "files"):
        return f"is not kept in {kept_in}"
    return store.outdated(manifest, encoder) or store.changed(manifest, files.scan(seeds).files)


def build(
    seeds: Path,
    index: IndexStore,
    encoder: Encoder,
    progress: Progress | None = None,
    *,
    reading: Progress | None = None,
    full: bool = False,
    kept_in: Store | None = None,
    search: Search | None = None,
) -> Report:
    """Read the documents below `seeds`, encode their passages and write them as the index's next generation.

    What the generation before has of unchanged files and paragraphs is taken over, and what a killed build has made;
    with `full` only the latter. Files that cannot be read are refused one by one and reported; the rest is built.
    `progress` is called as passages are encoded, `reading` as files are read, with how many of how many.
    `kept_in`: where its vectors are to be, by default where they are; `search`: how those in files are searched, by
    default as suits their number.
    Raises DocumentError when nothing can be read, IndexLocked, or IndexStoreError when it cannot be written.
    """
    with index.building():
        in_milvus = kept_in == "milvus" or (kept_in is None and index.in_milvus())
        if in_milvus:
            index.engine()  # raises before anything is done
        folder = files.scan(seeds)
        previous = None if full else _previous(index, encoder.identity)
        known = _known(previous)
        found: dict[str, Document] = {}
        passages: list[Passage] = []
        refused: list[str] = []
        for source in _reported(folder.sources, reading):
            note = folder.notes.get(source.path)
            try:
                document, own = known.get((source, note)) or read_document(seeds, source, note)
                if document.doc_id in found:
                    raise DocumentError(f"{source.path}: another document is called {document.doc_id}; rename one")
            except DocumentError as error:
                refused.append(str(error))
                continue
            found[document.doc_id] = document
            passages += own
        if not passages:
            why = "; ".join([*refused, *(f"{item.path}: {item.reason}" for item in folder.left_out)])
            why = why or "there is no document; put some there, or name another folder with: --seeds FOLDER"
            raise DocumentError(f"no paragraph found below {str(seeds)!r} ({why})")

        documents = related(list(found.values()))
        try:
            with StoredShelf(index.partial, encoder.identity, previous and previous[0], len(passages)) as shelf:
                elsewhere = _in_milvus(index, previous) if in_milvus else None
                contents = index_passages(
                    documents, linked(documents, passages), encoder, progress, shelf, search, elsewhere
                )
                contents, doubts = doubted(contents)
                manifest = index.write(encoder.identity, folder.files, contents)
                shelf.clear()
        except OSError as error:
            raise index.unwritable(error) from error
        languages = Counter(passage.language for passage in passages)
        return Report(manifest, tuple(documents), languages, tuple(doubts), folder.left_out, tuple(refused))


def _reported(sources: Sequence[SourceFile], reading: Progress | None) -> Iterator[SourceFile]:
    """The files; each is reported when the next one is asked for."""
    for done, source in enumerate(sources, 1):
        yield source
        if reading is not None:
            reading(done, len(sources))


def _previous(index: IndexStore, encoder: EncoderIdentity) -> tuple[Index, Manifest] | None:
    """The generation that counts, as far as it is of use for the next one."""
    try:
        _, contents, manifest = index.opened(encoder)
    except EngineError:
        raise  # what it has would be made anew for nothing
    except IndexStoreError:
        return None
    return contents, manifest


def _in_milvus(index: IndexStore, previous: tuple[Index, Manifest] | None) -> Elsewhere:
    """What keeps vectors in Milvus, beside those of the generation before."""
    from embeddings.milvus.searches import keeping

    before = previous[0] if previous else None
    return keeping(index.engine(), index.unfinished(), (before.dense, before.tokens, before.coarse) if before else None)


_Known = dict[tuple[SourceFile, SourceFile | None], tuple[Document, list[Passage]]]


def _known(previous: tuple[Index, Manifest] | None) -> _Known:
    """What was made of each file and the one that tells about it, in the generation before."""
    if previous is None:
        return {}
    contents, manifest = previous
    passages: dict[str, list[Passage]] = {}
    for passage in contents.passages:
        passages.setdefault(passage.doc_id, []).append(passage)
    notes = files.notes_of(manifest.sources)
    return {
        (document.source, notes.get(document.source.path)): (document, passages[doc_id])
        for doc_id, document in contents.documents.items()
    }

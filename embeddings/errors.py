"""Every error that the offline half raises on purpose.

EmbeddingsError
├── DocumentError       a source file cannot be read as a document
├── EncoderError        a model cannot be found, made or loaded
└── IndexStoreError     the index on disk cannot be used
    ├── IndexMissing    there is none
    ├── IndexDamaged    a file is missing, cut short or altered
    ├── IndexMismatch   it was made by another format, model or from other sources
    ├── IndexLocked     somebody else is building it
    └── EngineError     the engine that keeps its vectors (Milvus) is not there, or does not do what it is asked

Each message says what was received and, where there is one, the command that helps.
"""


class EmbeddingsError(Exception):
    """Base of all errors of this package."""


class DocumentError(EmbeddingsError):
    """A source file cannot be read as a document."""


class EncoderError(EmbeddingsError):
    """A model cannot be found, made or loaded."""


class IndexStoreError(EmbeddingsError):
    """The index on disk cannot be used."""


class IndexMissing(IndexStoreError):
    """There is no index in the folder."""


class IndexDamaged(IndexStoreError):
    """A file of the index is missing, cut short or altered."""


class IndexMismatch(IndexStoreError):
    """The index was made by another format, model or from other sources."""


class IndexLocked(IndexStoreError):
    """Another process is building the index."""


class EngineError(IndexStoreError):
    """The engine that keeps the vectors of an index is not there, or does not do what it is asked."""

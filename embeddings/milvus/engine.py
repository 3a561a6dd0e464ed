"""A connection to Milvus. Every call has a limit of time, and ends in an EngineError that says where and what to do.

What does not reach the engine, pymilvus tries again by itself, with growing pauses, until the time is over. What the
engine refuses for the moment, as it does while it starts, is tried again here. Once it is known not to answer, nobody
waits for it again for a while.
"""

import logging
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

import numpy as np

from embeddings.errors import EngineError
from embeddings.index.protocols import Ids
from embeddings.milvus.conditions import MAX_SECTIONS
from embeddings.types import Vectors

T = TypeVar("T")
Row = Mapping[str, Any]

CONNECTING: Final = 5.0
ASKING: Final = 10.0
WORKING: Final = 120.0
"""Seconds that connecting, a call while somebody waits for an answer, and one of a build may take."""
_INDEXING: Final = 6 * 3600
"""Seconds that Milvus may take to index what was written."""
_PAUSES: Final = (0.2, 1.0, 3.0)
"""Seconds between tries where the engine says that it may be tried again."""
_UNASKED: Final = 5.0
"""Seconds for which an engine that did not answer is not asked again."""
MOST: Final = 16_384
"""Rows that Milvus returns at once, at most."""
_AT_ONCE: Final = 1000
"""Rows fetched by their keys in one call: of 64 KiB each they stay below the 100 MB that Milvus answers with."""
_BATCH_ROWS: Final = 2000
_BATCH_BYTES: Final = 8_000_000
"""Rows, and bytes of them, that are sent at a time; gRPC takes 64 MB."""
EXACT: Final = 200_000
"""Vectors up to which all are looked at; a collection that begins with more gets a graph of neighbours (HNSW)."""
_GRAPH: Final = {"M": 32, "efConstruction": 200}
_USUAL_LISTS: Final = 128
"""Milvus's own number of lists; Lite does not say how many there are."""
_LISTS: Final = 16
_SHARE: Final = 16
"""Lists of an inverted file that are looked through in each of Milvus's segments: one in so many, and some at least."""
_MAX_TEXT: Final = 65_535
"""Bytes of a text at most."""
_NOT_LOADED: Final = 101
"""Milvus's code for a collection that has to be loaded first."""
_SILENT: Final = ("UNAVAILABLE", "DEADLINE_EXCEEDED", "CANCELLED")
"""gRPC's codes for an engine that does not answer."""
_ADVICE: Final = "see that it runs and can be reached from here, and try again (docs/scale.md, Troubleshooting)"
_ADVICE_LITE: Final = (
    "see that its folder is there and that no other process uses the file, of which there may be one at a time "
    "(docs/scale.md, Troubleshooting)"
)


class Engine:
    """Milvus at one address. Safe to share between threads."""

    def __init__(self, uri: str, token: str = "") -> None:
        """Connect to `uri`: `http://host:port`, or the name of a file, `*.db`, in which Milvus Lite keeps everything.

        Raises EngineError when pymilvus is not installed, or when nothing answers there.
        """
        try:
            parts = urlsplit(uri)
            if parts.port == 0:
                raise ValueError("there is no port 0")
            self._secrets = [secret for secret in (token, parts.username, parts.password) if secret]
        except ValueError as error:
            raise EngineError(f"no address of Milvus ({error}); write http://HOST:PORT, or FILE.db") from error
        self.where = parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="").geturl()
        self._unasked_until = 0.0
        self._searched_by: dict[str, Mapping[str, Any]] = {}
        try:
            import grpc
            import pymilvus
        except ImportError as error:
            raise EngineError(
                "pymilvus is not installed; install it with: pip install 'paragraph-qa[milvus]'"
            ) from error
        for name in ("pymilvus", "milvus_lite", "grpc._server"):  # they log what they raise, with its traceback
            logging.getLogger(name).setLevel(logging.CRITICAL)
        self._pymilvus = pymilvus
        self._errors = (pymilvus.MilvusException, grpc.RpcError, grpc.FutureTimeoutError)
        self._client = self._call("connecting", pymilvus.MilvusClient, uri, token=token, timeout=CONNECTING)

    @property
    def version(self) -> str:
        """What answers there: "v2.3.5", "milvus_lite-3.2.2"."""
        return str(self._call("asking for its version", self._client.get_server_version))

    # --- Collections ---

    def exists(self, collection: str) -> bool:
        """Whether there is a collection of this name."""
        return bool(self._call("looking for its rows", self._client.has_collection, collection))

    def create(self, collection: str, dimension: int, vectors: int) -> None:
        """Make a collection of vectors and what they are filtered by, for `vectors` of them at first."""
        schema, types = self._schema(), self._pymilvus.DataType
        schema.add_field("vector", types.FLOAT_VECTOR, dim=dimension)
        for name in ("document", "language", "first", "last"):
            schema.add_field(name, types.INT64)
        schema.add_field("sections", types.ARRAY, element_type=types.INT64, max_capacity=MAX_SECTIONS)
        exact = vectors <= EXACT
        self._create(collection, schema, "vector", "FLAT" if exact else "HNSW", {} if exact else _GRAPH)

    def create_texts(self, collection: str) -> None:
        """Make a collection of texts, which are fetched by their keys."""
        schema, types = self._schema(), self._pymilvus.DataType
        schema.add_field("text", types.VARCHAR, max_length=_MAX_TEXT)
        schema.add_field("none", types.FLOAT_VECTOR, dim=2)  # Milvus has no collection without vectors
        self._create(collection, schema, "none", "FLAT", {})

    def _schema(self) -> Any:
        schema = self._client.create_schema(auto_id=False, enable_dynamic_field=False)
        schema.add_field("id", self._pymilvus.DataType.INT64, is_primary=True)
        return schema

    def _create(self, collection: str, schema: Any, field: str, kind: str, parameters: Mapping[str, int]) -> None:
        index = self._client.prepare_index_params()
        index.add_index(field, index_type=kind, metric_type="IP", params=dict(parameters))
        self._call(
            "making a collection", self._client.create_collection, collection,
            schema=schema, index_params=index, consistency_level="Bounded", timeout=WORKING,
        )  # fmt: skip

    def drop(self, collection: str) -> None:
        """Remove a collection, if there is one."""
        self._call("removing a collection", self._client.drop_collection, collection, timeout=WORKING)

    # --- Writing ---

    def insert(self, collection: str, rows: Iterable[Row]) -> None:
        """Write rows; one that is there with the same key is replaced."""
        for batch in _batches(rows):
            done = self._call("writing rows", self._client.upsert, collection, batch, timeout=WORKING)
            if done["upsert_count"] != len(batch):
                raise EngineError(f"Milvus at {self.where} took {done['upsert_count']} of {len(batch)} rows")

    def delete(self, collection: str, keys: Ids) -> None:
        """Remove the rows with these keys, as far as they are there."""
        for start in range(0, len(keys), MOST):
            some = keys[start : start + MOST].tolist()
            self._call("removing rows", self._client.delete, collection, ids=some, timeout=WORKING)

    def settle(self, collection: str) -> None:
        """Wait until everything written is on disk, and in the index by which it is searched.

        Raises EngineError when that takes more than six hours, or fails.
        """
        self._call("flushing", self._client.flush, collection, timeout=WORKING)
        end = time.monotonic() + _INDEXING
        while (state := self._index(collection))["state"] != "Finished" or int(state["pending_index_rows"]):
            if state["state"] == "Failed" or time.monotonic() > end:
                raise EngineError(f"Milvus at {self.where} does not finish the index of {collection}: {state}")
            time.sleep(0.5)

    # --- Reading ---

    def load(self, collection: str) -> int:
        """Make a collection ready to be read. Returns the number of its rows."""
        state = self._call("looking whether rows are loaded", self._client.get_load_state, collection)["state"]
        if state.name != "Loaded":  # to load it again would ask for one replica, whatever number there is
            self._call("loading rows", self._client.load_collection, collection, timeout=WORKING)
        counted = self._query("counting rows", collection, ["count(*)"], fresh=True, filter="")
        return int(counted[0]["count(*)"])

    def search(
        self, collection: str, vector: Vectors, count: int, expression: str = "", *, fresh: bool = False
    ) -> tuple[Ids, Vectors]:
        """The `count` vectors nearest to `vector` [dim], `MOST` at most, of those that fit the expression, best first.

        Returns their keys and cosines, both [num_found]. `fresh`: rows written just now have to be seen.
        """
        found = self._read(
            "searching", self._client.search, collection, [vector.tolist()],
            anns_field="vector", limit=count, filter=expression,
            search_params={"metric_type": "IP", "params": self._thoroughly(collection, count)},
            consistency_level=_level(fresh),
        )[0]  # fmt: skip
        return np.array(found.ids, np.int64), np.array(found.distances, np.float32)

    def fetch(self, collection: str, keys: Ids, field: str, *, fresh: bool = False) -> list[Any]:
        """`field` of the rows with these keys, in their order.

        Raises EngineError when one is missing: it was removed, by somebody who did not know that it is in use.
        """
        found: dict[int, Any] = {}
        for start in range(0, len(keys), _AT_ONCE):
            some = keys[start : start + _AT_ONCE].tolist()
            rows = self._query("fetching rows", collection, ["id", field], fresh=fresh, ids=some)
            found.update((row["id"], row[field]) for row in rows)
        missing = [key for key in keys.tolist() if key not in found]
        if missing and not fresh:
            return self.fetch(collection, keys, field, fresh=True)
        if missing:
            raise EngineError(
                f"Milvus at {self.where} lacks {len(missing)} rows of {collection} that this index needs; see what is "
                "missing with: qa index verify, and build anew with: qa build --full"
            )
        return [found[key] for key in keys.tolist()]

    def missing(self, collection: str, keys: Ids) -> int:
        """How many of these rows are not there."""
        there = 0
        for start in range(0, len(keys), MOST):
            some = keys[start : start + MOST].tolist()
            there += len(self._query("looking for rows", collection, ["id"], fresh=True, ids=some))
        return len(keys) - there

    def _query(self, doing: str, collection: str, fields: list[str], *, fresh: bool, **which: Any) -> Any:
        return self._read(
            doing, self._client.query, collection,
            output_fields=fields, consistency_level=_level(fresh), **which,
        )  # fmt: skip

    def _thoroughly(self, collection: str, count: int) -> dict[str, int]:
        """How a search for so many is made in the index that the collection has; whoever runs Milvus may have made
        another one."""
        index = self._searched_by.get(collection)
        if index is None:
            index = self._searched_by[collection] = self._index(collection)
        match str(index["index_type"]).split("_")[0]:
            case "HNSW":
                return {"ef": max(count, 256)}
            case "IVF" | "SCANN":
                lists = int(index.get("nlist", _USUAL_LISTS))
                return {"nprobe": min(lists, max(_LISTS, lists // _SHARE))}
            case "DISKANN":
                return {"search_list": max(count, 256)}
            case _:
                return {}

    def _index(self, collection: str) -> Mapping[str, Any]:
        """What Milvus says of a collection's index."""
        name = self._call("looking at an index", self._client.list_indexes, collection)[0]
        described: Mapping[str, Any] = self._call("looking at an index", self._client.describe_index, collection, name)
        return described

    def _read(self, doing: str, method: Callable[..., T], collection: str, *given: Any, **named: Any) -> T:
        """Call what reads a collection, which is made ready first where the engine was started anew."""
        try:
            return self._call(doing, method, collection, *given, **named)
        except EngineError as error:
            if getattr(error.__cause__, "code", None) != _NOT_LOADED:
                raise
        self._call("loading rows", self._client.load_collection, collection, timeout=WORKING)
        return self._call(doing, method, collection, *given, **named)

    def _call(self, doing: str, method: Callable[..., T], *given: Any, **named: Any) -> T:
        """Call pymilvus. Raises EngineError when it fails, or when the engine did not answer a moment ago."""
        if time.monotonic() < self._unasked_until:
            raise EngineError(f"Milvus at {self.where} did not answer a moment ago; try again in a few seconds")
        named.setdefault("timeout", ASKING)
        for pause in _PAUSES:
            try:
                return method(*given, **named)
            except self._errors as error:
                if not getattr(error, "retriable", False):
                    raise self._failed(doing, error) from error
            time.sleep(pause)
        try:
            return method(*given, **named)
        except self._errors as error:
            raise self._failed(doing, error) from error

    def _failed(self, doing: str, error: Exception) -> EngineError:
        """What to raise instead of pymilvus's own error, which may name the token."""
        code: Any = getattr(error, "code", None)  # gRPC has a method there, pymilvus a number or one of gRPC's
        code = code() if callable(code) else code
        error.__cause__ = None  # pymilvus makes it its own: whoever follows causes would never come to an end
        reason = str(getattr(error, "message", "") or getattr(code, "name", "") or error)
        for secret in self._secrets:
            reason = reason.replace(secret, "***")
        if getattr(code, "name", "") in _SILENT:
            self._unasked_until = time.monotonic() + _UNASKED
        advice = _ADVICE_LITE if self.where.endswith(".db") else _ADVICE
        return EngineError(f"Milvus at {self.where}: {doing} failed: {reason}; {advice}")


@cache
def connected(uri: str) -> Engine:
    """The connection to `uri`, with the token in $QA_MILVUS_TOKEN; the same one for everybody in this process.

    Raises EngineError as `Engine` does.
    """
    return Engine(uri, os.environ.get("QA_MILVUS_TOKEN", ""))


def _level(fresh: bool) -> str:
    """How recent what is read has to be. "Strong" waits for a tick of the engine's clock, 200 ms by default."""
    return "Strong" if fresh else "Bounded"


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """Rows in lists that can be sent at once."""
    batch: list[Row] = []
    size = 0
    for row in rows:
        batch.append(row)
        size += len(row["text"]) if "text" in row else row["vector"].nbytes
        if len(batch) == _BATCH_ROWS or size >= _BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch

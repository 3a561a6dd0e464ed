"""Figures for Prometheus, on a port of their own: counts and times, never what was asked or who asked it."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Final, get_args

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, start_http_server
from prometheus_client.gc_collector import GCCollector
from prometheus_client.metrics_core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

from qa.about import built
from qa.api import Purpose
from qa.assistant import Assistant
from qa.errors import ServeError
from qa.live import Live
from qa.web.events import Event, Fault, Outcome, QuestionAsked, QuestionEnded, RequestEnded

_ANSWER_SECONDS: Final = (0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 1.5, 2.5, 5.0, 10.0)
_PART_SECONDS: Final = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)


class Metrics:
    """Listens (`qa.web.events`) and counts. Safe to share between threads."""

    def __init__(self, live: Live | Assistant, waiting: Callable[[], int]) -> None:
        """`live`: whose index is told of; `waiting`: how many questions wait to be answered."""
        self.registry: Final = CollectorRegistry()
        self._requests = Counter(
            "qa_requests",
            "Requests, by what their path is used for (empty: refused before that was known) and status (0: left).",
            ["use", "status"],
            registry=self.registry,
        )
        self._questions = Counter(
            "qa_questions",
            "Questions, by what they were asked for (answer; search: only the closest passages) and how they ended.",
            ["purpose", "outcome"],
            registry=self.registry,
        )
        self._seconds = Histogram(
            "qa_answer_seconds",
            "Work on a question, without waiting.",
            ["purpose"],
            buckets=_ANSWER_SECONDS,
            registry=self.registry,
        )
        for purpose in get_args(Purpose):  # so that a rate is right from the first one on
            self._seconds.labels(purpose)
            for outcome in get_args(Outcome):
                self._questions.labels(purpose, outcome)
        self._parts = Histogram(
            "qa_answer_part_seconds",
            "Work on a part of it.",
            ["part"],
            buckets=_PART_SECONDS,
            registry=self.registry,
        )
        self._answering = Gauge("qa_questions_answering", "Questions being answered now.", registry=self.registry)
        Gauge("qa_questions_waiting", "Questions that wait now.", registry=self.registry).set_function(
            lambda: float(waiting())
        )
        self._faults = Counter("qa_faults", "What failed; each has a number in the log.", registry=self.registry)
        self.registry.register(_IndexCollector(live))
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        GCCollector(registry=self.registry)

    def __call__(self, event: Event) -> None:
        match event:
            case RequestEnded():
                self._requests.labels(event.use, str(event.status)).inc()
            case QuestionAsked():
                self._answering.inc()
            case QuestionEnded():
                self._answering.dec()
                self._questions.labels(event.purpose, event.outcome).inc()
                if event.outcome in {"answered", "absent"}:
                    self._seconds.labels(event.purpose).observe(event.seconds)
                    for part, seconds in event.parts.items():
                        self._parts.labels(part).observe(seconds)
            case Fault():
                self._faults.inc()

    @contextmanager
    def served(self, host: str, port: int) -> Iterator[None]:
        """Within it the figures are at `http://host:port/metrics`. Raises ServeError when the address is taken."""
        try:
            server, thread = start_http_server(port, host, self.registry)
        except OSError as error:
            raise ServeError(
                f"cannot listen on {host}:{port} ({error.strerror}); name another with: --metrics-port N"
            ) from error
        try:
            yield
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


class _IndexCollector(Collector):
    """What is served now. An index is looked at when figures are asked for, which also brings in a newer one."""

    def __init__(self, live: Live | Assistant) -> None:
        self._live = live
        self._built: tuple[str, float] = ("", 0.0)
        """Of a generation, when it was built; read once, not at every look."""
        self._reading = threading.Lock()

    def collect(self) -> Iterator[Metric]:
        assistant = self._live.now()
        yield InfoMetricFamily("qa_index", "The generation that answers.", {"generation": assistant.state})
        yield GaugeMetricFamily("qa_index_documents", "Documents in it.", len(assistant.index.catalogue.documents))
        yield GaugeMetricFamily("qa_index_passages", "Passages in it.", len(assistant.index.passages))
        when = self._when(assistant.state)
        if when:
            yield GaugeMetricFamily("qa_index_built_timestamp_seconds", "When it was built (Unix time).", when)

    def _when(self, state: str) -> float:
        """When a generation was built, in seconds since 1970; 0 where that is not known."""
        if not isinstance(self._live, Live):
            return 0.0
        with self._reading:
            if self._built[0] != state:
                try:
                    said = datetime.fromisoformat(built(self._live.folder, state))
                    self._built = (state, (said if said.tzinfo else said.replace(tzinfo=UTC)).timestamp())
                except ValueError:
                    self._built = (state, 0.0)
            return self._built[1]

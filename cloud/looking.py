"""Looks at traces in worker processes, so that alarms and pages keep a core of their own.

A look is pure: models.live.Live and a trace in, the document and what the alarms ask of it out. So
it does not matter where it is made, nor how often: a worker that dies takes nothing along, it is
replaced, and the recordings it had are due again. With no worker the look is made by the caller at
once, which a simulated clock needs.
"""

import json
import logging
import multiprocessing
import os
import signal
import threading
from collections.abc import Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass

from models.clean import maternal_mask
from models.findings import Finding, found
from models.live import Live
from models.suppressed import Suppressed, suppressed
from models.trace import Trace

log = logging.getLogger(__name__)
AHEAD = 16  # looks that wait for each worker: what it makes between two ticks of the monitor
NICENESS = 5  # workers give way to ingest, alarms and pages


@dataclass(frozen=True)
class Look:
    """`live` is the one that has looked, and goes on from there."""

    live: Live
    at_s: float  # end of the trace
    verdict: str
    body: str  # JSON of models.live.Shown.document
    found: Mapping[str, Finding]
    silent: tuple[Suppressed, ...]


def look(live: Live, trace: Trace, ended: bool) -> Look:
    shown = live.look(trace, ended)
    return Look(
        live,
        trace.end_s,
        shown.document["verdict"],
        json.dumps(shown.document, allow_nan=False),
        found(shown.analysis),
        suppressed(shown.analysis, maternal_mask(trace)),
    )


class Lookers:
    """`count` workers, 0: none. Of one thread, but for start() and stop()."""

    def __init__(self, count: int) -> None:
        self.room = AHEAD * count or 1  # looks under way that are worth while
        self._count = count
        self._pool = self._new_pool()

    def begin(self, live: Live, trace: Trace, ended: bool) -> "Future[Look]":
        if self._pool is None:
            return _at_once(live, trace, ended)
        try:
            return self._pool.submit(look, live, trace, ended)
        except BrokenProcessPool:
            self.replace()
            return self._pool.submit(look, live, trace, ended)

    def replace(self) -> None:
        """After a BrokenProcessPool: what was under way is lost, and will be begun anew."""
        log.error("a process that assesses recordings has died: another one takes its place")
        self.stop()
        self._pool = self._new_pool()

    def start(self) -> None:
        """Workers start with their first look."""

    def stop(self) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def _new_pool(self) -> ProcessPoolExecutor | None:
        if not self._count:
            return None
        # spawned: a fork would copy threads' locks and the store's connections
        context = multiprocessing.get_context("spawn")
        return ProcessPoolExecutor(self._count, context, _prepare)


def is_lost(done: "Future[Look]") -> bool:
    """Whether this look has ended with its worker."""
    return done.cancelled() or isinstance(done.exception(), BrokenProcessPool)


def _at_once(live: Live, trace: Trace, ended: bool) -> "Future[Look]":
    done: Future[Look] = Future()
    try:
        done.set_result(look(live, trace, ended))
    except Exception as error:  # as a worker does
        done.set_exception(error)
    return done


def _prepare() -> None:
    """In a new worker: it ends with the service, by its order or when that is gone, not before."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    os.nice(NICENESS)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)

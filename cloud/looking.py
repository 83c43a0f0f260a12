"""Looks at traces in worker processes, so that alarms and pages keep a core of their own.

A look is pure: models.live.Live and a trace in, the document and what the alarms ask of it out. So
it does not matter where it is made, nor how often: a worker that dies takes nothing along, it is
replaced, and the recordings it had are due again. The look that it was at is known: it may be why.
One that takes longer than LONGEST_S ends its worker too. With no worker the look is made by the
caller at once, which a simulated clock needs.
"""

import faulthandler
import json
import logging
import multiprocessing
import os
import signal
import threading
from collections import deque
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
LONGEST_S = 60.0  # a look takes a tenth of a second
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

    def __init__(self, count: int, longest_s: float = LONGEST_S) -> None:
        self.room = AHEAD * count or 1  # looks under way that are worth while
        self._workers = [_Worker(longest_s) for _ in range(count)]

    def begin(self, live: Live, trace: Trace, ended: bool) -> "Future[Look]":
        if not self._workers:
            return _at_once(live, trace, ended)
        return min(self._workers, key=_Worker.waiting).begin(live, trace, ended)

    def was_fatal(self, done: "Future[Look]") -> bool:
        """Of one that is_lost(): whether its worker was at it when it died, and not at another.
        To be asked once."""
        for worker in self._workers:
            if worker.has_died:
                worker.replace()
            if done in worker.fatal:
                worker.fatal.remove(done)
                return True
        return False

    def start(self) -> None:
        """Workers start with their first look."""

    def stop(self) -> None:
        for worker in self._workers:
            worker.stop()


class _Worker:
    """One process, and looks in the order in which they were begun."""

    def __init__(self, longest_s: float) -> None:
        self.fatal: set[Future[Look]] = set()  # it was at them when it died
        self._longest_s = longest_s
        self._begun: deque[Future[Look]] = deque()
        self._pool = _new_pool()

    def waiting(self) -> int:
        return sum(not one.done() for one in self._begun)

    def begin(self, live: Live, trace: Trace, ended: bool) -> "Future[Look]":
        self._forget_made()
        if self.has_died:
            self.replace()
        try:
            future = self._pool.submit(_look_within, self._longest_s, live, trace, ended)
        except BrokenProcessPool:  # since has_died was asked, or while it had nothing to do
            self.replace()
            future = self._pool.submit(_look_within, self._longest_s, live, trace, ended)
        self._begun.append(future)
        return future

    @property
    def has_died(self) -> bool:
        return any(is_lost(one) for one in self._begun)

    def replace(self) -> None:
        """What was under way is lost, and will be begun anew."""
        log.error("a process that assesses recordings has died: another one takes its place")
        self.stop()  # every look has ended after it
        self._forget_made()
        self.fatal.update(list(self._begun)[:1])
        self._begun.clear()
        self._pool = _new_pool()

    def stop(self) -> None:
        self._pool.shutdown(cancel_futures=True)

    def _forget_made(self) -> None:
        while self._begun and self._begun[0].done() and not is_lost(self._begun[0]):
            self._begun.popleft()


def _new_pool() -> ProcessPoolExecutor:
    """Workers are forked from a process that has read the modules and nothing else: a fork of the
    service would copy threads' locks and the store's connections, and a new start takes seconds."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    return ProcessPoolExecutor(1, context, _prepare)


def is_lost(look: "Future[Look]") -> bool:
    """Whether this look has ended with its worker."""
    if not look.done():
        return False
    return look.cancelled() or isinstance(look.exception(), BrokenProcessPool)


def _look_within(longest_s: float, live: Live, trace: Trace, ended: bool) -> Look:
    """In a worker: one that does not come back ends it, with a traceback on standard error."""
    faulthandler.dump_traceback_later(longest_s, exit=True)
    try:
        return look(live, trace, ended)
    finally:
        faulthandler.cancel_dump_traceback_later()


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
    faulthandler.enable()
    os.nice(NICENESS)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)

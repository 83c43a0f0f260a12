"""The stream that keeps a page alive: traces, alerts, recordings, and a clock each second."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from typing import Any

from fastapi import APIRouter, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent
from starlette.concurrency import run_in_threadpool

from cloud.deps import Principal, Services, ServicesDep, Who, identify
from cloud.hub import may_see
from cloud.store.db import reading

router = APIRouter(tags=["events"])
CLOCK_S = 1.0
GATHER_S = 0.1  # traces that come within this time travel together
STREAM_LASTS_S = 15 * 60  # then the page connects again
RIGHTS_S = 30.0  # its rights are read again: the stream ends when they have changed
RETRY_MS = 500  # how soon it does


@router.get("/events", response_class=EventSourceResponse)
async def events(request: Request, who: Who, parts: ServicesDep) -> AsyncIterator[ServerSentEvent]:
    """`trace`: a list of blocks; `alert`, `recording`: one view; `clock`: see _clock."""
    subscription = parts.hub.subscribe(who.viewer)
    end_s = time.monotonic() + STREAM_LASTS_S
    clock_s = flush_s = 0.0
    rights_s = time.monotonic() + RIGHTS_S
    blocks: list[Any] = []
    yield ServerSentEvent(retry=RETRY_MS, comment="hello")
    try:
        while not parts.stopping.is_set() and (now_s := time.monotonic()) < end_s:
            if now_s >= rights_s:
                rights_s = now_s + RIGHTS_S
                if await run_in_threadpool(_rights, parts, request) != who:
                    return
            if now_s >= clock_s:
                clock_s = now_s + CLOCK_S
                yield _event("clock", await run_in_threadpool(_clock, parts, who))
            if blocks and now_s >= flush_s:
                yield _event("trace", blocks)
                blocks = []
            try:
                async with asyncio.timeout((flush_s if blocks else clock_s) - now_s):
                    event = await anext(subscription)
            except TimeoutError:
                continue
            except StopAsyncIteration:  # too slow: the page connects again and reloads
                return
            if event.kind == "trace":
                flush_s = flush_s if blocks else time.monotonic() + GATHER_S
                blocks.append(event.data)
            else:
                yield _event(event.kind, event.data)
    finally:
        subscription.close()


def _rights(parts: Services, request: Request) -> Principal:
    with reading(parts.engine) as conn:
        return identify(conn, parts.settings, request)


def _event(kind: str, data: Any) -> ServerSentEvent:
    return ServerSentEvent(event=kind, raw_data=json.dumps(data, ensure_ascii=False))


def _clock(parts: Services, who: Principal) -> dict[str, Any]:
    """The time here; how old the newest data of each running recording is, how its probe lies."""
    now_ms = parts.clock()
    running = [
        trace
        for trace in parts.live.all()
        if trace.recording.closed_ms is None
        and may_see(
            who.viewer,
            trace.recording.mother_id,
            parts.alerting.audience.of(trace.recording.id) if who.role == "hospital" else None,
            parts.hub.hides(trace.recording.mother_id),
        )
    ]
    ages = {one.recording.id: max(0, now_ms - one.newest_came_ms) for one in running}
    placed = {one.recording.id: at.view(now_ms) for one in running if (at := one.placed)}
    found = {"now_ms": now_ms, "ages_ms": ages, "placed": placed}
    if who.role == "mother":
        found["unsent_s"] = {one.recording.id: one.unsent_s for one in running}
    return found

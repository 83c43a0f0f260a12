"""The service as one ASGI application: its parts are made, started and stopped here."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import httpx2
from fastapi import Depends, FastAPI
from fastapi.staticfiles import StaticFiles
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cloud import auth, channels, monitor, notify
from cloud.admin.first_run import FirstRun
from cloud.alerts.service import Alerting
from cloud.audit.looking import Looking
from cloud.cases.service import Library
from cloud.channels.base import TIMEOUT_S
from cloud.commands import CommandSender
from cloud.config import Settings
from cloud.consultations.service import EVERY_S as CONSULTATIONS_EVERY_S
from cloud.consultations.service import Consultations
from cloud.deps import Services, authorise
from cloud.errors import add_handlers
from cloud.feed import Feed
from cloud.firmware.service import Updating
from cloud.health import heap
from cloud.health.metrics import Metrics
from cloud.health.parts import Parts
from cloud.health.service import EVERY_S as HEALTH_EVERY_S
from cloud.health.service import Health
from cloud.hospitals.audience import Hidden
from cloud.hospitals.consenting import Consenting
from cloud.hospitals.planner import REFRESH_S, Planner
from cloud.hub import Event, Hub, changed
from cloud.ingest import Ingest
from cloud.journeys.service import Journeys
from cloud.live import Live
from cloud.looking import Lookers
from cloud.outgoing import courier
from cloud.outgoing.courier import Courier
from cloud.outgoing.receipts import Receipts
from cloud.outside import REAL, Outside
from cloud.pregnancy.service import EVERY_S as PREGNANCIES_EVERY_S
from cloud.pregnancy.service import Pregnancies
from cloud.readings.service import EVERY_S as READINGS_EVERY_S
from cloud.readings.service import Readings
from cloud.render import WEB
from cloud.resources.service import EVERY_S as SHARING_EVERY_S
from cloud.resources.service import Sharing
from cloud.routes import ROUTERS
from cloud.routing.osrm import Osrm
from cloud.routing.plan import Limits
from cloud.statistics.signal import EVERY_S as SIGNALS_EVERY_S
from cloud.statistics.signal import Signals
from cloud.store.db import migrate, open_engine
from cloud.store.recordings import Recording
from cloud.ticker import Ticker

MAX_BODY_BYTES = 64 * 1024  # nobody sends more than a reason in words


def create_app(settings: Settings, outside: Outside = REAL) -> FastAPI:
    """The application; its parts run while its lifespan does. DatabaseError if there is none."""
    clock = outside.clock
    engine = open_engine(settings.database_url)
    migrate(engine)
    app = FastAPI(
        title="Lucina",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        lifespan=_lifespan,
        dependencies=[Depends(authorise)],
        max_body_size=MAX_BODY_BYTES,
    )
    hub, live = Hub(is_hidden=Hidden(engine)), Live()
    ingest = Ingest(engine, live, settings.broker_url, clock, outside.open_link)
    commands = CommandSender(engine, ingest.link, clock)
    planner = _planner(settings)
    alerting = Alerting(engine, hub, commands.wake, settings.escalate_after_s, planner, clock)
    lookers = Lookers(settings.assess_workers)
    watch = monitor.Monitor(
        engine,
        live,
        alerting,
        settings.assess_every_s,
        outside.timer_s,
        lookers,
        outside.steady,
    )
    live.listeners.append(notify.TraceEvents(hub, alerting))
    live.watchers.append(_recording_events(hub, alerting))
    watching = Ticker("monitor", monitor.EVERY_S, watch.tick, clock)
    telling = Ticker("notifier", notify.EVERY_S, notify.Notifier(engine, hub, alerting).tick, clock)
    reading = Readings(engine, hub, alerting.audience)
    queueing = Ticker("readings", READINGS_EVERY_S, reading.tick, clock)
    consulting = Consultations(engine, hub, alerting.audience)
    asking = Ticker("consultations", CONSULTATIONS_EVERY_S, consulting.tick, clock)
    pregnancies = Pregnancies(engine, hub, alerting)
    judging = Ticker("home values", PREGNANCIES_EVERY_S, pregnancies.tick, clock)
    sharing = Sharing(engine, hub)
    updating = Updating(engine, hub, ingest.link.publish, clock)
    ingest.watchers.append(updating.stored)
    reminding = Ticker("sharing", SHARING_EVERY_S, sharing.tick, clock)
    measuring = Ticker("signals", SIGNALS_EVERY_S, Signals(engine).tick, clock)
    receipts = Receipts(engine, alerting)
    http = httpx2.AsyncClient(timeout=TIMEOUT_S)
    post = Courier(
        engine,
        http,
        channels.open_all(settings.channel_urls, http, settings.home),
        receipts,
        settings.public_url,
        settings.secret.get_secret_value(),
        clock,
    )
    posting = Ticker("courier-tick", courier.EVERY_S, post.tick, clock)
    knowing = Ticker("hospitals", REFRESH_S, lambda now_ms: planner.refresh(engine, now_ms), clock)
    app.state.running = [knowing, ingest, commands, watching, lookers, queueing, asking]
    app.state.running += [telling, posting, reminding, measuring, judging, post]
    tickers = {one.name: one for one in app.state.running if isinstance(one, Ticker)}
    health = Health(Parts(engine, ingest, live, tickers, settings), hub)
    app.state.running.append(Ticker("health", HEALTH_EVERY_S, health.tick, clock))
    app.state.running.append(Ticker("heap", heap.EVERY_S, heap.give_back, clock))
    metrics = Metrics(engine, ingest, live, hub, health.parts, clock, watch.pace)
    ingest.watchers.append(metrics.stored)
    if settings.influx_url:
        app.state.running.append(Feed(engine, settings))
    app.state.services = Services(
        settings=settings,
        engine=engine,
        live=live,
        hub=hub,
        alerting=alerting,
        planner=planner,
        consenting=Consenting(engine, hub, alerting),
        consultations=consulting,
        journeys=Journeys(engine, hub, alerting.audience),
        readings=reading,
        sharing=sharing,
        updating=updating,
        pregnancies=pregnancies,
        looking=Looking(engine),
        library=Library(engine, hub),
        ingest=ingest,
        receipts=receipts,
        push_key=channels.push_key(settings.channel_urls, settings.home),
        health=health,
        metrics=metrics,
        first_run=FirstRun(engine),
        verifier=auth.Verifier(),
        failures=auth.Failures(),
        stopping=asyncio.Event(),
        clock=clock,
    )
    for router in ROUTERS:
        app.include_router(router)
    app.mount("/static", StaticFiles(directory=WEB / "static"), name="static")
    app.add_middleware(SafeHeaders)
    add_handlers(app)
    return app


def _planner(settings: Settings) -> Planner:
    limits = Limits(
        settings.own_hospital_min, settings.own_hospital_extra_min, settings.road_speed_kmh
    )
    osrm = Osrm(settings.osrm_url) if settings.osrm_url else None
    return Planner(limits, settings.position_age_s, osrm)


def _recording_events(hub: Hub, alerting: Alerting) -> Callable[[Recording], None]:
    """Pages read the list of recordings again when one has begun, ended or learnt its name."""

    def publish(recording: Recording) -> None:
        audience = alerting.audience.of(recording.id)
        data = {"id": recording.id}
        hub.publish(Event("recording", recording.id, recording.mother_id, audience, data))
        if not hub.hides(recording.mother_id):
            hub.publish(changed("pending", recording.id, mother_id=None, organisation_ids=None))

    return publish


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Threads stop in the order of the data's way, so that what came in is still dealt with."""
    parts: Services = app.state.services
    await run_in_threadpool(parts.live.rebuild, parts.engine, parts.clock())
    for part in app.state.running:
        part.start()
    try:
        yield
    finally:
        parts.stopping.set()
        for part in app.state.running:
            await run_in_threadpool(part.stop)
        parts.planner.close()
        parts.engine.dispose()


class SafeHeaders:
    """What every answer carries. Streams pass through as they are."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["X-Content-Type-Options"] = "nosniff"
                headers["Referrer-Policy"] = "same-origin"
                headers["Permissions-Policy"] = "geolocation=(self)"
                static = scope["path"].startswith("/static/")
                headers.setdefault("Cache-Control", "no-cache" if static else "no-store")
            await send(message)

        await self._app(scope, receive, send_safely)

"""From a recording to its PDF: what the route and the command share."""

from sqlalchemy import Engine

from cloud.config import Settings
from cloud.reports import seal
from cloud.reports.facts import Viewer, gather
from cloud.reports.pdf import Options, pdf_of
from cloud.store import recordings
from cloud.store.db import reading

SCALES = {"wide": 30, "narrow": 20, "30-240": 30, "50-210": 20}  # by the axis' names
NO_RECORDING = "there is no such recording"


def printed(
    engine: Engine, settings: Settings, recording_id: int, viewer: Viewer, options: Options,
    now_ms: int, address: str = "",
) -> bytes:  # fmt: skip
    """`address`: of the pages, when no public one is set. LookupError, Refused, fonts.NoFont: it
    cannot be printed."""
    with reading(engine) as conn:
        recording = recordings.get(conn, recording_id)
        if recording is None:
            raise LookupError(NO_RECORDING)
        facts = gather(conn, recording, viewer, now_ms)
    base = (settings.public_url or address).rstrip("/")
    token = seal.write(settings.secret.get_secret_value(), facts.seal)
    url = f"{base}/verify/{token}" if base else ""
    return pdf_of(facts, Options(**{**vars(options), "verify_url": url}))

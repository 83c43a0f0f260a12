"""`lucina audit completeness`: the ledger of one recording, read from the store, as lines."""

from typing import Any

from cloud.completeness import clock, ledger
from cloud.render import utc
from cloud.store import recordings
from cloud.store.db import StoreError, open_engine, reading


def account(url: str, session: str) -> dict[str, Any]:
    """cloud.completeness.ledger of a recording's number, or of DEVICE/SESSION. ValueError: none."""
    engine = open_engine(url)
    try:
        with reading(engine) as conn:
            device, stroke, number = session.rpartition("/")
            if not number.isdecimal():
                raise ValueError(f"{session!r}: must be a recording's number, or DEVICE/SESSION")
            if stroke:
                found = recordings.find(conn, device, int(number))
            else:
                found = recordings.get(conn, int(number))
            facts = None if found is None else ledger(conn, found.id)
            if found is None or facts is None:
                raise ValueError(f"{session}: there is no such recording")
            return {"recording": found.id, "session": found.session, **facts}
    except StoreError as error:
        line = str(error.orig).splitlines()[0]
        raise ValueError(f"the database cannot be read: {line}") from None
    finally:
        engine.dispose()


def said(facts: dict[str, Any]) -> str:
    """For people."""
    hops = facts["hops"]
    device = hops["device"]
    lines = [
        f"recording {facts['recording']}: session {facts['session']} of {device['id']}, "
        f"through {hops['gateway']['id']}",
        facts["text"].split(", gap ")[0],
        *(f"missing: frames {first} to {last}" for first, last in facts["missing"]),
        *(
            f"sent later: {clock(one['from_s'])} to {clock(one['to_s'])}, up to "
            f"{one['waited_s']:.0f} s after it was measured"
            for one in facts["sent_later"]
        ),
        *(
            f"no heart rate: {clock(gap['from_s'])} to {clock(gap['to_s'])} "
            f"({utc(gap['at_ms'])}): {gap['cause']}"
            for gap in facts["gaps"]
        ),
    ]
    if device["kept_most"] is not None:
        lines.append(
            f"the device kept up to {device['kept_most']} frames, connected again "
            f"{device['reconnects']} times and gave up {device['given_up']} frames since its start"
        )
    offset_ms, drift = facts["clock_offset_ms"], facts["device_drift_ppm"]
    lines.append("clocks: " + (f"gateway {-offset_ms:+d} ms" if offset_ms is not None else "?")
                 + (f", device {-drift:+.0f} ppm" if drift is not None else ""))  # fmt: skip
    return "\n".join(lines)

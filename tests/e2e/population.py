"""Who lives in a rig: the demo's people, more mothers at its gateway, homes with their own."""

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, insert

from cloud import demo
from cloud.store import tables as t
from cloud.store.db import migrate, open_engine, writing

HOME_MOTHERS = 10_000  # mothers of homes are numbered from here


def sha256(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def write_files(folder: Path, tokens: demo.Tokens, homes: dict[str, str]) -> None:
    """broker.json (who may connect to the cloud's broker), devices.json (to the gateway's)."""
    demo.write_broker_users(folder / "broker.json", tokens)
    users = json.loads((folder / "broker.json").read_text())
    users |= {name: sha256(token) for name, token in homes.items()}
    (folder / "broker.json").write_text(json.dumps(users))
    demo.write_devices(folder / "devices.json", tokens)


def fill(database_url: str, tokens: demo.Tokens, homes: dict[str, str]) -> None:
    """A new database with all of them in it."""
    engine = open_engine(database_url)
    migrate(engine)
    known = len(demo.MOTHERS)
    devices = list(tokens.devices.items())
    with writing(engine) as conn:
        demo.fill(conn, replace(tokens, devices=dict(devices[:known])), datetime.now(UTC).date())
        for number, (device, token) in enumerate(devices[known:], start=known + 1):
            _add_mothers(conn, [(number, device, token, demo.GATEWAY)])
        if homes:
            gateways = [{"id": name, "token_sha256": sha256(k)} for name, k in homes.items()]
            conn.execute(insert(t.gateways), gateways)
            pairs = enumerate(homes.items(), start=HOME_MOTHERS)
            _add_mothers(conn, [(n, home_device(name), k, name) for n, (name, k) in pairs])
    engine.dispose()


def home_device(gateway: str) -> str:
    return f"{gateway}-probe"


def _add_mothers(conn: Connection, who: list[tuple[int, str, str, str]]) -> None:
    """(mother, device, its token, its gateway): they live where the demo's first mother does."""
    row = {key: value for key, value in demo.MOTHERS[0].items() if key not in ("weeks", "place")}
    row["organisation_id"] = demo.MOTHERS[0]["place"] + 1
    mothers = [{**row, "id": number, "name": f"Mother {number}"} for number, *_ in who]
    conn.execute(insert(t.mothers), mothers)
    agreed = {"organisation_id": None, "allowed": True, "at_ms": 0}
    conn.execute(insert(t.consents), [{**agreed, "mother_id": number} for number, *_ in who])
    devices = [
        {"id": device, "token_sha256": sha256(token), "gateway_id": gateway, "mother_id": number}
        for number, device, token, gateway in who
    ]
    conn.execute(insert(t.devices), devices)

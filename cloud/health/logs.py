"""Logs: lines for people, or one JSON object each where LUCINA_LOG=json.

The numbers and names that a message gives are fields of their own: "alert %d of recording %d" has
`alert` and `recording`. Names of people are in no message: ids are enough to find them.
"""

import json
import logging
import os
import re
import sys
from datetime import UTC, datetime
from typing import Any

SETTING = "LUCINA_LOG"
LINE = "%(asctime)s %(levelname)s %(name)s: %(message)s"
FIELDS = "alert|recording|message|reading|device|gateway|mother|organisation|frame|part"
_PLACES = re.compile(rf"%%|(?:\b({FIELDS}) )?%[-#0 +]*[\d.]*[a-zA-Z]")


def set_up() -> None:
    """For a process: to stderr, as the environment says. ValueError: it says something else."""
    form = os.environ.get(SETTING, "")
    if form not in ("", "text", "json"):
        raise ValueError(f"{SETTING} = {form!r}: must be text or json")
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLine() if form == "json" else logging.Formatter(LINE))
    logging.basicConfig(level=logging.INFO, handlers=[handler])


class JsonLine(logging.Formatter):
    """{"at", "level", "logger", "event", the fields, "error"}."""

    def format(self, record: logging.LogRecord) -> str:
        said: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
            **fields_of(record),
        }
        if record.exc_info:
            said["error"] = self.formatException(record.exc_info)
        return json.dumps(said, ensure_ascii=False, default=str)


def fields_of(record: logging.LogRecord) -> dict[str, Any]:
    """What stands behind a word of FIELDS in its message."""
    if not isinstance(record.args, tuple):
        return {}
    places = _PLACES.finditer(str(record.msg))
    names = (place[1] for place in places if place[0] != "%%")
    return {name: value for name, value in zip(names, record.args, strict=False) if name}

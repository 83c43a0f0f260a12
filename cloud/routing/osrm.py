"""Travel times by road from an OSRM server: its table service, one origin to the nearest hospitals.

The server gets positions without names, to about ten metres; it should be one's own. Answers are
kept for a while, so that the next hospital is chosen at once; a server that does not answer in
time is left alone for a while, so that it delays no alert.
"""

import logging
import time
from threading import Lock
from typing import Any

import httpx2
import numpy as np

from cloud.routing.distance import Point, distances_km
from cloud.routing.plan import Roads
from cloud.store.hospitals import Hospitals

log = logging.getLogger(__name__)
NEAREST = 99  # with her place 100: --max-table-size of osrm-routed unless it is set
TIMEOUT_S = 0.8  # within the second that a rule has to reach the pages, and the 1 s of escalation
KEPT_S = 600.0  # traffic is not in it, so it stays true
MOST_KEPT = 500  # places
AWAY_S = 30.0


class Osrm:
    """minutes() may be called from any thread."""

    def __init__(self, url: str, timeout_s: float = TIMEOUT_S) -> None:
        self._url = url.rstrip("/")
        self._http = httpx2.Client(timeout=timeout_s)
        self._lock = Lock()
        self._known: dict[Point, tuple[float, dict[int, float]]] = {}
        self._away_until_s = 0.0

    def close(self) -> None:
        self._http.close()

    def roads(self, origin: Point, hospitals: Hospitals) -> Roads:
        """From this place to the nearest hospitals; those without a way are left out."""
        now_s = time.monotonic()
        with self._lock:
            kept = self._known.get(origin)
            if kept is not None and now_s < kept[0]:
                return Roads(origin, kept[1])
            if now_s < self._away_until_s:
                return Roads(origin, None)
        found = self._ask(origin, hospitals)
        with self._lock:
            if found is None:
                self._away_until_s = time.monotonic() + AWAY_S
            else:
                while len(self._known) >= MOST_KEPT:
                    self._known.pop(next(iter(self._known)))
                self._known[origin] = time.monotonic() + KEPT_S, found
        return Roads(origin, found)

    def _ask(self, origin: Point, hospitals: Hospitals) -> dict[int, float] | None:
        km = distances_km(origin, hospitals.latitude, hospitals.longitude)
        rows = np.argsort(km)[: min(NEAREST, int(np.count_nonzero(~np.isnan(km))))]
        if not len(rows):
            return {}
        there = zip(hospitals.latitude[rows], hospitals.longitude[rows], strict=True)
        places = ";".join(f"{lon:.4f},{lat:.4f}" for lat, lon in (origin, *there))
        numbers = ";".join(str(n) for n in range(1, len(rows) + 1))
        url = f"{self._url}/table/v1/driving/{places}"
        try:
            asked = {"sources": "0", "destinations": numbers, "annotations": "duration"}
            answer = self._http.get(url, params=asked)
            return _minutes(answer.raise_for_status().json(), hospitals.ids[rows].tolist())
        except (httpx2.HTTPError, ValueError, LookupError, TypeError) as error:
            log.warning("the road server does not answer: %s", type(error).__name__)
            return None


def _minutes(table: Any, ids: list[int]) -> dict[int, float]:
    """{hospital: minutes} of {"code": "Ok", "durations": [[seconds, or null without a way]]}."""
    if table["code"] != "Ok" or len(table["durations"][0]) != len(ids):
        raise ValueError("no such table")
    return {
        hospital_id: round(float(seconds) / 60, 1)
        for hospital_id, seconds in zip(ids, table["durations"][0], strict=True)
        if seconds is not None
    }

"""From where the way is measured: her phone, her home or her own hospital, and which it was.

Pure. A phone's position counts while it is young and exact enough; her home is used instead, and
the reason says so. An old position is not used at all: she may be anywhere by now.
"""

from dataclasses import dataclass
from typing import Any

from cloud.routing.distance import Point, point
from cloud.store.people import Mother
from cloud.store.positions import Position

POSITION_AGE_S = 15 * 60  # older is not where she is: 15 min are 10 km at ROAD_KMH
ACCURACY_M = 5000.0  # worse changes the order of hospitals; a cell of a rural network is that wide
CLOCK_SAID_S = 60  # a phone's clock that is off by more is named

Words = dict[str, Any]  # {"text": msgid, "args": {...}}

PHONE = "measured from her phone's position, %(minutes)s min old, within %(metres)s m"
PHONE_ROUGH = "measured from her phone's position, %(minutes)s min old"
HOME = "measured from her home; her phone has sent no position"
HOME_OLD = "measured from her home; her phone's position is %(minutes)s min old"
HOME_VAGUE = "measured from her home; her phone's position is only within %(metres)s m"
OWN_PLACE = "her position is not known; measured from her own hospital"
NOWHERE = "her position is not known, and no distance either"
CLOCK_OFF = "her phone's clock is off by %(seconds)s s; the time here was used"
CLOCK_WRONG = "her phone gave a position from the future; the time of its arrival was used"


@dataclass(frozen=True)
class Origin:
    at: Point | None  # None: no distance can be measured
    is_hers: bool  # her phone or her home: not her hospital
    notes: tuple[Words, ...]


def origin_of(
    mother: Mother,
    position: Position | None,
    own_place: Point | None,
    now_ms: int,
    max_age_s: float = POSITION_AGE_S,
) -> Origin:
    """The best that is known of where she is."""
    home = point(mother.latitude, mother.longitude)
    phone = point(position.latitude, position.longitude) if position else None
    if position is None or phone is None:
        return _home(home, own_place, HOME, {})
    age_s = max(0.0, (now_ms - position.at_ms) / 1000)
    minutes = {"minutes": round(age_s / 60)}
    if age_s > max_age_s:
        return _home(home, own_place, HOME_OLD, minutes)
    metres = None if position.accuracy_m is None else round(position.accuracy_m)
    if metres is not None and metres > ACCURACY_M:
        return _home(home, own_place, HOME_VAGUE, {"metres": metres})
    said = PHONE_ROUGH if metres is None else PHONE
    args = minutes if metres is None else {**minutes, "metres": metres}
    return Origin(phone, True, (_said(said, **args), *_clock(position)))


def _home(home: Point | None, own_place: Point | None, text: str, args: dict[str, Any]) -> Origin:
    if home is not None:
        return Origin(home, True, (_said(text, **args),))
    return Origin(own_place, False, (_said(OWN_PLACE if own_place else NOWHERE),))


def _clock(position: Position) -> tuple[Words, ...]:
    if position.clock_wrong:
        return (_said(CLOCK_WRONG),)
    seconds = round(abs(position.clock_ahead_ms) / 1000)
    return (_said(CLOCK_OFF, seconds=seconds),) if seconds > CLOCK_SAID_S else ()


def _said(text: str, **args: Any) -> Words:
    return {"text": text, "args": args}

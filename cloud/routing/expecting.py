"""The hospital that expects a mother, has her, or looks after her already: asked first. Pure."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cloud.store.consents import Consent
from cloud.store.hospitals import Hospitals

ARRIVED = "she has arrived by the green channel"
EXPECTED = "she is expected by the green channel"
LOOKS_AFTER = "it looks after her already"


class Expecting(NamedTuple):
    hospital_id: int
    why: str  # one of these


def expects(one: Expecting | None, consent: Consent, h: Hospitals) -> NDArray[np.bool_]:
    """(n,) true for that hospital when somebody there can answer, whatever its state; not when she
    has refused it by name."""
    if one is None or one.hospital_id in consent.refused:
        return np.full(len(h), False)
    here: NDArray[np.bool_] = h.ids == one.hospital_id
    return here & h.staffed

"""When a hospital cannot be asked, as a table: the first line that holds is what is said. Pure."""

import numpy as np
from numpy.typing import NDArray

from cloud.routing.needs import Needs
from cloud.store.consents import Consent
from cloud.store.hospitals import UNKNOWN, Hospitals

ASKED = "has been asked already"
NO_STAFF = "nobody there has an account and could answer"
NO_POSITION = "the hospital's position is not known"
NOT_ON_CALL = "no obstetrician on call"
NOT_ON_ROSTER = "its roster has no obstetrician on duty now"
NO_BED = "no free bed"
LEVEL_TOO_LOW = "level %(level)s, but her risk colour asks for level 2"
NO_NICU = "no NICU, but the pregnancy is early"
NICU_UNKNOWN = "it is not known whether there is a NICU, and the pregnancy is early"
NO_BLOOD = "no blood bank, but her risk colour asks for one"
BLOOD_UNKNOWN = "it is not known whether there is a blood bank, and her risk colour asks for one"
NO_CONSENT = "she has not agreed that this hospital is asked"


def unfit(
    needs: Needs, h: Hospitals, asked: NDArray[np.bool_], unmeasured: NDArray[np.bool_]
) -> list[tuple[str, NDArray[np.bool_]]]:
    """(msgid, (n,) for which hospitals it holds). `unmeasured`: no way to it is known; her own
    hospital is not among them when nothing is known of where she is."""
    return [
        (ASKED, asked),
        (NO_STAFF, ~h.staffed),
        (NO_POSITION, unmeasured & (np.isnan(h.latitude) | np.isnan(h.longitude))),
        (NOT_ON_ROSTER, ~h.on_call & h.by_roster),
        (NOT_ON_CALL, ~h.on_call),
        (NO_BED, h.free_beds < 1),
        (LEVEL_TOO_LOW, h.level < needs.level),
        (NO_NICU, (h.nicu == 0) & needs.nicu),
        (NICU_UNKNOWN, (h.nicu == UNKNOWN) & needs.nicu),
        (NO_BLOOD, (h.blood_bank == 0) & needs.blood_bank),
        (BLOOD_UNKNOWN, (h.blood_bank == UNKNOWN) & needs.blood_bank),
    ]


def agreed_with(consent: Consent, ids: NDArray[np.int64]) -> NDArray[np.bool_]:
    """(n,) whether she lets this hospital be asked."""
    agreed = np.full(len(ids), consent.for_all)
    single = {d.organisation_id for d in consent.decisions} | {consent.own_id}
    for organisation_id in single - {None}:
        agreed[ids == organisation_id] = consent.holds_for(organisation_id)  # type: ignore[arg-type]
    return agreed

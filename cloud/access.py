"""Who may use which route: the whole table. A route that is not in it is refused to everybody.

OWN lets a role in and leaves it to the route to answer 404 for what is not theirs: a mother her
own recordings, a hospital those of its mothers and of alerts it was asked about, a device and a
gateway what came through them. tests/cloud/web/test_access.py walks it.
"""

from typing import Literal

Scope = Literal["own", "all"]
ANYBODY = "anybody"  # no account needed

_PEOPLE: dict[str, Scope] = {"mother": "own", "hospital": "own", "centre": "all", "admin": "all"}
_READERS: dict[str, Scope] = {**_PEOPLE, "device": "own", "gateway": "own"}
_CLINICIANS: dict[str, Scope] = {"hospital": "own", "centre": "all"}
_STAFF: dict[str, Scope] = {"hospital": "own", "centre": "own"}
_MOTHER: dict[str, Scope] = {"mother": "own"}
_RECIPIENTS: dict[str, Scope] = {"mother": "own", "hospital": "own", "centre": "own"}
_CONSULTING: dict[str, Scope] = {"mother": "own", "hospital": "own", "centre": "all"}
_SHARERS: dict[str, Scope] = {"hospital": "all", "centre": "all"}  # a matter of all members
_MEMBERS: dict[str, Scope] = {**_SHARERS, "admin": "all"}
_PUBLIC: dict[str, Scope] = {ANYBODY: "all"}

ACCESS: dict[tuple[str, str], dict[str, Scope]] = {
    ("GET", "/healthz"): _PUBLIC,
    ("GET", "/readyz"): _PUBLIC,
    ("GET", "/words/{language}/{version}.js"): _PUBLIC,
    ("GET", "/login"): _PUBLIC,
    ("POST", "/login"): _PUBLIC,
    ("POST", "/language"): _PUBLIC,
    ("POST", "/logout"): _PEOPLE,
    ("GET", "/"): _PEOPLE,
    ("GET", "/centre"): {"centre": "all", "admin": "all"},
    ("GET", "/hospital"): {"hospital": "own"},
    ("GET", "/mother"): _MOTHER,
    ("GET", "/recordings/{recording_id}"): _PEOPLE,
    ("GET", "/events"): _PEOPLE,
    ("GET", "/api/recordings"): _READERS,
    ("GET", "/api/recordings/{recording_id}"): _READERS,
    ("GET", "/api/recordings/{recording_id}/trace"): _READERS,
    ("GET", "/api/recordings/{recording_id}/completeness"): _READERS,
    ("GET", "/api/recordings/{recording_id}/assessment"): _CLINICIANS | {"admin": "all"},
    ("GET", "/api/recordings/{recording_id}/readings"): _PEOPLE,
    ("POST", "/api/recordings/{recording_id}/readings"): _CLINICIANS,
    ("GET", "/api/readings"): _PEOPLE,
    ("GET", "/api/readings/statistics"): _CLINICIANS | {"admin": "all"},
    ("GET", "/api/readings/settings"): _STAFF,
    ("PUT", "/api/readings/settings"): _STAFF,
    ("GET", "/api/readings/{reading_id}"): _CLINICIANS | {"admin": "all"},
    ("POST", "/api/readings/{reading_id}/take"): _CLINICIANS,
    ("POST", "/api/readings/{reading_id}/give-back"): _CLINICIANS,
    ("POST", "/api/readings/{reading_id}/read"): _CLINICIANS,
    ("POST", "/api/readings/{reading_id}/raise"): _CLINICIANS,
    ("POST", "/api/readings/{reading_id}/sign"): _CLINICIANS,
    ("POST", "/api/mother/position"): _MOTHER,
    ("DELETE", "/api/mother/position"): _MOTHER,
    ("GET", "/api/mother/consents"): _MOTHER,
    ("PUT", "/api/mother/consents"): _MOTHER,
    ("GET", "/api/organisation"): _STAFF,
    ("PUT", "/api/organisation/state"): {"hospital": "own"},
    ("PUT", "/api/organisation/duties"): _STAFF,
    ("GET", "/api/hospitals"): {"centre": "all", "admin": "all"},
    ("GET", "/api/me/messages"): _RECIPIENTS,
    ("PUT", "/api/me/messages"): _RECIPIENTS,
    ("POST", "/api/push/subscribe"): _RECIPIENTS,
    ("POST", "/receipts/push"): _PUBLIC,  # these prove with a secret or a signature who they are
    ("POST", "/receipts/tencent/{secret}"): _PUBLIC,
    ("GET", "/receipts/wechat"): _PUBLIC,
    ("POST", "/receipts/wechat"): _PUBLIC,
    ("POST", "/receipts/webhook"): _PUBLIC,
    ("GET", "/api/green"): _PEOPLE,
    ("GET", "/api/green/{green_id}"): _PEOPLE,
    ("POST", "/api/alerts/{alert_id}/green"): _CLINICIANS,
    ("POST", "/api/referrals/{referral_id}/green"): _CLINICIANS,
    ("POST", "/api/green/{green_id}/steps"): _CLINICIANS,
    ("POST", "/api/green/{green_id}/expected"): _CLINICIANS,
    ("POST", "/api/green/{green_id}/ticks"): _CLINICIANS,
    ("GET", "/api/referrals"): _PEOPLE,
    ("POST", "/api/referrals"): {"hospital": "own"},
    ("GET", "/api/referrals/balance"): _CLINICIANS | {"admin": "all"},
    ("GET", "/api/referrals/choices"): {"hospital": "own"},
    ("GET", "/api/referrals/{referral_id}"): _PEOPLE,
    ("POST", "/api/referrals/{referral_id}/steps"): _CLINICIANS,
    ("POST", "/api/referrals/{referral_id}/expected"): _CLINICIANS,
    ("GET", "/consultations"): _RECIPIENTS,
    ("GET", "/consultations/case"): _CLINICIANS,
    ("GET", "/consultations/{consultation_id}"): _CONSULTING,
    ("GET", "/api/consultations"): _RECIPIENTS,
    ("GET", "/api/consultations/waiting"): _RECIPIENTS,
    ("GET", "/api/consultations/{consultation_id}"): _CONSULTING,
    ("POST", "/api/consultations"): _RECIPIENTS,
    ("POST", "/api/consultations/cases"): _CLINICIANS,
    ("POST", "/api/consultations/{consultation_id}/messages"): _CONSULTING,
    ("POST", "/api/consultations/{consultation_id}/read"): _CONSULTING,
    ("POST", "/api/consultations/{consultation_id}/hand-over"): _CLINICIANS,
    ("POST", "/api/consultations/{consultation_id}/end"): _CLINICIANS,
    ("GET", "/resources"): _MEMBERS,
    ("GET", "/api/resources"): _MEMBERS,
    ("GET", "/api/resources/search"): _MEMBERS,
    ("POST", "/api/resources/offers"): _SHARERS,
    ("POST", "/api/resources/offers/{offer_id}/withdraw"): _SHARERS,
    ("POST", "/api/resources/requests"): _SHARERS,
    ("GET", "/api/resources/requests/{request_id}"): _MEMBERS,
    ("POST", "/api/resources/requests/{request_id}/steps"): _SHARERS,
    ("GET", "/leases"): _PEOPLE,
    ("GET", "/api/leases"): _PEOPLE,
    ("POST", "/api/leases"): _CLINICIANS,
    ("GET", "/api/leases/{lease_id}"): _PEOPLE,
    ("GET", "/api/leases/{lease_id}/history"): _CLINICIANS | {"admin": "all"},
    ("POST", "/api/leases/{lease_id}/steps"): _CLINICIANS,
    ("GET", "/contributions"): _CLINICIANS | {"admin": "all"},
    ("GET", "/api/contributions"): _CLINICIANS | {"admin": "all"},
    ("GET", "/api/contributions.csv"): _CLINICIANS | {"admin": "all"},
    ("GET", "/api/contributions.xlsx"): _CLINICIANS | {"admin": "all"},
    ("GET", "/statistics"): _CLINICIANS | {"admin": "all"},
    ("GET", "/api/statistics"): _CLINICIANS | {"admin": "all"},
    ("GET", "/api/statistics.xlsx"): _CLINICIANS | {"admin": "all"},
    ("GET", "/api/alerts"): _PEOPLE,
    ("GET", "/api/alerts/{alert_id}"): _PEOPLE,
    ("GET", "/api/alerts/{alert_id}/calls"): {"centre": "all", "admin": "all"},
    ("GET", "/api/alerts/{alert_id}/messages"): _CLINICIANS | {"admin": "all"},
    ("POST", "/api/alerts/{alert_id}/accept"): _CLINICIANS,
    ("POST", "/api/alerts/{alert_id}/decline"): _CLINICIANS,
    ("POST", "/api/alerts/{alert_id}/read"): _CLINICIANS,
    ("POST", "/api/alerts/{alert_id}/handle"): _CLINICIANS,
    ("POST", "/api/alerts/{alert_id}/close"): _CLINICIANS,
    ("POST", "/api/alerts/{alert_id}/acknowledge"): _CLINICIANS,
    ("POST", "/api/alerts/{alert_id}/answer"): _MOTHER,
    ("POST", "/api/recordings/{recording_id}/reduced-movement"): _MOTHER,
    ("GET", "/api/recordings/{recording_id}/log"): _CLINICIANS | {"admin": "all"},
    ("GET", "/api/tasks"): {"centre": "all"},
    ("POST", "/api/tasks/{task_id}/done"): {"centre": "all"},
}

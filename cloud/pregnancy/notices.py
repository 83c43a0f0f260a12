"""How she learns beside her page that her team has sent her an advice. The message says neither
what was measured nor what is advised: it passes through other people's servers.

Called inside the transaction of the decision itself.
"""

from sqlalchemy import Connection

from cloud.outgoing.outbox import said_as, tell_mother
from cloud.store.home_values import Advice

HER_TITLE = "Lucina: your values"
HER_ADVICE = "Your team has written to you about what you measured. Open the page to read it."


def tell_her(conn: Connection, one: Advice, now_ms: int) -> None:
    row = {
        "key": f"advice {one.id} mother",
        "alert_id": None,
        "recording_id": None,
        "step": "advice",
        "priority": "medium",
        "urgent": False,
        "text": {"title": said_as(HER_TITLE), "body": said_as(HER_ADVICE)},
    }
    tell_mother(conn, one.mother_id, "important", row, now_ms)

"""The columns of the ledger: what each counts, in words that stand in the export."""

from cloud.sheets import Column
from cloud.statistics.columns import BEGAN, CAME_DOWN, CAME_UP, HOURS, SENT_DOWN, SENT_UP

COLUMNS = (
    Column("recordings", "Recordings", BEGAN),
    Column("recorded_h", "Hours recorded", HOURS, 2),
    Column("good_h", "Hours with signal", "Of these hours, those with a fetal heart rate", 2),
    Column(
        "first_opinions",
        "First opinions",
        "Opinions on strips that were saved in the month by a first reader, for the reader's "
        "member",
    ),
    Column(
        "expert_opinions",
        "Expert opinions",
        "The same, by experts after the level of attention was raised",
    ),
    Column(
        "signed",
        "Readings signed",
        "Readings signed in the month, for the member of who signed",
    ),
    Column(
        "turnaround_min",
        "Turnaround, min",
        "Median minutes from the asking to the signature, of readings signed in the month",
        1,
        sums=False,
    ),
    Column(
        "accepted",
        "Alerts accepted",
        "Alerts that somebody of the member took on in the month",
    ),
    Column(
        "admitted",
        "Mothers admitted",
        "Green channels that came to an admission in the month, for the hospital that admitted",
    ),
    Column("sent_up", "Referred up", SENT_UP),
    Column("sent_down", "Referred down", SENT_DOWN),
    Column("came_up", "Received from below", CAME_UP),
    Column("came_down", "Received from above", CAME_DOWN),
    Column(
        "lent_probes",
        "Probes lent",
        "Probes handed out in the month to other members on their request",
    ),
    Column(
        "lent_minutes",
        "Reader minutes lent",
        "Minutes of readers put at the disposal of other members in the month",
    ),
    Column("lent_beds", "Beds lent", "Beds put at the disposal of other members in the month"),
    Column(
        "boxes",
        "Boxes leased",
        "Boxes that the member handed out in the month, to members and to mothers",
    ),
    Column("asked", "Alerts asked", "How often an alert asked the member in the month"),
    Column(
        "answered",
        "Alerts answered",
        "Of these, those that the member accepted or declined itself, at any time",
    ),
    Column(
        "answer_s",
        "Time to answer, s",
        "Median seconds from being asked to the member's answer, of those answered",
        0,
        sums=False,
    ),
    Column(
        "answer_p90_s",
        "Time to answer, 90 %, s",
        "Seconds within which nine of ten of these answers came",
        0,
        sums=False,
    ),
)
MEMBER_IS = (
    "Member of the consortium; no member: of no gateway of a member and no hospital's mother"
)
TOTAL_IS = (
    "Total: all events of the month, counted once more without regard to members; the sums "
    "over members are equal to it, but for medians"
)
TOTAL = "Total"

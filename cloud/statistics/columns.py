"""The figures: what each says, in words that stand in docs, page and export."""

from cloud.sheets import Column

BEGAN = (
    "Recordings of known mothers that began in the month, for the member whose gateway they "
    "came through, else for the mother's own hospital"
)
HOURS = "Hours of these recordings from beginning to last sample, of those that have ended"
SENT_UP = (
    "Referrals to a higher level requested in the month by the member; declined and withdrawn "
    "ones do not count"
)
SENT_DOWN = "The same, to a lower level"
CAME_UP = (
    "Referrals up to the member that were requested in the month; declined and withdrawn ones "
    "do not count"
)
CAME_DOWN = "The same, of referrals down"
FIGURES = (
    Column("recordings", "Recordings", BEGAN),
    Column("recorded_h", "Hours recorded", HOURS, 1),
    Column("loss_pct", "Signal loss, %", "Share of these hours without a fetal heart rate", 1),
    Column(
        "wanted",
        "Readings wanted",
        "Readings asked for of these recordings, by a person or by the queue",
    ),
    Column("signed", "Readings signed", "Of these readings, those that are signed by now"),
    Column(
        "overdue",
        "Readings overdue",
        "Of these readings, those that were not signed by their deadline",
    ),
    Column(
        "raised",
        "Raised to experts",
        "Of these readings, those for which the centre's experts were asked",
    ),
    Column(
        "turnaround_min",
        "Turnaround, min",
        "Median minutes from the asking to the signature",
        1,
    ),
    Column(
        "turnaround_p90_min",
        "Turnaround, 90 %, min",
        "Minutes within which nine of ten of the signed ones were signed",
        1,
    ),
    Column("patient_alerts", "Patient alerts", "Alerts about mother or child in these recordings"),
    Column(
        "technical_alerts",
        "Technical alerts",
        "Alerts about probe, signal or connection in these recordings",
    ),
    Column(
        "patient_per_h",
        "Patient alerts per hour",
        "Patient alerts by recorded hour, of the recordings that have ended",
        2,
    ),
    Column(
        "technical_per_h",
        "Technical alerts per hour",
        "Technical alerts by recorded hour, of the recordings that have ended",
        2,
    ),
    Column(
        "useful_pct",
        "Useful, %",
        "Share of the alerts called useful among those that were called useful or not useful "
        "when they were handled",
    ),
    Column("judged", "Alerts judged", "Alerts that were called useful or not useful"),
    Column(
        "accept_s",
        "Time to accept, s",
        "Median seconds from a patient alert of these recordings until a hospital, whichever it "
        "was, or the centre accepted it",
    ),
    Column(
        "accept_p90_s",
        "Time to accept, 90 %, s",
        "Seconds within which nine of ten of the accepted ones were accepted",
    ),
    Column(
        "escalated",
        "Escalations",
        "How often a patient alert went on to the next hospital because one was silent",
    ),
    Column(
        "declined",
        "Declined",
        "How often a hospital, whichever it was, declined a patient alert of these recordings",
    ),
    Column(
        "to_centre",
        "Left to the centre",
        "How often no hospital was left to ask, so that the centre had to call",
    ),
    Column("sent_up", "Referred up", SENT_UP),
    Column("sent_down", "Referred down", SENT_DOWN),
    Column("came_up", "Received from below", CAME_UP),
    Column("came_down", "Received from above", CAME_DOWN),
)
BY_ID = {one.id: one for one in FIGURES}
GROUPS = {  # how the page puts them side by side
    "Recordings and signal": ("recordings", "recorded_h", "loss_pct"),
    "Readings": ("wanted", "signed", "overdue", "raised", "turnaround_min", "turnaround_p90_min"),
    "Alerts about own recordings": (
        "patient_alerts", "technical_alerts", "patient_per_h", "technical_per_h", "useful_pct",
        "judged",
    ),
    "Alerts about own recordings: answers of all hospitals": (
        "accept_s", "accept_p90_s", "escalated", "declined", "to_centre",
    ),
    "Referrals": ("sent_up", "sent_down", "came_up", "came_down"),
}  # fmt: skip
CHARTS = (
    "recordings", "loss_pct", "turnaround_min", "patient_per_h", "useful_pct", "accept_s",
    "escalated", "sent_up", "sent_down",
)  # fmt: skip
EVERYBODY = "All members"
ALL_MONTHS = "All months"
RULES = (  # of the table of rules
    Column("rule", "Rule", "The rule of the alert catalogue that raised the alerts"),
    Column("kind", "Kind", "Patient: about mother or child. Technical: about the equipment"),
    Column("alerts", "Alerts", "Alerts that the rule raised in all of these months"),
    Column("per_h", "Per hour", "The same by recorded hour, of the recordings that have ended", 2),
    Column("useful_pct", "Useful, %", "As above, of this rule"),
    Column("judged", "Alerts judged", "As above, of this rule"),
)

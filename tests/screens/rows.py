"""The screens of docs/screens.md: which picture shows what, and what it is for."""

from dataclasses import dataclass

from tests.screens.states import chapter, numbers

WALL, DESK, PHONE = (1600, 900), (1280, 800), (390, 844)  # CSS pixels
TALL = (1280, 1080)  # down to the strip of an alert
LIVE = "main:has(#queue .row):has(.tile[data-state='live'])"


@dataclass(frozen=True)
class Screen:
    """`path` has the ids of tests.cloud.web.world in braces."""

    name: str  # of the picture
    title: str
    account: str
    path: str
    purpose: str
    size: tuple[int, int] = DESK
    language: str = "en"
    shows: str = "main"  # what must be there before the picture is taken


MOTHER = (
    Screen("mother-home", "Home", "mother3", "/mother", "Begin a recording; how the last ended; "
           "what a doctor said; her plan. One line says what happens now, one what to do, one "
           "whether anybody is watching. A doctor's answer of earlier days is folded away.", PHONE),
    Screen("mother-questions", "Three questions", "mother3", "/mother/start", "Asked before each "
           "recording; then a picture shows where the probe lies, and the page waits for it. "
           "Bleeding, fluid, pain or fewer movements lead to the telephone, tell the hospital at "
           "once, and ask for no recording.", PHONE),
    Screen("mother-recording", "While it records", "mother2", "/mother", "Whether the heartbeat "
           "is found, what to do, minutes left, how the probe lies, who watches. The two large "
           "buttons lie near the thumb; what is pressed "
           "without a network is kept and sent later.", PHONE),
    Screen("mother-alert", "An alert", "mother4", "/mother", "What happened in one sentence, what "
           "to do, which hospital knows and has seen it, three answers (\"I have done it\" and "
           "\"Please help me\" when it is about the signal). Nothing else gives an order.", PHONE,
           "zh-CN"),
    Screen("mother-recordings", "Her recordings", "mother3", "/mother/history", "Each with one of "
           "three endings, the doctor's words and the report to print.", PHONE),
    Screen("mother-one", "One recording", "mother1", "/recordings/{ended_id}", "When, how long, "
           "how much was heard, what the doctor wrote, what she was told meanwhile, and the strip "
           "when she opens it: in plain words, without a class or a measure.", PHONE, "zh-CN"),
    Screen("mother-record", "Her record", "mother3", "/record", "Plan, advice of her team, values "
           "that she measured, movements, consents, and who looked at her data.", PHONE),
    Screen("mother-ask", "Ask a doctor", "mother1", "/consultations/{consultation_id}", "Questions "
           "and answers, with parts of a strip.", PHONE),
    Screen("mother-school", "School", "mother1", "/school", "Lessons that fit her week.", PHONE,
           "zh-CN"),
    Screen("mother-offline", "No network", "", "/offline", "What goes on without a network, and "
           "what was known last, with its age.", PHONE),
)  # fmt: skip
HOSPITAL = (
    Screen("hospital", "Console of a hospital", "county", "/hospital", "Its alerts with the strip, "
           "why it is asked, accept or decline with a reason; who comes; its state.", TALL,
           shows=LIVE),
    Screen("recording", "Recording", "clinic", "/recordings/{recording_id}", "The strip, up to 24 "
           "hours of it, at 1 to 3 cm/min or as a whole, with what was measured and what she "
           "pressed, a cross that tells the values of a second; scores, "
           "each line of which leads to its place; the reading. Who reads blind sees the strip "
           "alone until the own class is saved.", shows="#scores details"),
    Screen("record", "A mother's record", "clinic", "/mothers/3", "Risk, advice to approve, home "
           "values, plan, team and tasks, history."),
    Screen("mothers", "Mothers", "clinic", "/mothers", "Who needs a look first."),
    Screen("consultation", "Consultation", "county", "/consultations/{consultation_id}", "A "
           "question of a mother, answered, handed over or ended.", language="zh-CN"),
)  # fmt: skip
CENTRE = (
    Screen("wall", "Dashboard of the centre", "centre", "/centre", "The queue first: worst on top, "
           "with its age and the time left. Strips beside it.", WALL, shows=LIVE),
    Screen("centre-zh", "The same in Chinese", "centre", "/centre", "Every word is in both "
           "languages.", DESK, "zh-CN", LIVE),
    Screen("resources", "Resources", "centre", "/resources", "Probes, readers' minutes and beds "
           "that members offer, search and hand out."),
    Screen("leases", "Boxes", "centre", "/leases", "Who has which box, since when, until when."),
    Screen("cases", "Cases", "expert", "/cases", "Strips to read before the signed answer is "
           "shown."),
    Screen("contributions", "Contributions", "centre", "/contributions", "What each member did."),
    Screen("statistics", "Statistics", "centre", "/statistics", "Alerts, answers, signal, "
           "referrals up and down."),
    Screen("health", "Service", "centre", "/health", "Which part of the service is well."),
    Screen("admin", "Administration", "admin", "/admin", "Organisations, people and their roles, "
           "devices and whose they are, settings, the audit."),
    Screen("admin-duties", "Duty rosters", "admin", "/admin/duties", "Who is on duty where, and "
           "who changed each roster last; each can be changed here."),
    Screen("admin-consents", "Consents", "admin", "/admin/consents", "What mothers have decided, "
           "and who changed what; to be read only."),
    Screen("admin-alerts", "Alert settings", "admin", "/admin/alerts", "Which settings and rules "
           "hold, and who changed what."),
    Screen("firmware", "Firmware", "centre", "/firmware", "Which firmware the probes run, and the "
           "way of an update to them."),
    Screen("pending", "Unknown boxes", "centre", "/pending", "Recordings that nobody is bound to: "
           "kept, and given to their mother."),
)  # fmt: skip
PARTS = (
    ("The mother's phone", MOTHER),
    ("A hospital", HOSPITAL),
    ("The centre", CENTRE),
)
EVERY = (*MOTHER, *HOSPITAL, *CENTRE)


def document() -> str:
    lines = [
        "# Screens",
        "",
        "Written by `python -m tests.screens`, as are the pictures: invented people, synthetic",
        "strips. All pages work in English and Chinese, from 360 px on, by keyboard and by screen",
        "reader; `tests/cloud/web/test_accessible.py` opens every page as each role.",
    ]
    for title, screens in PARTS:
        lines += ["", f"## {title}"]
        for one in screens:
            path = one.path.replace("{", "").replace("}", "")
            lines += ["", f"### {one.title}", f"`{path}`: {one.purpose}", ""]
            lines.append(f"![{one.title}](screens/{one.name}.webp)")
    return "\n".join([*lines, *chapter(), *numbers()]) + "\n"

"""What each page of the site shows when it has nothing to show, and what all of them share.

Every page of cloud.access.ACCESS stands here once; tests/test_docs.py compares.
"""

from dataclasses import dataclass

LIVE, WRITTEN, FORM, ALONE = "live", "written", "form", "alone"

SHARED = {  # kind: (which, loading, something fails, no network)
    LIVE: (
        "drawn by scripts from the API and `/events`",
        "the word stands where strips, queue and results will be",
        "the line on top: the service did not give everything, it is asked again (each 5 s); what "
        "a button could not do stands beside it, with the reason",
        "the line on top says since when the connection is lost, strips turn grey, ages go on; "
        "all is read again afterwards. On a mother's phone `/offline` takes the page's place, and "
        "what she presses waits",
    ),
    WRITTEN: (
        "written by the service, read again when its topic changes",
        "none: it comes whole. Inside another page the word stands until it is there",
        "what the form could not do, with the reason, above; or that the page could not be read "
        "again. What was typed stays",
        "the line on top; the page stays as it was read, its forms say what was not sent",
    ),
    FORM: (
        "written by the service, plain forms answered by a page",
        "none: it comes whole",
        "the page comes back with the reason above the form",
        "the line on top",
    ),
    ALONE: (
        "stands for itself, without a stream",
        "none: it comes whole",
        "the form comes back with the reason",
        "the browser's own words; `/offline` is made for it",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Page:
    kind: str
    empty: str  # what it shows when there is nothing


PAGES = {
    "/centre": Page(LIVE, "No alert needs an answer now. Everything has been read. No recording is "
                    "running."),
    "/hospital": Page(LIVE, "As the centre's; nobody is expected, no referral is under way."),
    "/mother": Page(LIVE, "No recording is running. Nobody is watching now. The button to begin."),
    "/recordings/{recording_id}": Page(LIVE, "Paper without a curve; no assessment yet, no alert "
                                       "so far; buttons that nobody pressed and silences that "
                                       "there were none of are left out. To its mother: a "
                                       "part that there is nothing for is left out."),
    "/recordings/{recording_id}/beside": Page(WRITTEN, "There is no earlier recording of hers "
                                              "that you may see; nothing was measured in these "
                                              "minutes."),
    "/recordings/{recording_id}/readings": Page(WRITTEN, "No reading has been asked for yet; the "
                                                "way to ask."),
    "/recordings/{recording_id}/analysis": Page(WRITTEN, "Nothing is listed until the first "
                                                "analysis; nothing to a blind reader."),
    "/recordings/{recording_id}/annotations": Page(WRITTEN, "Nothing is marked; to a blind "
                                                   "reader: what others marked is hidden."),
    "/hospitals": Page(WRITTEN, "No hospital has been entered yet."),
    "/trends": Page(WRITTEN, "Nothing was recorded in these hours."),
    "/journeys": Page(WRITTEN, "Nobody is expected by the green channel; no referral goes on."),
    "/journeys/brief": Page(WRITTEN, "No line."),
    "/readings/waiting": Page(WRITTEN, "Everything has been read."),
    "/alerts/waiting": Page(WRITTEN, "No bar: no alert waits for an answer."),
    "/organisation": Page(WRITTEN, "Nobody is on the duty roster now. Nothing has been changed "
                          "yet. No telephone number of yours is known."),
    "/referrals/new": Page(WRITTEN, "There is no such hospital in the consortium; no mother's "
                           "record is shared with you yet."),
    "/mother/now": Page(WRITTEN, "Her plan alone: endings, reports and care are left out."),
    "/mother/start": Page(WRITTEN, "The questions; they need nothing."),
    "/mother/told": Page(WRITTEN, "Nothing: no alert asks something of her."),
    "/mother/asks": Page(WRITTEN, "No bar: no alert asks something of her."),
    "/mother/history": Page(WRITTEN, "You have not recorded anything yet; the way to begin."),
    "/record": Page(WRITTEN, "Each part says that there is none: values, counts, contacts, looks."),
    "/mothers": Page(WRITTEN, "No mother's record is shared with you yet; or: no mother fits, take "
                     "a filter away."),
    "/mothers/{mother_id}": Page(WRITTEN, "Each part says that there is none, and advice when it "
                                 "would come."),
    "/me/messages": Page(WRITTEN, "No way is given; an empty line for each channel."),
    "/readings": Page(WRITTEN, "No reading has been asked for yet."),
    "/consultations": Page(WRITTEN, "Nothing is open."),
    "/consultations/case": Page(WRITTEN, "The form to write the first words."),
    "/consultations/{consultation_id}": Page(WRITTEN, "Never empty: it begins with a question."),
    "/resources": Page(WRITTEN, "Nobody asks for anything now. Nobody offers anything now."),
    "/leases": Page(WRITTEN, "No box is handed out; a mother: no device is lent to you."),
    "/cases": Page(WRITTEN, "No case is found. You have read none yet."),
    "/cases/new": Page(WRITTEN, "The form; without her consent it says so in its place."),
    "/cases/{case_id}": Page(WRITTEN, "The strip is not kept any more."),
    "/school": Page(WRITTEN, "There is no lesson yet; there is no course yet."),
    "/contributions": Page(WRITTEN, "Nothing was counted in this month."),
    "/statistics": Page(WRITTEN, "No recording began in these months; no rule raised an alert."),
    "/pending": Page(WRITTEN, "Every recording belongs to a mother."),
    "/firmware": Page(WRITTEN, "Nothing has been offered yet."),
    "/health": Page(WRITTEN, "All parts work."),
    "/admin": Page(FORM, "The first five steps; there is no organisation yet."),
    "/admin/organisations/{organisation_id}": Page(FORM, "Never empty: one organisation."),
    "/admin/people": Page(FORM, "The administrator alone, with the form open to add an account."),
    "/admin/boxes": Page(FORM, "There is no device yet; add a gateway first."),
    "/admin/audit": Page(FORM, "Nothing has been written down yet."),
    "/admin/duties": Page(WRITTEN, "There is no organisation yet."),
    "/admin/organisations/{organisation_id}/duties": Page(WRITTEN, "Nobody is on the duty roster "
                                                          "now; three empty lines to fill in."),
    "/admin/consents": Page(WRITTEN, "No mother has decided anything yet. Nothing has been changed "
                            "yet."),
    "/admin/alerts": Page(WRITTEN, "There is no organisation yet; the rules in force are always "
                          "there."),
    "/login": Page(ALONE, "The form."),
    "/password": Page(ALONE, "The form."),
    "/setup": Page(ALONE, "The form; once an account exists it leads to the login."),
    "/demo": Page(ALONE, "Nobody tells the story here: how to start it. Outside of a demo: there "
                  "is no such page."),
    "/verify/{token}": Page(ALONE, "No report has such a code."),
    "/offline": Page(ALONE, "Nothing was known before: the first line only."),
}  # fmt: skip


NUMBERS = {  # what is asked of the pages: what shows it
    "dashboard with 50 mothers: first paint within 1 s, interactive within 2 s": "`python -m "
    "tests.bench pages`",
    "from the alert to pixels within 1 s": "`python -m tests.bench latency`: the row in Chromium, "
    "[benchmarks.md](benchmarks.md)",
    "one strip with 24 h in memory at 60 frames/s, 16 strips at 30, without a GPU": "`python -m "
    "tests.bench pages`",
    "a day on end: the heap does not grow": "`python -m tests.bench pages`: 24 hours of events, "
    "compressed",
    "no request leaves the service": "the same, and `tests/cloud/pages.py` in every test with a "
    "browser",
    "all scripts within 150 kB": "`tests/cloud/web/test_weight.py`",
    "nothing serious for axe-core, on any page as any role, in one language each; nothing too wide "
    "in either, no English in Chinese": "`tests/cloud/web/test_accessible.py`",
    "the keyboard alone answers an alert": "`tests/cloud/web/test_browser.py`",
}


def numbers() -> list[str]:
    """Of docs/screens.md."""
    head = ["", "## How quick, how light", "", "| asked for | shown by |", "|---|---|"]
    return [*head, *(f"| {asked} | {shown} |" for asked, shown in NUMBERS.items())]


def chapter() -> list[str]:
    """Of docs/screens.md."""
    lines = [
        "",
        "## When there is nothing, not yet, or not for you",
        "",
        "**No permission**, on every page: who is not logged in comes to the login and back;",
        "another role reads *This page is not for you*; what belongs to somebody else answers",
        "*There is no such page*, as if it did not exist (`tests/cloud/web/test_access.py` walks",
        "each route as each role). **Wrong or broken**: a page with the reason in words (404, 422,",
        "500), the way back, and in an emergency the telephone.",
    ]
    for kind, (which, loading, fails, lost) in SHARED.items():
        lines += ["", f"### Pages that are {kind}", f"{which[0].upper()}{which[1:]}.", ""]
        for name, words in (("Loading", loading), ("Error", fails), ("No network", lost)):
            lines.append(f"- **{name}**: {words}.")
        lines += ["", "| page | empty |", "|---|---|"]
        lines += [f"| `{path}` | {one.empty} |" for path, one in PAGES.items() if one.kind == kind]
    return lines

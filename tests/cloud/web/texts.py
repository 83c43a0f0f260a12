"""Every text that a page may show, found in the templates, the scripts and the tables of words."""

import ast
import re
from collections.abc import Collection, Iterator
from pathlib import Path

from jinja2.ext import babel_extract

from cloud import findings
from cloud.audit import words as audit_words
from cloud.contributions import columns as contributions
from cloud.contributions.export import MEMBER
from cloud.health import parts as health_parts
from cloud.pregnancy import charts
from cloud.pregnancy.names import WHAT
from cloud.render import WEB
from cloud.reports import words as report_words
from cloud.reports.seal import Holds
from cloud.research import said, summary
from cloud.routes import messages
from cloud.sections import SECTIONS
from cloud.statistics import columns as figures
from cloud.store.care import ROLES
from cloud.traces import CAUSES
from models import advice, consultations, green, pregnancy_risk, referrals, resources, teaching
from models.alerts import Phase
from models.readings import SENTENCES, Class
from models.readings import Phase as ReadingPhase
from models.rules import RULES
from models.scores import TABLES
from models.scores.table import CHECK
from models.scores.words import LABELS, TITLES
from models.verdict import Verdict

ROOT = Path(__file__).parents[3]
_JS = re.compile(r"""\b(?:t|msgid)\(\s*"((?:[^"\\]|\\.)*)\"""")
_RISKS = ("green", "yellow", "orange", "red", "purple", "not assessed")  # cloud.store.people
_PRIORITIES = ("high", "medium", "low")  # of models.rules
_WORDS = ("words", "Refused", "ReasonMissing", "Reason", "gettext")  # calls whose text is a msgid
_BANDS = (  # results that no cell and no range of points names
    "I", "II", "III", "not met", "not met yet", "no bands in the source",
    "suspicious, hyperstimulation",
)  # fmt: skip
# steps and kinds
_SHARING = ("ambulance", "ask", "hand out", "overdue", "patient", "technical", "warned")
_UNITS = ("/10 min", "count", "readings")  # of limits and charts
_FILES = ("Column", "Heading", "Definitions", "Month", "Time zone", "Statistics", "Rules", "Total")
_LETTERS = re.compile("[a-z]{2}")
_TABLES = (  # files whose module constants are texts
    "cloud/story.py",
    "cloud/admin/accounts.py",
    "cloud/admin/boxes.py",
    "cloud/admin/first_run.py",
    "cloud/routes/admin.py",
    "cloud/routes/setup.py",
    "cloud/consultations/asking.py",
    "cloud/consultations/moves.py",
    "cloud/consultations/notices.py",
    "cloud/consultations/segments.py",
    "cloud/consultations/steps.py",
    "cloud/cases/moves.py",
    "cloud/firmware/images.py",
    "cloud/firmware/service.py",
    "cloud/pending.py",
    "cloud/pregnancy/essentials.py",
    "cloud/pregnancy/notices.py",
    "cloud/readings/annotating.py",
    "cloud/readings/moves.py",
    "cloud/readings/notices.py",
    "cloud/readings/steps.py",
    "cloud/hospitals/routing_words.py",
    "cloud/routing/expecting.py",
    "cloud/routing/needs.py",
    "cloud/routing/origin.py",
    "cloud/routing/plan.py",
    "cloud/routing/rules.py",
    "cloud/hospitals/consenting.py",
    "cloud/journeys/green_moves.py",
    "cloud/journeys/referral_moves.py",
    "cloud/journeys/reasons.py",
    "cloud/routes/journey_pages.py",
    "cloud/hospitals/travel.py",
    "cloud/routes/mothers.py",
    "cloud/routes/organisations.py",
    "cloud/alerts/answers.py",
    "cloud/alerts/asking.py",
    "cloud/alerts/holding.py",
    "cloud/alerts/names.py",
    "cloud/alerts/edge.py",
    "cloud/alerts/late.py",
    "cloud/alerts/moves.py",
    "cloud/alerts/views.py",
    "cloud/alerts/service.py",
    "cloud/errors.py",
    "cloud/outgoing/attempts.py",
    "cloud/outgoing/courier.py",
    "cloud/outgoing/letters.py",
    "cloud/outgoing/outbox.py",
    "cloud/alerts/calls.py",
    "cloud/alerts/reminding.py",
    "cloud/channels/base.py",
    "cloud/channels/mail.py",
    "cloud/channels/push.py",
    "cloud/channels/sms.py",
    "cloud/routes/login.py",
    "cloud/reports/facts.py",
    "cloud/routes/reports.py",
    "cloud/pregnancy/record.py",
    "cloud/pregnancy/care.py",
    "cloud/pregnancy/values.py",
    "cloud/pregnancy/views.py",
    "cloud/routes/home_care.py",
    "cloud/routes/contributions.py",
    "cloud/resources/moves.py",
    "cloud/school/moves.py",
    "cloud/resources/lease_moves.py",
    "cloud/resources/notices.py",
    "cloud/contributions/columns.py",
    "cloud/contributions/export.py",
    "cloud/statistics/columns.py",
    "cloud/statistics/report.py",
    "cloud/health/parts.py",
    "cloud/sheets.py",
    "cloud/routes/shell.py",
)


def all_texts() -> set[str]:
    found = {text for name in _TABLES for text in _in_python(ROOT / name)}
    for path in sorted((ROOT / "models").rglob("*.py")):
        found |= set(_with_fields(ast.parse(path.read_text())))
    found |= set(_of_scores())
    found |= {section.name for section in SECTIONS}
    for rule in RULES:
        found |= {rule.reason, rule.mother_text, rule.doctor_text}
    found |= {verdict.value for verdict in Verdict} | set(CAUSES)
    found |= {*findings.ABOUT.values(), findings.POINTS, findings.DIFFER, findings.FEW_MINUTES}
    found |= {*findings.OLDER, findings.UNCHECKED, findings.ABOUT_VERDICT, findings.EARLIER}
    found |= {findings.EARLIER_LATE, findings.ALSO}
    found |= {one.text for one in SENTENCES.values()} | {one.value for one in Class}
    found |= {phase.value for phase in ReadingPhase}
    found |= {item.text for item in green.CHECKLIST}
    found |= {criterion.text for criterion in referrals.CRITERIA}
    found |= {criterion.text for criterion in pregnancy_risk.CRITERIA}
    found |= set(teaching.PATTERNS.values())
    of_audit = [table for name, table in vars(audit_words).items() if name.isupper()]
    found |= {word for table in of_audit for word in table.values()}
    found |= {*charts.TITLES.values(), *WHAT.values(), *ROLES}
    found |= {phase.value for phase in advice.Phase}
    found |= {phase.value for table in (consultations, green, referrals) for phase in table.Phase}
    found |= {*said.WORDS.values(), *summary.WORDS.values()}
    found |= {*report_words.WORDS.values(), *(one.value for one in Holds)}
    found |= {phase.value for table in (resources.Phase, resources.Lease) for phase in table}
    found |= {*resources.EVENTS, *resources.LEASE_EVENTS, *resources.KINDS, *_SHARING}
    found |= {resources.FAR_UNKNOWN, resources.NO_PLACE}
    found |= {messages.NO_ADDRESS, messages.HALF_QUIET}
    for column in (*contributions.COLUMNS, MEMBER, *figures.FIGURES, *figures.RULES):
        found |= {column.heading, column.definition}
    found |= {*figures.GROUPS, *_FILES, *_UNITS}
    found |= {*_RISKS, *_PRIORITIES, *health_parts.WORDS} | {phase.value for phase in Phase}
    for path in sorted((WEB / "static").glob("*.js")):
        code = "\n".join(
            line for line in path.read_text().splitlines() if not line.lstrip().startswith("//")
        )
        found |= {text.replace('\\"', '"') for text in _JS.findall(code)}
    for path in sorted((WEB / "templates").glob("*.html")):
        with path.open("rb") as file:
            for _, _, message, _ in babel_extract(file, ["_"], [], {}):
                found.add(message if isinstance(message, str) else (message or ("",))[0] or "")
    return found - {""}


def _of_scores() -> Iterator[str]:
    """Titles, items, units, notes, cells, columns and bands of every table, and what may lack."""
    for path in sorted((ROOT / "models" / "scores").glob("*.py")):
        tree = ast.parse(path.read_text())
        yield from _in_calls(tree, ("Unknown",))
        for node in tree.body:
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant | ast.Dict):
                yield from (text for text in _sentences(node.value) if _LETTERS.search(text))
    yield from (CHECK, *_BANDS)
    for table in TABLES:
        yield from (TITLES[table.id], table.source, *table.bands)
        yield from (word for word in (table.variant,) if _LETTERS.search(word))
        for item in table.items:
            yield from (LABELS[item.scale.id], item.scale.unit)
            yield from (word for word in (item.note,) if _LETTERS.search(word))
            for result, cells in item.scale.cells.items():
                words = (str(result), *cells.split(", "))
                yield from (word for word in words if _LETTERS.search(word))


def _in_python(path: Path) -> Iterator[str]:
    tree = ast.parse(path.read_text())
    yield from _in_calls(tree)
    for node in tree.body:
        if isinstance(node, ast.Assign):
            yield from _sentences(node.value)


def _in_calls(tree: ast.Module, names: Collection[str] = _WORDS) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args:
            function = node.func
            name = getattr(function, "id", getattr(function, "attr", ""))
            if name in names:
                yield from _sentences(node.args[0])


def _with_fields(tree: ast.Module) -> Iterator[str]:
    """Strings with %(name)s fields, docstrings left out: the reasons of the analysis."""
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or id(node) in docstrings:
            continue
        if isinstance(node.value, str) and "%(" in node.value and " " in node.value:
            yield node.value


def _sentences(node: ast.expr) -> Iterator[str]:
    """Strings that are words for people: those with a space in them."""
    for part in ast.walk(node):
        if isinstance(part, ast.Constant) and isinstance(part.value, str) and " " in part.value:
            yield part.value

"""The table of routes in docs/api.md, from the same source as the document."""

from collections.abc import Iterator

from cloud.access import ACCESS
from cloud.openapi.document import methods_of, routes, summary_of

HEAD = """# API

JSON over HTTP; the pages use the same. `GET /openapi.json` is the document for machines (staff may
read it), and `lucina openapi` writes it without a running service. This table is made by `lucina
openapi --table > docs/api.md`; a test compares it. Beside each role stands what it gets: all, or
what is its own; the rest answers 404. Without a login 401, for another role 403.

People log in at `/login` and send the cookie. Devices and gateways send `Authorization: Bearer
ID:TOKEN`. A body is a JSON object of at most 64 kB. 409: not possible now; 422: something is
missing or wrong; both say why in `detail`, as a text or as `{"text": message, "args": {...}}`.
"""


_COLUMNS = "| method | path | who | what |\n|---|---|---|---|\n"


def table() -> str:
    """Markdown: the words above, then routes by tag."""
    return HEAD + "".join(_lines())


def _lines() -> Iterator[str]:
    found: dict[str, list[tuple[str, str, str]]] = {}
    for route in routes():
        rows = found.setdefault(str(route.tags[0]), [])
        rows += [(method, route.path, summary_of(route)) for method in methods_of(route)]
    for tag, rows in found.items():
        yield f"\n## {tag[0].upper()}{tag[1:]}\n\n{_COLUMNS}"
        for method, path, summary in rows:
            yield f"| {method} | `{path}` | {_who(method, path)} | {summary} |\n"


def _who(method: str, path: str) -> str:
    roles = ACCESS[(method, path)]
    return ", ".join(role if scope == "all" else f"{role} (own)" for role, scope in roles.items())

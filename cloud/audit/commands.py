"""`lucina audit check`: what it takes, and what it prints."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cloud.terminal import end, fail

if TYPE_CHECKING:
    from cloud.audit.checking import Report

auditing = typer.Typer(no_args_is_help=True, help="What was written down about who did what.")


@auditing.command()
def check(
    database: Annotated[
        str,
        typer.Option(
            envvar="LUCINA_DATABASE_URL",
            help="sqlite:///PATH or postgresql://...; else as `lucina cloud` has it.",
        ),
    ] = "",
    expect: Annotated[
        str, typer.Option(help="The head that an earlier check printed: it must still be there.")
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object, for machines.")] = False,
) -> None:
    """Check the chain of the audit, row by row; needs no running service and changes nothing.

    Exit code 1: a row was changed, removed or put in from outside, and the first such is named; 2:
    the database cannot be read.

    Example: lucina audit check --database sqlite:////var/lib/lucina/lucina.sqlite
    """
    from cloud.config import ConfigError, load
    from cloud.store.db import DatabaseError

    try:
        report = _checked(database or load().database_url, expect)
    except (ConfigError, DatabaseError, ValueError) as error:
        fail(error)
    typer.echo(json.dumps(report.as_dict()) if as_json else _said(report))
    end(1 if report.broken else 0)


def _checked(url: str, expected: str) -> "Report":
    from cloud.audit.checking import check as check_chain
    from cloud.audit.checking import parse_head
    from cloud.store.db import DatabaseError, StoreError, open_engine, reading

    if expected:
        parse_head(expected)
    engine = open_engine(url)
    path = engine.url.database or ""
    if engine.url.get_backend_name() == "sqlite" and not Path(path).is_file():
        raise DatabaseError(f"{path}: there is no such file")
    try:
        with reading(engine) as conn:
            return check_chain(conn, expected)
    except StoreError as error:
        raise DatabaseError(f"cannot be read: {str(error.orig).splitlines()[0]}") from None
    finally:
        engine.dispose()


def _said(report: "Report") -> str:
    found = report.broken
    if found is None:
        return f"{report.entries} entries, all whole. Head: {report.head}"
    number = "no entry" if found.entry is None else f"entry {found.entry}"
    row = f", {found.source} {found.row_id}" if found.source else ""
    return f"broken at {number}{row}: {found.why}. {report.entries} entries hold before it."


@auditing.command()
def completeness(
    session: Annotated[str, typer.Argument(help="A recording's number, or DEVICE/SESSION.")],
    database: Annotated[
        str,
        typer.Option(
            envvar="LUCINA_DATABASE_URL",
            help="sqlite:///PATH or postgresql://...; else as `lucina cloud` has it.",
        ),
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object, for machines.")] = False,
) -> None:
    """Account for every frame of a recording: made, stored, missing, sent later, gaps and causes.

    Exit code 1: frames that the probe made are not here; 2: there is no such recording.

    Example: lucina audit completeness probe-1/77
    """
    from cloud.audit.accounting import account, said
    from cloud.config import ConfigError, load
    from cloud.store.db import DatabaseError

    try:
        found = account(database or load().database_url, session)
    except (ConfigError, DatabaseError, ValueError) as error:
        fail(error)
    typer.echo(json.dumps(found) if as_json else said(found))
    end(1 if found["missing"] or found["unreadable"] else 0)

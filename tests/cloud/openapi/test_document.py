"""Every route says what it is, shows a body that it would take, and stands in docs/api.md."""

import json
from pathlib import Path
from typing import Any

import pytest
from fastapi.params import Form
from fastapi.routing import APIRoute
from pydantic import BaseModel, TypeAdapter
from typer.testing import CliRunner

from cloud.access import ACCESS
from cloud.openapi.document import document, methods_of, routes, summary_of
from cloud.openapi.table import table
from lucina import app

API_MD = Path(__file__).parents[3] / "docs" / "api.md"
ROUTES = routes()


def name(route: APIRoute) -> str:
    return f"{'/'.join(methods_of(route))} {route.path}"


def test_the_document_has_every_route_of_the_table_of_access() -> None:
    found = document()
    methods = {(m, route.path) for route in ROUTES for m in methods_of(route)}
    assert methods == set(ACCESS)
    for route in ROUTES:
        for method in methods_of(route):
            operation = found["paths"][route.path_format][method.lower()]
            assert operation["tags"]
            assert operation["x-roles"] == ACCESS[(method, route.path)]


@pytest.mark.parametrize("route", ROUTES, ids=name)
def test_a_route_says_in_words_what_it_is_for(route: APIRoute) -> None:
    words = summary_of(route)
    assert 5 <= len(words) <= 200, words
    assert not words[0].islower()
    assert not words.endswith(".")
    assert route.tags


def bodies() -> list[APIRoute]:
    return [route for route in ROUTES if route.body_field is not None]


def test_there_are_bodies_to_check() -> None:
    assert len(bodies()) > 40


@pytest.mark.parametrize("route", bodies(), ids=name)
def test_each_body_has_an_example_that_its_own_model_takes(route: APIRoute) -> None:
    assert route.body_field is not None
    schema: Any = route.body_field.field_info.annotation
    if isinstance(route.body_field.field_info, Form):
        fields = schema.model_fields.values()
        assert all(field.examples for field in fields if field.is_required())
        return
    model: Any = schema if isinstance(schema, type) else schema.__args__[0]
    assert issubclass(model, BaseModel)
    extra: Any = model.model_config.get("json_schema_extra")
    for one in extra["examples"]:
        given = one if model is schema else [one]
        TypeAdapter(schema).validate_json(json.dumps(given))


def test_what_is_answered_by_a_model_is_in_the_document() -> None:
    found = document()
    for route in ROUTES:
        model: Any = route.response_model
        if not (isinstance(model, type) and issubclass(model, BaseModel)):
            continue
        for method in methods_of(route):
            answer = found["paths"][route.path_format][method.lower()]["responses"]["200"]
            schema = answer["content"]["application/json"]["schema"]
            assert schema["$ref"].rpartition("/")[2] in found["components"]["schemas"]


def test_docs_api_md_is_what_the_routes_say() -> None:
    assert API_MD.read_text() == table(), "run: lucina openapi --table > docs/api.md"


def test_the_command_writes_both(tmp_path: Path) -> None:
    path = tmp_path / "openapi.json"
    assert CliRunner().invoke(app, ["openapi", "--out", str(path)]).exit_code == 0
    assert json.loads(path.read_text())["openapi"].startswith("3.")
    assert CliRunner().invoke(app, ["openapi", "--table"]).output == table()
    refused = CliRunner().invoke(app, ["openapi", "--out", str(tmp_path)])
    assert refused.exit_code == 2

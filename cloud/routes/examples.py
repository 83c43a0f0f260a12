"""Examples of request bodies, as OpenAPI shows them. A test sends each through its own model."""

from typing import Any

from pydantic import ConfigDict


def example(**values: Any) -> ConfigDict:
    return ConfigDict(json_schema_extra={"examples": [values]})

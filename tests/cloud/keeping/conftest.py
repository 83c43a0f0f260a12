"""Both databases, each with an empty store."""

from tests.cloud.data.conftest import database_url, engine

__all__ = ["database_url", "engine"]

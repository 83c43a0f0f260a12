"""How much script a browser has to read: every module together, as it is written."""

from cloud.render import WEB

LIMIT_BYTES = 150_000


def test_all_scripts_together_stay_small() -> None:
    sizes = {path.name: path.stat().st_size for path in (WEB / "static").glob("*.js")}
    assert sum(sizes.values()) <= LIMIT_BYTES, sorted(sizes.items(), key=lambda one: -one[1])

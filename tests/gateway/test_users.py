"""Who may log in and use which topics."""

import json
from pathlib import Path

import pytest

from gateway.users import Users, UsersError, may_use, sha256_hex


@pytest.mark.parametrize(
    ("topic", "allowed"),
    [
        ("lucina/1/dev/a/up", True),
        ("lucina/1/gw/a/up/x", True),
        ("lucina/1/dev/a/#", True),
        ("lucina/1/gw/a/down/+", True),
        ("lucina/1/dev/b/up", False),
        ("lucina/1/dev/a", False),
        ("lucina/1/dev/+/up", False),
        ("lucina/1/+/a/up", False),
        ("lucina/1/#", False),
        ("#", False),
        ("+/+/+/a/up", False),
        ("lucina/2/dev/a/up", False),
        ("$SYS/broker/load", False),
        ("", False),
    ],
)
def test_a_user_may_use_topics_of_its_name_only(topic: str, allowed: bool) -> None:
    assert may_use("a", topic) is allowed


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "not JSON"),
        ("[]", "must be an object"),
        ('{"a/b": "00"}', "cannot be a level"),
        ('{"+": "00"}', "cannot be a level"),
        ('{"a": "secret"}', "not a sha256"),
        (None, "No such file"),
    ],
)
def test_a_bad_users_file_is_named(tmp_path: Path, text: str | None, words: str) -> None:
    file = tmp_path / "users.json"
    if text is not None:
        file.write_text(text)
    with pytest.raises(UsersError, match=words) as raised:
        Users(file)
    assert str(file) in str(raised.value)


def test_tokens_are_compared_by_their_hash(tmp_path: Path) -> None:
    file = tmp_path / "users.json"
    file.write_text(json.dumps({"a": sha256_hex("secret")}))
    users = Users(file)
    assert users.knows("a", "secret")
    assert not users.knows("a", "other")
    assert not users.knows("a", sha256_hex("secret"))
    assert not users.knows("nobody", "")
    assert (users.has("a"), users.has("nobody")) == (True, False)


def test_a_changed_file_is_read_within_a_second(tmp_path: Path) -> None:
    file = tmp_path / "users.json"
    file.write_text("{}")
    users = Users(file)
    assert not users.knows("a", "x", now_s=100.0)
    file.write_text(json.dumps({"a": sha256_hex("x")}))
    assert not users.knows("a", "x", now_s=100.9)
    assert users.knows("a", "x", now_s=101.1)
    file.unlink()
    assert users.knows("a", "x", now_s=103.0), "a file that is gone changes nothing"

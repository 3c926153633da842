"""`parley webhook`, as an operator types it."""

import re
from collections.abc import Callable, Iterator

import pytest
from click.testing import CliRunner, Result

from service.cli import main
from tests.receivers import Serving, is_signed

Parley = Callable[..., Result]


@pytest.fixture
def parley(database: str, monkeypatch: pytest.MonkeyPatch) -> Parley:
    monkeypatch.setenv("DATABASE_URL", database)
    monkeypatch.setenv("PARLEY_OUTGOING_NETWORKS", "127.0.0.0/8")
    runner = CliRunner()
    run: Parley = lambda *arguments: runner.invoke(main, arguments)  # noqa: E731
    assert run("site", "add", "courier", "--name", "The Courier").exit_code == 0
    return run


@pytest.fixture
def receiver() -> Iterator[Serving]:
    with Serving() as receiver:
        yield receiver


def secret_in(result: Result) -> str:
    found = re.search(r"whsec_\S+", result.output)
    assert found
    return found[0]


def test_one_is_added_tried_turned_and_removed(parley: Parley, receiver: Serving) -> None:
    added = parley("webhook", "add", "courier", receiver.url)
    old = secret_in(added)
    assert parley("webhook", "test", "courier", "1").output == f"{receiver.url} has taken it.\n"
    [(headers, body)] = receiver.calls
    assert is_signed(headers, body, old)
    assert b"webhook.test" in body

    new = secret_in(parley("webhook", "rotate", "courier", "1"))
    assert parley("webhook", "test", "courier", "1").exit_code == 0
    headers, body = receiver.calls[1]
    assert is_signed(headers, body, old)
    assert is_signed(headers, body, new)
    assert parley("webhook", "list", "courier").output == f"1  {receiver.url}  nothing delivered yet\n"

    receiver.answers = [500]
    failed = parley("webhook", "test", "courier", "1")
    assert (failed.exit_code, failed.output) == (1, "Error: Not taken: it answered 500.\n")
    assert parley("webhook", "enable", "courier", "1").exit_code == 0
    assert parley("webhook", "remove", "courier", "1").output == "Removed webhook 1.\n"
    assert parley("webhook", "list", "courier").output == ""


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("add", "courier", "ftp://courier.example"), "an address begins with https:// or http://"),
        (("add", "nowhere", "https://courier.example"), "There is no site 'nowhere'."),
        (("test", "courier", "7"), "courier has no webhook 7."),
        (("remove", "courier", "7"), "courier has no webhook 7."),
        (("rotate", "courier", "7"), "courier has no webhook 7."),
    ],
)
def test_what_is_wrong_is_one_line(parley: Parley, arguments: tuple[str, ...], said: str) -> None:
    result = parley("webhook", *arguments)
    assert result.exit_code == 1
    assert said in result.output
    assert "Traceback" not in result.output


def test_where_only_we_can_reach_is_not_tried(
    parley: Parley, receiver: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    parley("webhook", "add", "courier", receiver.url)
    monkeypatch.setenv("PARLEY_OUTGOING_NETWORKS", "")
    result = parley("webhook", "test", "courier", "1")
    assert result.exit_code == 1
    assert "not on the public internet" in result.output
    assert receiver.calls == []

"""`parley site`, `staff` and `policy`, as an operator types them."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from service.cli import main

Parley = Callable[..., Result]


@pytest.fixture
def parley(database: str, monkeypatch: pytest.MonkeyPatch) -> Parley:
    monkeypatch.setenv("DATABASE_URL", database)
    runner = CliRunner()
    return lambda *arguments, **options: runner.invoke(main, arguments, **options)


@pytest.fixture
def courier(parley: Parley) -> None:
    added = parley("site", "add", "courier", "--name", "The Courier", "--origin", "https://Courier.example/")
    assert (added.exit_code, added.output) == (0, "Added courier.\n")


@pytest.mark.usefixtures("courier")
def test_a_site_is_added_listed_and_changed(parley: Parley) -> None:
    assert parley("site", "list").output == "courier  The Courier  guests  https://courier.example\n"

    changed = parley("site", "set", "courier", "--no-guests", "--origin", "http://localhost:3000")

    assert changed.exit_code == 0
    assert parley("site", "list").output == "courier  The Courier  no guests  http://localhost:3000\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("add", "courier", "--name", "Again"), "There is a site 'courier' already."),
        (("add", "The Courier", "--name", "Spaces"), "'The Courier' is no key"),
        (("add", "c", "--name", "C", "--origin", "courier.example"), "write it like https://www.example.org"),
        (
            ("add", "c", "--name", "C", "--origin", "https://c.example/news"),
            "write it like https://www.example.org",
        ),
        (("set", "nobody", "--guests"), "There is no site 'nobody'."),
    ],
)
@pytest.mark.usefixtures("courier")
def test_what_is_wrong_with_a_site_is_one_line(parley: Parley, arguments: tuple[str, ...], said: str) -> None:
    result = parley("site", *arguments)
    assert result.exit_code != 0
    assert said in result.output
    assert "Traceback" not in result.output
    assert parley("site", "list").output.count("\n") == 1


@pytest.mark.usefixtures("courier")
def test_staff_come_get_roles_and_go(parley: Parley) -> None:
    added = parley("staff", "add", "Ann@courier.example", "--name", "Ann", "--site", "courier", "--make-one")
    assert added.exit_code == 0
    assert "Password: " in added.output
    assert (
        parley("staff", "role", "ann@courier.example", "--site", "courier", "--role", "lead").exit_code == 0
    )
    assert parley("staff", "list").output == "ann@courier.example  Ann  courier: lead\n"

    asked = parley("staff", "password", "ann@courier.example", input="correct horse\ncorrect horse\n")
    assert (asked.exit_code, asked.output.splitlines()[-1]) == (0, "Changed.")
    assert parley("staff", "forget-factors", "ann@courier.example").exit_code == 0
    assert parley("staff", "disable", "ann@courier.example").exit_code == 0
    assert "(disabled)" in parley("staff", "list").output
    assert "Nobody on the staff" in parley("staff", "disable", "ann@courier.example").output


@pytest.mark.usefixtures("courier")
def test_a_short_password_or_a_second_account_is_refused_and_nothing_is_written(parley: Parley) -> None:
    short = parley(
        "staff", "add", "ann@c.example", "--name", "Ann", "--site", "courier", input="short\nshort\n"
    )
    assert short.exit_code == 1
    assert "10 to 200 characters" in short.output
    assert parley("staff", "list").output == ""

    first = ("staff", "add", "ann@c.example", "--name", "Ann", "--site", "courier", "--make-one")
    assert parley(*first).exit_code == 0
    assert "on the staff already" in parley(*first).output
    assert "There is no site" in parley(*first[:2], "bo@c.example", *first[3:6], "nowhere", first[-1]).output


@pytest.mark.usefixtures("courier")
def test_a_policy_is_shown_changed_and_restored(parley: Parley, tmp_path: Path) -> None:
    shown = parley("policy", "show", "courier")
    document = json.loads(shown.stdout)
    assert document["on_unscored"] == "hold"
    document["premoderate"] = True
    file = tmp_path / "policy.json"
    file.write_text(json.dumps(document), "utf-8")

    assert (
        parley("policy", "set", "courier", str(file), "--note", "quiet week").output
        == "Version 1 is active.\n"
    )
    file.write_text(json.dumps(document | {"premoderate": False}), "utf-8")
    assert parley("policy", "set", "courier", str(file)).output == "Version 2 is active.\n"
    assert parley("policy", "restore", "courier", "1").output == "Version 3 is active.\n"

    assert json.loads(parley("policy", "show", "courier").stdout)["premoderate"] is True
    history = parley("policy", "history", "courier").output.splitlines()
    assert [line.split()[:2] for line in history] == [
        ["*", "3"],
        ["2", history[1].split()[1]],
        ["1", history[2].split()[1]],
    ]
    assert "no policy of version 9" in parley("policy", "restore", "courier", "9").output


@pytest.mark.usefixtures("courier")
@pytest.mark.parametrize("text", ["{", '{"on_unscored": "shrug"}', '{"no_such_field": 1}'])
def test_a_file_that_is_no_policy_changes_nothing(parley: Parley, tmp_path: Path, text: str) -> None:
    file = tmp_path / "policy.json"
    file.write_text(text, "utf-8")
    refused = parley("policy", "set", "courier", str(file))
    assert refused.exit_code == 1
    assert "is not a policy" in refused.output
    assert parley("policy", "history", "courier").output == ""


def test_a_database_that_is_not_migrated_or_not_there_is_one_line(
    parley: Parley, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert parley("site", "list").output == ""
    monkeypatch.setenv("DATABASE_URL", f"postgresql://nobody@/nothing?host={tmp_path}")
    away = parley("site", "list")
    assert away.exit_code == 1
    assert "The database does not answer" in away.output


@pytest.mark.parametrize(
    ("variable", "value"),
    [("PARLEY_PORT", "abc"), ("PARLEY_TRUSTED_PROXIES", "10.0.0.0/8, foo"), ("PARLEY_RATE_LIMITS", "maybe")],
)
def test_a_setting_that_cannot_be_is_one_line(
    parley: Parley, monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    for command in (("up",), ("site", "list")):
        result = parley(*command)
        assert (result.exit_code, result.output.count("\n")) == (1, 1)
        assert result.output.startswith(f"Error: {variable}: ")

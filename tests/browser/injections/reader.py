"""Who the reader is stands in the way."""

from tests.browser.injections.case import case
from tests.browser.lab import Bench


@case("the page's origin is not on the list", "origin")
def _origin(bench: Bench) -> None:
    bench.visit(elsewhere=True)
    bench.refused()


@case("a session that is over, an access token that has run out", "session_over")
def _expired(bench: Bench) -> None:
    bench.visit()
    reader = bench.become()
    bench.lab.query("UPDATE sessions SET expires_at = now() WHERE reader_id = $1", int(reader))
    bench.send_as(bench.lab.token_of(reader, age_s=3600))
    bench.refused()


@case("a forged token", "token_wrong")
def _forged(bench: Bench) -> None:
    bench.visit()
    reader = bench.become()
    bench.send_as(bench.lab.token_of(reader, secret=b"a secret that is not the service's"))
    bench.refused()


@case("the device's clock is two hours slow", "clock")
def _clock(bench: Bench) -> None:
    bench.page.add_init_script("const now = Date.now; Date.now = () => now() - 7_200_000")
    bench.visit()
    bench.ask()


@case("a name that is no name", "name")
def _name(bench: Bench) -> None:
    bench.visit()
    bench.refused(name="www.cheap-pills.example")


@case("suspended, told by the refusal", "sanctioned")
def _suspended(bench: Bench) -> None:
    _restrict(bench, "suspended")
    bench.refused()


@case("banned, found by asking", "sanctioned")
def _banned(bench: Bench) -> None:
    _restrict(bench, "banned")
    bench.ask()


def _restrict(bench: Bench, kind: str) -> None:
    bench.visit()
    bench.lab.query(
        "UPDATE readers SET sanction = $1, sanctioned_until = now() + interval '3 days' WHERE id = $2",
        kind,
        int(bench.become()),
    )


@case("a site for readers who are signed in", "not_entitled")
def _members(bench: Bench) -> None:
    bench.lab.query("INSERT INTO sites (key, name, guests_allowed) VALUES ('members', 'Members', false)")
    bench.visit(site="members")
    bench.ask()

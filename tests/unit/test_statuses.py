"""The table of moves."""

from moderation.statuses import MOVES, Status, is_legal


def test_every_status_has_its_moves() -> None:
    assert set(MOVES) == set(Status)


def test_nothing_becomes_pending_again_and_nothing_gone_comes_back() -> None:
    for before in Status:
        assert not is_legal(before, Status.PENDING)
    assert MOVES[Status.ERASED] == frozenset()
    assert MOVES[Status.DELETED] == {Status.ERASED}


def test_everything_can_be_erased() -> None:
    assert all(is_legal(before, Status.ERASED) for before in Status if before is not Status.ERASED)

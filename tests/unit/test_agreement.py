"""How far two judgements agree, beyond chance."""

import pytest

from moderation.agreement import agreement


def test_nothing_to_compare() -> None:
    assert agreement([]) == (0, None, None)


def test_all_the_same_where_both_answers_were_given() -> None:
    assert agreement([("a", "a"), ("b", "b")]) == (2, 1.0, 1.0)


def test_one_answer_alone_says_nothing_about_chance() -> None:
    assert agreement([("a", "a")] * 3) == (3, 1.0, None)


def test_as_much_as_chance_is_nought() -> None:
    _, observed, kappa = agreement([("a", "a"), ("a", "b"), ("b", "a"), ("b", "b")])
    assert (observed, kappa) == (0.5, 0.0)


def test_a_known_table() -> None:
    # 20 yes/yes, 5 yes/no, 10 no/yes, 15 no/no: observed 0.7, by chance 0.5.
    pairs = [("y", "y")] * 20 + [("y", "n")] * 5 + [("n", "y")] * 10 + [("n", "n")] * 15
    n, observed, kappa = agreement(pairs)
    assert (n, observed) == (50, 0.7)
    assert kappa == pytest.approx(0.4)

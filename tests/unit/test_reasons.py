import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.reasons import HOUSE_RULES, Reason, ReasonCode

REASONS = st.builds(
    Reason,
    code=st.sampled_from(ReasonCode),
    label=st.none() | st.text(max_size=20),
    score=st.none() | st.floats(0, 1),
    threshold=st.none() | st.floats(0, 1),
    start=st.none() | st.integers(0, 10_000),
    end=st.none() | st.integers(0, 10_000),
)


@given(REASONS)
def test_a_reason_survives_storage(reason: Reason) -> None:
    stored = reason.to_json()
    assert Reason.from_json(stored) == reason
    assert None not in stored.values()


def test_what_is_not_known_is_left_out() -> None:
    assert Reason(ReasonCode.UNSCORED).to_json() == {"code": "unscored"}


def test_a_code_of_an_older_version_reads_as_other_and_keeps_its_place() -> None:
    reason = Reason.from_json({"code": "no_such_code", "start": 3, "end": 7, "extra": True})
    assert reason == Reason(ReasonCode.OTHER, start=3, end=7)


@pytest.mark.parametrize("code", ReasonCode)
def test_every_code_has_words_for_both_sides(code: ReasonCode) -> None:
    assert 1 <= len(code.for_staff) <= 40
    assert code.for_author.endswith(".")
    # Authors are never told numbers, nor given a moderator's shorthand.
    assert not any(char.isdigit() for char in code.for_author)
    for word in ("score", "threshold", "toxic"):
        assert word not in code.for_author.lower()


def test_house_rules_are_what_people_name_and_end_with_other() -> None:
    assert len(set(HOUSE_RULES)) == len(HOUSE_RULES)
    assert HOUSE_RULES[-1] is ReasonCode.OTHER
    assert ReasonCode.WITHIN_RULES not in HOUSE_RULES
    assert ReasonCode.LIKELY_TOXIC not in HOUSE_RULES

"""The moderators' page explains every reason that a card can show."""

from pathlib import Path

import pytest

from moderation.reasons import HOUSE_RULES, ReasonCode

PAGE = Path(__file__).parents[2] / "docs" / "moderate.md"


@pytest.mark.parametrize(
    "code", [code for code in ReasonCode if code not in (*HOUSE_RULES, ReasonCode.WITHIN_RULES)]
)
def test_the_page_explains_the_reason(code: ReasonCode) -> None:
    rows = [line for line in PAGE.read_text().splitlines() if line.startswith("| ")]
    assert any(code.for_staff in row.split("|")[1] for row in rows)

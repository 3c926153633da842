"""What is broken on purpose to see what the help names for it: every cause of the table, in a real browser."""

from tests.browser.injections import page, reader, written
from tests.browser.injections.case import CASES

__all__ = ["CASES", "page", "reader", "written"]

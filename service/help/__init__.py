"""Readers who have trouble commenting: tickets, and pages that work without scripts."""

from service.help.intake import file_spooled
from service.help.mail import run as send_mail
from service.help.pages import PAGES
from service.help.routes import ROUTES
from service.help.watch import WATCH, Watch

__all__ = ["PAGES", "ROUTES", "WATCH", "Watch", "file_spooled", "send_mail"]

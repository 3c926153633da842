"""What the staff do: the queue, decisions, tickets, the console."""

from service.staff.page import console
from service.staff.routes import ROUTES
from service.staff.streams import hear

__all__ = ["ROUTES", "console", "hear"]

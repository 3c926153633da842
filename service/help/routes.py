"""The help flow's call."""

from service.auth import Permission as P  # noqa: N817
from service.endpoint import Route
from service.help.tickets import ReceiptOut, create_ticket

ROUTES: list[Route] = [
    Route(
        "POST",
        "/sites/{site}/tickets",
        create_ticket,
        P.HELP,
        "Tell of trouble with commenting",
        status=201,
        gives=ReceiptOut,
        creates=True,
    ),
]

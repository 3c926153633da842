"""The help flow's calls."""

from service.auth import Permission as P  # noqa: N817
from service.endpoint import Route
from service.help.diagnosis import DiagnosisOut, diagnose
from service.help.tickets import ReceiptOut, create_ticket

ROUTES: list[Route] = [
    Route(
        "POST",
        "/sites/{site}/diagnosis",
        diagnose,
        P.HELP,
        "Ask what stands between oneself and a comment",
        limit="diagnosis",
        gives=DiagnosisOut,
    ),
    Route(
        "POST",
        "/sites/{site}/tickets",
        create_ticket,
        P.HELP,
        "Tell of trouble with commenting",
        status=201,
        gives=ReceiptOut,
        creates=True,
        beacons=True,
    ),
]

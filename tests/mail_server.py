"""A real mail server for the tests, that can be away or refuse."""

from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.processes import free_port


class Postbox:
    """What a mail server does with mail: takes it, or answers as `refuses` says."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.refuses: str | None = None
        self.refuses_data: str | None = None

    async def handle_RCPT(  # noqa: N802 -- the library's name
        self, _server: SMTP, _: Session, envelope: Envelope, address: str, __: Any
    ) -> str:
        if self.refuses:
            return self.refuses
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 -- the library's name
        self, _server: SMTP, _: Session, envelope: Envelope
    ) -> str:
        if self.refuses_data:
            return self.refuses_data
        content = envelope.content
        assert isinstance(content, bytes)
        parsed = message_from_bytes(content, policy=policy.default)
        assert isinstance(parsed, EmailMessage)
        self.mails.append(parsed)
        self.recipients += envelope.rcpt_tos
        return "250 Message accepted for delivery"


class MailServer:
    """A mail server that can be away."""

    def __init__(self) -> None:
        self.postbox = Postbox()
        self.port = free_port()
        self._controller: Controller | None = None

    def start(self) -> None:
        self._controller = Controller(self.postbox, hostname="127.0.0.1", port=self.port)
        self._controller.start()

    def stop(self) -> None:
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

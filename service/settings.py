"""What an operator can set, by environment variables that begin with PARLEY_ (and DATABASE_URL)."""

from functools import cached_property
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Literal

from pydantic import AliasChoices, Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Read once, at the start of a process."""

    model_config = SettingsConfigDict(env_prefix="PARLEY_", frozen=True, extra="ignore")

    database_url: str | None = Field(
        default=None,
        validation_alias=AliasChoices("database_url", "DATABASE_URL"),
        description="A Postgres of your own (15 or later). Unset: the embedded one.",
    )
    data_dir: Path = Field(
        default=Path(".parley"), description="Where the embedded Postgres and spool files live."
    )
    host: str = Field(default="127.0.0.1", description="The address to listen on.")
    port: int = Field(default=8080, ge=0, le=65535, description="The port to listen on.")
    public_url: str | None = Field(
        default=None, description="Where readers reach the service, such as https://comments.example.org."
    )
    rate_limits: Literal["on", "off"] = Field(
        default="on", description="off: no rate limits and no refusal of repeated texts, for load tests."
    )
    smtp_url: str | None = Field(
        default=None,
        description="The server that mails to readers go through: smtp://user:password@host:587, or smtps://.",
    )
    mail_from: str | None = Field(default=None, description="The sender of mails to readers.")
    help_email: str | None = Field(
        default=None, description="An address that readers may write to when their report cannot be sent."
    )
    trusted_proxies: str = Field(
        default="", description="Networks, comma-separated, whose X-Forwarded-For header is believed."
    )
    outgoing_networks: str = Field(
        default="",
        description="Private networks, comma-separated, that addresses of webhooks, key sets and pages may lead to.",
    )
    pool_size: int = Field(
        default=8, ge=2, le=100, description="Database connections of one serving process."
    )
    classifier: str = Field(
        default="bundled", description="Which classifier judges; a comma list is an order."
    )
    shadow_classifier: str = Field(
        default="",
        description="A second classifier that scores the same comments in idle time and judges nothing.",
    )
    # The next four are read by the classifier's own process, which knows nothing of this module; here they are checked.
    models_dir: Path | None = Field(
        default=None,
        description="Where Detoxify's models lie, each in its folder detoxify-<variant>. Unset: models in PARLEY_DATA_DIR.",
    )
    detoxify_checkpoint: Path | None = Field(
        default=None, description="A checkpoint in Detoxify's format, in place of the one in its folder."
    )
    detoxify_config: Path | None = Field(
        default=None, description="The folder with the config and tokenizer of PARLEY_DETOXIFY_CHECKPOINT."
    )
    model_threads: int | None = Field(
        default=None,
        ge=1,
        description="Threads of the classifier. Unset: a thread a core, at most four; fewer where workers share a machine.",
    )
    batch_size: int = Field(default=64, ge=1, le=1024, description="Texts that the worker scores at once.")
    score_timeout_s: float = Field(
        default=20.0,
        gt=0,
        description="Seconds that a batch of texts may take to be scored; one that takes longer is halved.",
    )
    score_lease_s: float = Field(
        default=60.0,
        gt=0,
        description="Seconds after which texts that a worker took and did not finish go to another.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="What is logged."
    )

    @field_validator("trusted_proxies", "outgoing_networks")
    @classmethod
    def _are_networks(cls, value: str) -> str:
        _networks(value)
        return value

    @cached_property
    def proxy_networks(self) -> tuple[IPv4Network | IPv6Network, ...]:
        """The trusted proxies, parsed."""
        return _networks(self.trusted_proxies)

    @cached_property
    def reachable_networks(self) -> tuple[IPv4Network | IPv6Network, ...]:
        """The private networks that requests of ours may go to, parsed."""
        return _networks(self.outgoing_networks)

    @property
    def base_url(self) -> str:
        """The service's own origin, as readers see it."""
        return (self.public_url or f"http://localhost:{self.port}").rstrip("/")


def _networks(text: str) -> tuple[IPv4Network | IPv6Network, ...]:
    return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())

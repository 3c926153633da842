"""`parley doctor`: why the comments of a live page do not work."""

import asyncio
import sys
from collections.abc import Sequence
from dataclasses import asdict

import aiosmtplib
import click
import orjson

from service.commands.reading import read_settings
from service.doctor import Finding, Verdict, examine, examine_keys
from service.fetching import Fetcher
from service.help.mail import mail_server
from service.settings import Settings

_MARKS = {Verdict.OK: "ok", Verdict.FAIL: "FAIL", Verdict.UNKNOWN: "?"}


@click.command()
@click.argument("urls", nargs=-1, required=True, metavar="URL…")
@click.option("--jwks", metavar="URL", help="Also check the key set that the site's own sign-in names.")
@click.option("--json", "as_json", is_flag=True, help="Print what was found as JSON.")
def doctor(urls: tuple[str, ...], *, jwks: str | None, as_json: bool) -> None:
    """Check the comments of the pages at URL, and the mail server; exit code 1 if something is to be mended."""
    found = asyncio.run(_examine_all(urls, jwks, read_settings(), quiet=as_json))
    if as_json:
        pages = {url: [asdict(finding) for finding in findings] for url, findings in found.items()}
        click.echo(orjson.dumps(pages, option=orjson.OPT_INDENT_2).decode())
    if any(finding.verdict is Verdict.FAIL for findings in found.values() for finding in findings):
        sys.exit(1)


async def _examine_all(
    urls: Sequence[str], jwks: str | None, settings: Settings, *, quiet: bool
) -> dict[str, list[Finding]]:
    found: dict[str, list[Finding]] = {}

    def tell(place: str, finding: Finding) -> None:
        found.setdefault(place, []).append(finding)
        if not quiet:
            click.echo(_line(finding))

    async with Fetcher(settings.reachable_networks) as fetcher:
        for url in urls:
            if not quiet:
                click.echo(url)
            async for finding in examine(fetcher, url, settings.base_url):
                tell(url, finding)
        if not quiet:
            click.echo("this service")
        if jwks:
            tell("this service", await examine_keys(fetcher, jwks))
    tell("this service", await _check_mail(settings))
    return found


def _line(finding: Finding) -> str:
    todo = f"\n{'':18}-> {finding.todo}" if finding.todo else ""
    return f"  {_MARKS[finding.verdict]:5} {finding.check:9} {finding.seen}{todo}"


async def _check_mail(settings: Settings) -> Finding:
    """Whether the mail server lets us in; nothing is sent."""
    if not settings.smtp_url:
        todo = "set PARLEY_SMTP_URL if readers are to be told of answers"
        return Finding("mail", Verdict.UNKNOWN, "no mail server is set", todo)
    try:
        async with mail_server(settings) as server:
            await server.noop()
    except (aiosmtplib.SMTPException, OSError, ValueError) as error:
        return Finding("mail", Verdict.FAIL, f"{type(error).__name__}: {error}", "mend PARLEY_SMTP_URL")
    return Finding("mail", Verdict.OK, "the mail server lets us in")

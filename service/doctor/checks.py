"""The checks, in the order in which a browser would meet what they look at."""

import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from enum import StrEnum

import orjson
from yarl import URL

from service.doctor.csp import Policy, blocking, parse_policies
from service.doctor.tags import Markup, Tag, read_markup
from service.fetching import Fetched, Fetcher, FetchFailed, check_url

_MAX_PAGE = 8 * 1024 * 1024
_REDIRECTS = 5
_SKEW_S = 30
_OPEN = "set PARLEY_OUTGOING_NETWORKS if it is meant to lead to a private network"


class Verdict(StrEnum):
    """How a check ended; one that could not be made is no fault."""

    OK = "ok"
    FAIL = "fail"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: what was seen, and what to do about it if it is not well."""

    check: str
    verdict: Verdict
    seen: str
    todo: str = ""


@dataclass(frozen=True, slots=True)
class _Page:
    url: URL
    markup: Markup
    policies: list[Policy]


@dataclass(frozen=True, slots=True)
class _Embed:
    """The tag that counts, and which thread it asks for."""

    page: _Page
    tag: Tag
    site: str

    @property
    def service(self) -> URL:
        return self.tag.url.origin()

    @property
    def origin(self) -> str:
        return str(self.page.url.origin())

    def call(self, path: str) -> str:
        return str(self.service.with_path(f"/api/v1/sites/{self.site}{path}"))


def _ok(check: str, seen: str) -> Finding:
    return Finding(check, Verdict.OK, seen)


def _fail(check: str, seen: str, todo: str) -> Finding:
    return Finding(check, Verdict.FAIL, seen, todo)


def _refused(check: str, error: FetchFailed, todo: str) -> Finding:
    return _fail(check, str(error), _OPEN if "not on the public internet" in str(error) else todo)


async def examine(fetcher: Fetcher, address: str, service: str) -> AsyncIterator[Finding]:
    """Check a page; `service` is where this Parley says that readers reach it. What cannot be checked after a failure is left out."""
    try:
        page = await _read_page(fetcher, address)
    except FetchFailed as error:
        yield _refused("page", error, "the page must answer 200 with HTML to anybody")
        return
    yield _ok("page", f"{page.url} answers")
    findings, embed = _tag(page, service)
    for finding in findings:
        yield finding
    if embed is None:
        return
    for finding in _policy(embed):
        yield finding
    async for finding in _script(fetcher, embed):
        yield finding
    async for finding in _api(fetcher, embed):
        yield finding
    yield await _ready(fetcher, embed)


async def _read_page(fetcher: Fetcher, address: str) -> _Page:
    url = check_url(address)
    for _ in range(_REDIRECTS):
        answer = await fetcher.request("GET", str(url), headers={"Accept": "text/html"}, max_bytes=_MAX_PAGE)
        if not 300 <= answer.status < 400 or "Location" not in answer.headers:
            break
        # Each step is asked like the first one: a redirect leads nowhere that the address itself may not.
        url = check_url(str(url.join(URL(answer.headers["Location"]))))
    if answer.status != 200:
        raise FetchFailed(f"{url} answers {answer.status}")
    if "html" not in answer.headers.get("Content-Type", ""):
        raise FetchFailed(f"{url} is not HTML but {answer.headers.get('Content-Type', 'nameless')}")
    markup = read_markup(answer.body.decode("utf-8", "replace"), url)
    named = [value for name, value in answer.headers.items() if name.lower() == "content-security-policy"]
    return _Page(url, markup, parse_policies([*named, *markup.policies]))


def _tag(page: _Page, service: str) -> tuple[list[Finding], _Embed | None]:
    """What is to be said of the tag, and the embed unless no browser would run it."""
    tags = page.markup.tags
    if not tags:
        line = f'<script async src="{service}/embed.js" data-site="…" data-article="…"></script>'
        return [
            _fail("tag", "no script tag with /embed.js in the page's HTML", f"put it there: {line}")
        ], None
    tag = next((one for one in tags if str(one.url.origin()) == service), tags[0])
    place = page.markup.elements[0] if page.markup.elements else {}
    named = {name: place.get(name) or tag.attributes.get(name, "") for name in ("data-site", "data-article")}
    broken = _broken(page, tag, named)
    if broken is not None:
        return [broken], None
    site, article = named.values()
    found = [_ok("tag", f"{tag.url}, site {site}, article {article}")]
    if str(tag.url.origin()) != service:
        seen = f"the tag leads to {tag.url.origin()}, this service is {service}"
        todo = "set PARLEY_PUBLIC_URL if both are the same, or mend the tag"
        found.append(Finding("host", Verdict.UNKNOWN, seen, todo))
    if "integrity" in tag.attributes:
        todo = "take integrity away: embed.js changes with each release"
        found.append(_fail("integrity", "the tag has a hash", todo))
    return found, _Embed(page, tag, site)


def _broken(page: _Page, tag: Tag, named: Mapping[str, str]) -> Finding | None:
    """Why no thread can come of the tag."""
    if not tag.runs:
        return _fail(
            "tag", f"its type is {tag.attributes['type']}, so no browser runs it", "take the type away"
        )
    for name, value in named.items():
        if not value:
            return _fail(
                "tag", f"{name} is missing", f"name it on the script or on <parley-comments>: {name}"
            )
    if page.url.scheme == "https" and tag.url.scheme == "http":
        return _fail("tag", f"{tag.url} is not https, the page is", "serve the comments over https")
    return None


def _policy(embed: _Embed) -> list[Finding]:
    page, host = embed.page, embed.service
    asset, call = host.with_path("/assets/widget.js"), URL(embed.call("/config"))
    nonce = embed.tag.attributes.get("nonce", "")
    looks = {
        "script": blocking(page.policies, "script-src-elem", embed.tag.url, page.url, nonce=nonce),
        "import": blocking(page.policies, "script-src-elem", asset, page.url, by_script=True),
        "connect": blocking(page.policies, "connect-src", call, page.url),
    }
    kept_out = {directive for directive in looks.values() if directive is not None}
    if not kept_out:
        said = "lets the comments in" if page.policies else "there is none"
        return [_ok("csp", said)]
    return [
        _fail("csp", f"kept out by: {directive}", f"add {host} to {directive.split(maxsplit=1)[0]}")
        for directive in sorted(kept_out)
    ]


async def _script(fetcher: Fetcher, embed: _Embed) -> AsyncIterator[Finding]:
    headers = {"Origin": embed.origin}
    try:
        answer = await fetcher.request("GET", str(embed.tag.url), headers=headers)
    except FetchFailed as error:
        yield _refused("script", error, "the service, or the proxy before it, must answer there")
        return
    kind = answer.headers.get("Content-Type", "")
    if answer.status != 200:
        yield _fail(
            "script", f"{embed.tag.url} answers {answer.status}", "the tag's address is not the service's"
        )
    elif "javascript" not in kind:
        yield _fail("script", f"its type is {kind or 'missing'}", "the proxy must pass Content-Type on")
    elif not _shared(answer, embed):
        yield _fail("script", "Access-Control-Allow-Origin is missing", "the proxy must pass it on")
    else:
        yield _ok("script", f"{len(answer.body)} bytes of {kind.split(';')[0]}")
    yield _clock(answer)


def _shared(answer: Fetched, embed: _Embed) -> bool:
    return answer.headers.get("Access-Control-Allow-Origin") in ("*", embed.origin)


def _clock(answer: Fetched) -> Finding:
    try:
        skew = parsedate_to_datetime(answer.headers["Date"]).timestamp() - time.time()
    except (KeyError, ValueError):
        return Finding("clock", Verdict.UNKNOWN, "the service sends no Date", "the proxy must pass it on")
    if abs(skew) > _SKEW_S:
        ahead = "ahead of" if skew > 0 else "behind"
        seen = f"the service is {abs(round(skew))} s {ahead} this machine"
        return _fail("clock", seen, "set both by NTP: tokens and links are good for a time only")
    return _ok("clock", "the service and this machine agree")


async def _api(fetcher: Fetcher, embed: _Embed) -> AsyncIterator[Finding]:
    headers = {"Origin": embed.origin, "Content-Type": "application/json"}
    try:
        config = await fetcher.request("GET", embed.call("/config"), headers=headers)
        if config.status == 404:
            todo = f"add it (parley site add {embed.site}), or mend data-site"
            yield _fail("api", f"there is no site {embed.site}", todo)
            return
        if config.status != 200:
            yield _fail(
                "api", f"{embed.call('/config')} answers {config.status}", "look into the service's log"
            )
            return
        if not _shared(config, embed):
            yield _fail("api", "Access-Control-Allow-Origin is missing", "the proxy must pass it on")
        else:
            yield _ok("api", "answers this page")
        told = await fetcher.request("POST", embed.call("/diagnosis"), headers=headers, body=b"{}")
    except FetchFailed as error:
        yield _refused("api", error, "the proxy must pass /api on to the service")
        return
    yield _origin(told, embed)


def _origin(told: Fetched, embed: _Embed) -> Finding:
    try:
        listed = orjson.loads(told.body)["page"]["listed"]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return Finding("origin", Verdict.UNKNOWN, f"the diagnosis answers {told.status}", "try again later")
    if listed:
        return _ok("origin", f"{embed.origin} is on the list of {embed.site}")
    todo = f"parley site set {embed.site} --origin {embed.origin} (with those that are listed: they replace the list)"
    return _fail("origin", f"{embed.origin} is not on the list of {embed.site}", todo)


async def _ready(fetcher: Fetcher, embed: _Embed) -> Finding:
    address = str(embed.service.with_path("/readyz"))
    try:
        answer = await fetcher.request("GET", address)
        state = orjson.loads(answer.body) if answer.status in (200, 503) else None
    except (FetchFailed, orjson.JSONDecodeError):
        state = None
    if not isinstance(state, dict):
        return Finding(
            "ready", Verdict.UNKNOWN, f"{address} is not shown here", "which is as it should be outside"
        )
    if state.get("status") == "unavailable":
        return _fail("ready", "the database does not answer the service", "see its log")
    if state.get("status") == "late":
        return _fail("ready", "comments wait for the classifier", "is a parley moderate running?")
    if not any(worker.get("state") == "ready" for worker in state.get("workers", [])):
        return _fail("ready", "no classifier is ready: comments wait for people", "run parley moderate")
    return _ok("ready", "database and classifier are there")

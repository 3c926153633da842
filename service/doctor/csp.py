"""Whether a page's Content-Security-Policy lets a script or a call through (https://www.w3.org/TR/CSP3/)."""

from collections.abc import Iterable, Mapping, Sequence

from yarl import URL

Policy = Mapping[str, Sequence[str]]

# Where a directive is missing, the next one counts.
_FALLBACKS = {
    "script-src-elem": ("script-src-elem", "script-src", "default-src"),
    "connect-src": ("connect-src", "default-src"),
}
_SCHEMES = {"http": ("http", "https"), "https": ("https",)}


def parse_policies(headers: Iterable[str]) -> list[Policy]:
    """Policies from the values of headers and meta elements; the first of a repeated directive counts."""
    policies: list[Policy] = []
    for text in (one for value in headers for one in value.split(",")):
        policy: dict[str, Sequence[str]] = {}
        for part in text.split(";"):
            words = part.split()
            if words:
                policy.setdefault(words[0].lower(), words[1:])
        if policy:
            policies.append(policy)
    return policies


def blocking(
    policies: Iterable[Policy], kind: str, url: URL, page: URL, *, nonce: str = "", by_script: bool = False
) -> str | None:
    """The directive that keeps `url` from the page, as it stands there; None if all policies let it through.

    `kind` is script-src-elem or connect-src; `nonce` the script element's; `by_script`: a script that was let through
    loads it, which is what 'strict-dynamic' is for.
    """
    for policy in policies:
        name = next((one for one in _FALLBACKS[kind] if one in policy), None)
        if name is not None and not _allows(policy[name], url, page, nonce=nonce, by_script=by_script):
            return " ".join([name, *policy[name]])
    return None


def _allows(sources: Sequence[str], url: URL, page: URL, *, nonce: str, by_script: bool) -> bool:
    words = {source.lower() for source in sources if source.startswith("'")}
    if nonce and f"'nonce-{nonce}'" in sources:
        return True
    if "'strict-dynamic'" in words:
        # Hosts do not count beside it.
        return by_script
    return any(_matches(source, url, page) for source in sources)


def _matches(source: str, url: URL, page: URL) -> bool:
    if source == "'self'":
        return url.origin() == page.origin()
    if source.startswith("'"):
        return False
    if source == "*":
        return url.scheme in ("http", "https")
    if source.endswith(":"):
        return url.scheme in _SCHEMES.get(source[:-1].lower(), ())
    return _host_matches(source, url, page)


def _host_matches(source: str, url: URL, page: URL) -> bool:
    scheme, _, rest = source.rpartition("://")
    if url.scheme not in _SCHEMES.get((scheme or page.scheme).lower(), ()):
        return False
    host, slash, path = rest.partition("/")
    name, _, port = host.partition(":")
    if port not in ("*", "") and port != str(url.port):
        return False
    if not port and not url.is_default_port():
        return False
    if slash and path and not _path_matches(f"/{path}", url.path):
        return False
    name, actual = name.lower(), (url.host or "").lower()
    return actual.endswith(name[1:]) if name.startswith("*.") else name in ("*", actual)


def _path_matches(pattern: str, path: str) -> bool:
    return path.startswith(pattern) if pattern.endswith("/") else path == pattern

"""Fetching Detoxify's weights: resumable, checked, and never waiting without bound."""

from __future__ import annotations

import hashlib
import http.client
import os
import re
import shutil
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from moderation.classifier import ClassifierUnavailable
from moderation.detoxify import check_variant, files_of, folder_of

TIMEOUT_S = 15.0
"""How long a server may be silent."""
_TRIES = 3
_CHUNK = 1 << 20
_DIGEST = re.compile(r"-([0-9a-f]{8,})\.")
_CONFIG_FILES = ("config.json", "tokenizer*.json", "vocab.*", "merges.txt", "*.model")

Report = Callable[[str, int, int], None]


class DownloadError(Exception):
    """A file could not be fetched; the message says why."""


def fetch(url: str, path: Path, report: Report, timeout_s: float = TIMEOUT_S) -> None:
    """Fetch `url` to `path`, going on where an earlier try broke off.

    A name that ends in `-<hex>.ext` carries the beginning of the content's SHA-256, as torch's hub has it: what does
    not begin so is thrown away. Raises DownloadError.
    """
    part = path.with_suffix(path.suffix + ".part")
    part.parent.mkdir(parents=True, exist_ok=True)
    for tries_left in reversed(range(_TRIES)):
        try:
            _go_on(url, part, report, timeout_s)
            break
        except urllib.error.HTTPError as error:
            raise DownloadError(f"{url} answers {error.code} {error.reason}") from error
        except (OSError, http.client.HTTPException) as error:
            if not tries_left:
                raise DownloadError(f"{url} cannot be fetched: {error or type(error).__name__}") from error
    _check(url, part)
    part.rename(path)


def _go_on(url: str, part: Path, report: Report, timeout_s: float) -> None:
    have = part.stat().st_size if part.exists() else 0
    request = urllib.request.Request(url, headers={"Range": f"bytes={have}-"} if have else {})  # noqa: S310 -- Detoxify's own addresses
    try:
        answer = urllib.request.urlopen(request, timeout=timeout_s)  # noqa: S310
    except urllib.error.HTTPError as error:
        if error.code == http.HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            # All of it was there already.
            return
        raise
    with answer:
        if answer.status != http.HTTPStatus.PARTIAL_CONTENT:
            have = 0
        length = int(answer.headers.get("Content-Length") or 0)
        with part.open("ab" if have else "wb") as file:
            done = have
            while chunk := answer.read(_CHUNK):
                file.write(chunk)
                done += len(chunk)
                report("downloading bytes", done, have + length)
        if length and done < have + length:
            raise ConnectionError("the connection broke off")


def _check(url: str, part: Path) -> None:
    named = _DIGEST.search(url.rsplit("/", 1)[-1])
    with part.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if named and not digest.startswith(named.group(1)):
        part.unlink()
        raise DownloadError(f"what {url} sent is damaged: its checksum is {digest[:8]}, not {named.group(1)}")


def ensure_here(variant: str, report: Report) -> None:
    """Fetch a variant's checkpoint and its family's config and tokenizer, what of it is missing. Raises DownloadError,
    ClassifierUnavailable for a variant that is none.
    """
    check_variant(variant)
    try:
        files_of(variant)
    except ClassifierUnavailable:
        _fetch_missing(variant, folder_of(variant), report)


def _fetch_missing(variant: str, folder: Path, report: Report) -> None:
    from detoxify.detoxify import MODEL_URLS  # noqa: PLC0415 -- torch loads only where it is used

    checkpoint, config = folder / "checkpoint.ckpt", folder / "config"
    if not checkpoint.exists():
        fetch(MODEL_URLS[variant], checkpoint, report)
    if not (config / "config.json").exists():
        _fetch_config(_family(checkpoint), config, report)


def _family(checkpoint: Path) -> str:
    import torch  # noqa: PLC0415

    content = torch.load(checkpoint, map_location="cpu", weights_only=True, mmap=True)
    return str(content["config"]["arch"]["args"]["model_type"])


def _fetch_config(name: str, config: Path, report: Report) -> None:
    os.environ.setdefault("HF_HUB_ETAG_TIMEOUT", str(int(TIMEOUT_S)))
    os.environ.setdefault("HF_HUB_DOWNLOAD_TIMEOUT", str(int(TIMEOUT_S)))
    from huggingface_hub import snapshot_download  # noqa: PLC0415

    report(f"downloading the tokenizer of {name}", 0, 1)
    scratch = config.with_name("config.part")
    try:
        snapshot_download(name, allow_patterns=list(_CONFIG_FILES), local_dir=scratch)
    except Exception as error:
        raise DownloadError(f"the config of {name} cannot be fetched: {error}") from error
    shutil.rmtree(scratch / ".cache", ignore_errors=True)
    scratch.rename(config)

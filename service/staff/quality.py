"""How good judgement is: decisions looked at a second time, one's own work, and the whole site's."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import web

from moderation.agreement import agreement
from service.auth import Staff
from service.endpoint import answer
from service.keys import POOL
from service.languages import language_of
from service.problems import Problem
from service.sites import Site
from service.staff.quality_shapes import (
    DaysQuery,
    LanguageOut,
    MineOut,
    NextSampleOut,
    QualityOut,
    RevealedOut,
    SecondLooksOut,
    VerdictIn,
)
from service.staff.shapes import in_words
from service.store import quality, samples
from service.store.samples import Stratum

Looks = Iterable[Mapping[str, Any]]


async def next_sample(request: web.Request, site: Site, staff: Staff) -> web.Response:
    """Lend the caller a decision to judge a second time, without showing what it was."""
    async with request.app[POOL].acquire() as conn:
        sample = await samples.claim(conn, site.id, staff.id)
        if sample is None and (drawn := await samples.draw(conn, site.id)):
            languages = await asyncio.to_thread(lambda: [language_of(one.body) for one in drawn])
            await samples.keep(conn, site.id, drawn, languages)
            sample = await samples.claim(conn, site.id, staff.id)
    return answer(NextSampleOut.model_validate({"sample": sample}))


async def judge_sample(
    request: web.Request, site: Site, staff: Staff, id: int, body: VerdictIn
) -> web.Response:
    """Keep a verdict and tell what the decision was. The comment stays as it is."""
    async with request.app[POOL].acquire() as conn:
        if not await samples.judge(conn, site.id, id, staff.id, body.verdict):
            raise Problem("not_found", "You do not have this sample any more, or you judged it already.")
        found = await samples.reveal(conn, site.id, id)
    return answer(
        RevealedOut.model_validate(
            {
                "comment_id": str(found.comment_id),
                "actor": found.actor,
                "status": found.status,
                "agrees": None if body.verdict == "unsure" else body.verdict == found.status,
                "reasons": in_words(found.reasons),
                "model": found.model,
            }
        )
    )


async def get_mine(request: web.Request, site: Site, staff: Staff, query: DaysQuery) -> web.Response:
    """One's own work."""
    async with request.app[POOL].acquire() as conn:
        return answer(MineOut.model_validate(await quality.read_mine(conn, site.id, _since(query), staff.id)))


async def get_quality(request: web.Request, site: Site, query: DaysQuery) -> web.Response:
    """How good judgement is on the whole site."""
    since = _since(query)
    async with request.app[POOL].acquire() as conn:
        looks = await quality.read_looks(conn, site.id, since)
        labels = await quality.read_labels(conn, site.id, since)
        appeals = await quality.read_appeals(conn, site.id, since)
        drift = await quality.read_drift(conn, site.id, since)
    document = {
        "second_looks": [_second_looks(stratum, looks) for stratum in Stratum],
        "languages": _languages(looks),
        "labels": [
            {
                "label": label["label"],
                "decided": label["n"],
                "rejected": label["rejected"],
                "precision": label["rejected"] / label["n"],
            }
            for label in labels
        ],
        "appeals": appeals,
        "drift": drift,
    }
    return answer(QualityOut.model_validate(document))


def _sure(looks: Looks) -> list[Mapping[str, Any]]:
    return [look for look in looks if look["verdict"] != "unsure"]


def _second_looks(stratum: Stratum, looks: Looks) -> SecondLooksOut:
    of_it = [look for look in _sure(looks) if look["stratum"] == stratum]
    n, agreed, kappa = agreement(
        (look["status"], look["verdict"]) for look in of_it for _ in range(look["n"])
    )
    return SecondLooksOut(stratum=stratum.value, looks=n, agreed=agreed, kappa=kappa)


def _languages(looks: Looks) -> list[LanguageOut]:
    seen: Counter[str | None] = Counter()
    same: Counter[str | None] = Counter()
    for look in _sure(looks):
        if look["stratum"] != Stratum.STAFF:
            seen[look["language"]] += look["n"]
            same[look["language"]] += look["n"] * (look["verdict"] == look["status"])
    return [LanguageOut(language=code, looks=n, agreed=same[code] / n) for code, n in seen.most_common()]


def _since(query: DaysQuery) -> datetime:
    return datetime.now(UTC) - timedelta(days=query.days)

"""The worker: how many texts it judges, against the bare classifier; how long a text waits from post to published."""

import statistics
import time
from collections.abc import Sequence

from moderation.classifier import load
from moderation.database import Pool
from moderation.isolation import IsolatedClassifier
from moderation.notify import Notifier
from moderation.worker import Config, Worker
from service.commands.load import Loader
from tests.benchmarks.surroundings import Surroundings
from tests.benchmarks.table import Row
from tests.benchmarks.texts import texts

CLASSIFIER = "bundled"
_TEXTS = 1800
_ROUNDS = 3
_BATCH = Config().batch_size
# Far from what the worker can do, so that nobody waits for others.
_RATE = 25.0
_POSTED = 300
_WARM_UP = 20

_READERS = """
    INSERT INTO articles (site_id, key) VALUES (1, 'story');
    INSERT INTO readers (site_id, name, name_skeleton) SELECT 1, 'R ' || n, 'r ' || n FROM generate_series(1, 500) n"""
_COMMENTS = """
    WITH made AS (
        INSERT INTO comments (site_id, article_id, reader_id, body, html)
        SELECT 1, 1, 1 + n % 500, body, '<p>' || body || '</p>'
        FROM unnest($1::text[]) WITH ORDINALITY AS t(body, n) ORDER BY n
        RETURNING id, body, html
    ), revised AS (
        INSERT INTO revisions (site_id, comment_id, revision, body, html) SELECT 1, id, 1, body, html FROM made
    )
    INSERT INTO queue (site_id, comment_id, lane) SELECT 1, id, 'score' FROM made ORDER BY id"""


async def throughput(surroundings: Surroundings) -> list[Row]:
    """A full queue, one worker, batches as by default."""
    judged, bare = [], []
    async with surroundings.database("judging") as (_, pool):
        await pool.execute(_READERS)
        for number in range(_ROUNDS):
            some = texts(_TEXTS)[number::_ROUNDS]
            await pool.execute(_COMMENTS, some)
            judged.append(await _drain(pool, len(some)))
            bare.append(await surroundings.apart(_bare_rate, some))
        pending = await pool.fetchval("SELECT count(*) FROM comments WHERE status = 'pending'")
    note = f"{pending} were left pending" if pending else ""
    return [Row("worker, texts judged", judged, f"bare classifier ({CLASSIFIER})", bare, note=note)]


async def _drain(pool: Pool, count: int) -> float:
    worker = Worker(pool, IsolatedClassifier(CLASSIFIER), Notifier(pool), Config(count_floods=False))
    await worker.prepare()
    started = time.perf_counter()
    while await worker.run_once():
        pass
    took = time.perf_counter() - started
    await worker.close()
    return count / took


def _bare_rate(some: Sequence[str]) -> float:
    classifier = load(CLASSIFIER)
    started = time.perf_counter()
    for at in range(0, len(some), _BATCH):
        classifier.score(some[at : at + _BATCH])
    took = time.perf_counter() - started
    classifier.close()
    return len(some) / took


async def waiting(surroundings: Surroundings) -> list[Row]:
    """Comments at a steady rate through service and worker; how long until the article's live readers see them."""
    some = texts(_TEXTS)[:_POSTED]
    async with (
        surroundings.database("waiting") as (dsn, _),
        surroundings.service(dsn, "up", PARLEY_CLASSIFIER=CLASSIFIER) as port,
    ):
        await _warm_up(port)
        run = await Loader(_site(port), "story", _RATE).run(some)
    waits = [run.published[id_] - sent for id_, sent in run.sent.items() if id_ in run.published]
    told = f"{len(run.sent)} posted, {len(waits)} of them published, seen live"
    return [
        Row(
            f"post to published, p{share}",
            [_ms(waits, share)],
            "post to 201",
            [_ms(run.answers, share)],
            " ms",
            note,
        )
        for share, note in ((50, told), (99, ""))
    ]


def _site(port: int) -> str:
    return f"http://127.0.0.1:{port}/api/v1/sites/demo"


async def _warm_up(port: int) -> None:
    """Wait until the worker has judged something."""
    await Loader(_site(port), "warm-up", _RATE).run(["A fine day."] * _WARM_UP)


def _ms(seconds: Sequence[float], percent: int) -> float:
    return statistics.quantiles(seconds, n=100)[percent - 1] * 1000

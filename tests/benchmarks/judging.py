"""The worker: how many texts it judges, against the bare classifier; how long a text waits from post to published."""

import statistics
import time
from collections.abc import Sequence

from moderation.classifier import load
from moderation.database import Pool
from moderation.isolation import IsolatedClassifier
from moderation.notify import Notifier
from moderation.worker import Config, Worker
from service.commands.load import Loader, Run
from tests.benchmarks.surroundings import Surroundings
from tests.benchmarks.table import Row
from tests.benchmarks.texts import texts

CLASSIFIER = "bundled"
_TEXTS = 2000
_BATCH = Config().batch_size
# Far from what the worker can do, so that nobody waits for others.
_RATE = 25.0
_POSTED = 300
_WARM_UP = 20

_ENQUEUE = """
    WITH article AS (
        INSERT INTO articles (site_id, key) VALUES (1, 'story') RETURNING id
    ), readers AS (
        INSERT INTO readers (site_id, name, name_skeleton, created_at) SELECT 1, 'R ' || n, 'r ' || n, now()
        FROM generate_series(1, 500) n RETURNING id
    )
    SELECT FROM article"""
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
    some = texts(_TEXTS)
    async with surroundings.database("judging") as (_, pool):
        await pool.execute(_ENQUEUE)
        await pool.execute(_COMMENTS, some)
        judged = await _drain(pool)
        pending = await pool.fetchval("SELECT count(*) FROM comments WHERE status = 'pending'")
    bare = await surroundings.apart(_bare_rate, some)
    note = f"{pending} were left pending" if pending else ""
    return [Row("worker, texts judged", judged, f"bare classifier ({CLASSIFIER})", bare, note=note)]


async def _drain(pool: Pool) -> float:
    worker = Worker(pool, IsolatedClassifier(CLASSIFIER), Notifier(pool), Config(count_floods=False))
    await worker.prepare()
    started = time.perf_counter()
    while await worker.run_once():
        pass
    took = time.perf_counter() - started
    await worker.close()
    return _TEXTS / took


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
    waits = sorted(run.published[id_] - sent for id_, sent in run.sent.items() if id_ in run.published)
    scores = await surroundings.apart(_score_times, some)
    what = f"post to published, {_RATE:.0f} a second"
    return [
        Row(
            f"{what}, p50",
            _ms(waits, 50),
            "scoring one text, bare",
            _ms(scores, 50),
            " ms",
            _told(run, waits),
        ),
        Row(f"{what}, p99", _ms(waits, 99), "scoring one text, bare", _ms(scores, 99), " ms"),
    ]


def _site(port: int) -> str:
    return f"http://127.0.0.1:{port}/api/v1/sites/demo"


async def _warm_up(port: int) -> None:
    """Wait until the worker has judged something."""
    await Loader(_site(port), "warm-up", _RATE).run(["A fine day."] * _WARM_UP)


def _score_times(some: Sequence[str]) -> list[float]:
    classifier = load(CLASSIFIER)
    times = []
    for text in some:
        started = time.perf_counter()
        classifier.score([text])
        times.append(time.perf_counter() - started)
    classifier.close()
    return times


def _ms(seconds: Sequence[float], percent: int) -> float:
    return statistics.quantiles(seconds, n=100)[percent - 1] * 1000


def _told(run: Run, waits: Sequence[float]) -> str:
    return f"{len(run.sent)} posted, {len(waits)} of them published"

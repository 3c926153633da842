"""Is it alive, is it ready, what does it measure."""

from aiohttp import web

from moderation import workers
from moderation.database import DATABASE_DOWN
from service.endpoint import answer
from service.keys import METRICS, RESERVE

# Texts waiting longer than this say that nobody judges.
LATE_S = 300.0

_WAITING = """
    SELECT lane, count(*) AS items, coalesce(extract(epoch FROM now() - min(queued_at)), 0)::float8 AS oldest
    FROM queue GROUP BY lane"""


async def livez(_request: web.Request) -> web.Response:
    """The process answers."""
    return answer({"status": "ok"})


async def readyz(request: web.Request) -> web.Response:
    """The database answers, and what waits there; 503 if it does not. Waiting texts are told, not refused for."""
    try:
        async with request.app[RESERVE].acquire(timeout=2) as conn:
            rows = await conn.fetch(_WAITING, timeout=2)
            judging = await workers.states(conn)
    except DATABASE_DOWN as error:
        return answer({"status": "unavailable", "database": type(error).__name__}, status=503)
    waiting = {row["lane"]: {"items": row["items"], "oldest_s": round(row["oldest"], 1)} for row in rows}
    late = waiting.get("score", {}).get("oldest_s", 0) > LATE_S
    return answer(
        {
            "status": "late" if late else "ok",
            "queue": waiting,
            "workers": [
                {
                    "name": worker.name,
                    "classifier": worker.classifier,
                    "state": worker.state,
                    "detail": worker.detail,
                }
                for worker in judging
            ],
        }
    )


async def metrics(request: web.Request) -> web.Response:
    """This process's figures, and the queue's, for Prometheus."""
    figures = request.app[METRICS]
    try:
        async with request.app[RESERVE].acquire(timeout=2) as conn:
            for row in await conn.fetch(_WAITING, timeout=2):
                figures.queue.labels(row["lane"]).set(row["items"])
                figures.queue_age.labels(row["lane"]).set(row["oldest"])
    except DATABASE_DOWN:
        figures.queue.clear()
        figures.queue_age.clear()
    return web.Response(
        body=figures.render(),
        headers={"Content-Type": "application/openmetrics-text; version=1.0.0; charset=utf-8"},
    )

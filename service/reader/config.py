"""What a widget needs to know before it starts."""

from aiohttp import web

from service.assets import build_id
from service.identity.ways import ways_of
from service.keys import POOL, SETTINGS
from service.reader.shapes import MAX_BODY, MAX_NAME, ConfigOut, LimitsOut, SiteOut
from service.sites import Site
from service.store import incidents

# The median time that people took to decide, of the last hundred decisions of the week.
USUAL_WAIT = """
    SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM d.created_at - c.created_at))::int
    FROM (SELECT comment_id, created_at FROM decisions WHERE site_id = $1 AND actor = 'staff'
              AND from_status = 'held' AND created_at > now() - interval '7 days'
          ORDER BY id DESC LIMIT 100) d
    JOIN comments c ON c.site_id = $1 AND c.id = d.comment_id"""


async def get_config(request: web.Request, site: Site) -> web.Response:
    """Limits, names and the usual wait. The same for everybody, and kept for a minute."""
    async with request.app[POOL].acquire() as conn:
        usual_wait_s = await conn.fetchval(USUAL_WAIT, site.id)
        sign_in = await ways_of(request.app, conn, site)
        trouble_since = await incidents.open_since(conn, site.id)
    config = ConfigOut(
        site=SiteOut(key=site.key, name=site.name),
        limits=LimitsOut(body=MAX_BODY, name=MAX_NAME, edit_window_s=int(site.edit_window.total_seconds())),
        guests_allowed=site.guests_allowed,
        sign_in=sign_in,
        voting=site.voting,
        mail=request.app[SETTINGS].smtp_url is not None,
        usual_wait_s=usual_wait_s,
        help_url=f"{request.app[SETTINGS].base_url}/help/{site.key}",
        help_email=request.app[SETTINGS].help_email,
        trouble_since=trouble_since,
        build=build_id(),
    )
    return web.Response(
        body=config.model_dump_json().encode(),
        content_type="application/json",
        headers={"Cache-Control": "public, max-age=60"},
    )

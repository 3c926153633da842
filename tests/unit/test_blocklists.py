"""Public block lists have nothing against any address of ours: EasyList and EasyPrivacy, as the package `ad-block` ships them."""

import re
import subprocess
import sys
from pathlib import Path

import orjson
import pytest
from aiohttp.web import RouteDef

from service import help as help_flow
from service import public
from service.assets import manifest
from service.routes import BASE, ROUTES

WEB = Path(__file__).parents[2] / "service" / "web"
HOST = "https://comments.example.org"
PAGE = "https://www.news.example/2026/river"
OTHERS = ["/embed.js", "/livez", "/readyz", "/console", "/console/demo", "/demo", "/api/openapi.json"]
VALUES = {
    "site": "courier",
    "article": "2026%2Friver",
    "id": "17",
    "reference": "PX-7F3K-9Q2M",
    "file": "help.css",
}
# What the lists are there to block: if these pass, the lists were not read.
BLOCKED = {
    "https://www.google-analytics.com/analytics.js": "script",
    "https://ad.doubleclick.net/adj/x.js": "script",
}
_ASK = """
    import { readFileSync } from "node:fs";
    import { FiltersEngine, Request } from "@ghostery/adblocker";
    const lists = ["easylist", "easyprivacy"].map((name) =>
        readFileSync(`node_modules/ad-block/test/data/${name}.txt`, "utf8"));
    const engine = FiltersEngine.parse(lists.join("\\n"));
    const asked = JSON.parse(readFileSync(0, "utf8"));
    console.log(JSON.stringify(asked.map(([url, type, sourceUrl]) => {
        const { match, filter } = engine.match(Request.fromRawDetails({ url, type, sourceUrl }));
        return match ? `${url} (${type}): ${filter}` : null;
    })));
"""


def blocked(asked: list[tuple[str, str, str]]) -> list[str]:
    """What the lists block of these (address, kind of request, page that asks)."""
    node = Path(sys.executable).parent / "node"
    done = subprocess.run(
        [str(node), "--input-type=module", "--eval", _ASK],
        cwd=WEB,
        input=orjson.dumps(asked),
        capture_output=True,
        check=True,
    )
    return [line for line in orjson.loads(done.stdout) if line]


def filled(path: str) -> str:
    return re.sub(r"{(\w+)(:[^}]*)?}", lambda hole: VALUES.get(hole[1], "x"), path)


def addresses() -> dict[str, str]:
    """Every address of ours, and how browsers ask for it."""
    calls = {f"{BASE}{filled(route.path)}": "xhr" for route in ROUTES}
    pages = {
        filled(page.path): "main_frame"
        for page in [*help_flow.PAGES, *public.PAGES]
        if isinstance(page, RouteDef)
    }
    built = manifest()
    files = [*built["files"].values(), *built["first_load"], *built["on_demand"]]
    assets = {
        f"/{file}": "stylesheet" if file.endswith(".css") else "script"
        for file in [*files, *built["locales"], *built["help_locales"]]
    }
    return {
        **dict.fromkeys(OTHERS, "xhr"),
        **calls,
        **pages,
        **assets,
        "/embed.js": "script",
        "/count.js": "script",
    }


def test_the_lists_are_read() -> None:
    assert len(blocked([(url, kind, PAGE) for url, kind in BLOCKED.items()])) == len(BLOCKED)


@pytest.mark.parametrize("page", [PAGE, f"{HOST}/demo"])
def test_no_address_of_ours_is_blocked(page: str) -> None:
    asked = [(f"{HOST}{path}", kind, page) for path, kind in addresses().items()]
    assert len(asked) > 60
    # As a beacon, a report goes out too.
    asked.append((f"{HOST}{BASE}/sites/courier/tickets", "ping", page))
    assert blocked(asked) == []

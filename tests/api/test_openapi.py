"""The description says what there is: spec = routes = behaviour."""

import re
from pathlib import Path

import jsonschema

from moderation.worker import Worker
from service.routes import BASE, ROUTES
from tests.conftest import Api


async def test_the_description_has_every_route_and_no_other(api: Api) -> None:
    document = (await api.raw("GET", "/api/openapi.json")).body

    described = {(method.upper(), path) for path, calls in document["paths"].items() for method in calls}
    assert described == {(route.method, BASE + route.path) for route in ROUTES}
    served = {
        (route.method, route.resource.canonical)
        for route in api.client.server.app.router.routes()  # type: ignore[union-attr]
        if route.resource is not None and route.resource.canonical.startswith(BASE) and route.method != "HEAD"
    }
    assert served == described
    ids = [call["operationId"] for calls in document["paths"].values() for call in calls.values()]
    assert len(ids) == len(set(ids))


async def test_every_reference_leads_somewhere(api: Api) -> None:
    answer = await api.raw("GET", "/api/openapi.json")

    names = set(re.findall(r'"#/components/schemas/(\w+)"', str(answer.body).replace("'", '"')))
    assert names <= set(answer.body["components"]["schemas"])


async def test_answers_are_as_described(api: Api, worker: Worker) -> None:
    document = (await api.raw("GET", "/api/openapi.json")).body
    ann = await api.guest("Ann")
    root = (await ann.post("Root")).body["id"]
    await worker.run_once()
    await ann.post("Reply", parent_id=root)
    await ann.post("You idiot")
    await worker.run_once()

    site = f"{BASE}/sites/{{site}}"
    calls = [
        ("get", f"{site}/articles/{{article}}/comments", "/articles/story/comments"),
        ("get", f"{site}/comments/{{id}}", f"/comments/{root}"),
        ("get", f"{site}/comments/{{id}}/replies", f"/comments/{root}/replies"),
        ("get", f"{site}/me/comments", "/me/comments"),
        ("get", f"{site}/me/votes", "/me/votes?article=story"),
        ("get", f"{site}/config", "/config"),
    ]
    for method, path, called in calls:
        schema = document["paths"][path][method]["responses"]["200"]["content"]["application/json"]["schema"]
        answer = await ann.call(method.upper(), called)
        assert answer.status == 200
        validator = jsonschema.Draft202012Validator({**schema, "components": document["components"]})
        assert [error.message for error in validator.iter_errors(answer.body)] == []


async def test_the_page_shows_the_description(api: Api) -> None:
    page = await api.raw("GET", "/api/docs")

    assert page.status == 200
    assert "GET /api/v1/sites/{site}/articles/{article}/comments" in page.body
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]


def test_the_documentation_names_every_readers_call() -> None:
    text = (Path(__file__).parents[2] / "docs" / "api.md").read_text()
    for route in ROUTES:
        path = route.path.removeprefix("/staff")
        assert path in text, f"docs/api.md does not name {route.method} {route.path}"

"""The comments do not show, or the network or the service fails."""

from playwright.sync_api import Route

from tests.browser.help_form import help_is_there
from tests.browser.injections.case import ask_about_the_failure, case
from tests.browser.lab import Bench


@case("the blocker's list names our scripts", "blocked")
def _scripts_blocked(bench: Bench) -> None:
    bench.page.route("**/assets/*", lambda route: route.abort("blockedbyclient"))
    bench.started()
    bench.page.goto(bench.serve())


@case("the blocker's list names our API", "blocked")
def _api_blocked(bench: Bench) -> None:
    bench.page.route("**/api/**", lambda route: route.abort("blockedbyclient"))
    bench.page.goto(bench.serve())
    ask_about_the_failure(bench)


@case("our host is blocked but for what the cache holds", "blocked")
def _host_blocked(bench: Bench) -> None:
    bench.page.route(f"{bench.lab.host}/api/**", lambda route: route.abort("namenotresolved"))
    bench.page.route(f"{bench.lab.host}/livez", lambda route: route.abort("namenotresolved"))
    bench.page.goto(bench.serve(elsewhere=True))
    ask_about_the_failure(bench)


@case("the page's policy allows our scripts, not our API", "csp")
def _policy_forbids_calls(bench: Bench) -> None:
    bench.page.goto(bench.serve(elsewhere=True, csp=f"script-src {bench.lab.host}; connect-src 'self'"))
    ask_about_the_failure(bench)


@case("the page's policy allows the loader alone", "csp")
def _policy_forbids_scripts(bench: Bench) -> None:
    bench.started()
    bench.page.goto(bench.serve(elsewhere=True, csp=f"script-src {bench.lab.host}/embed.js"))


@case("no scripts", "no_scripts")
def _no_scripts(bench: Bench) -> None:
    page = bench.browser.new_context(java_script_enabled=False).new_page()
    bench.page = page
    page.goto(f"{bench.lab.host}/demo")
    bench.started()
    page.get_by_role("link", name="Having issues with commenting?").click()


@case("our script crashes", "crash")
def _crash(bench: Bench) -> None:
    def break_it(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text() + ";setTimeout(() => { throw new Error('boom') })")

    bench.page.route("**/assets/thread-*.js", break_it)
    bench.started()
    bench.page.goto(bench.serve())


@case("a browser from before our time", "old_browser")
def _old_browser(bench: Bench) -> None:
    bench.page.add_init_script("delete Document.prototype.adoptedStyleSheets")
    bench.page.route(
        "**/assets/thread-*.js",
        lambda route: route.fulfill(body="syntax from the future", content_type="text/javascript"),
    )
    bench.started()
    bench.page.goto(bench.serve())


@case("the loader names a build that is gone", "stale")
def _gone_build(bench: Bench) -> None:
    _older_loader(bench, "assets/thread-", "assets/thread-OLD")
    bench.started()
    bench.page.goto(bench.serve())


@case("a build from before the last release", "stale")
def _older_build(bench: Bench) -> None:
    with_build = bench.lab.call("GET", "/config")["build"]
    _older_loader(bench, with_build, "0123456789ab")
    bench.visit()
    bench.ask()


def _older_loader(bench: Bench, now: str, then: str) -> None:
    def age(route: Route) -> None:
        answer = route.fetch()
        assert now in answer.text()
        route.fulfill(response=answer, body=answer.text().replace(now, then))

    bench.page.route("**/embed.js", age)


# Network and service.


@case("offline", "offline")
def _offline(bench: Bench) -> None:
    bench.visit()
    help_is_there(bench.page)
    bench.context.set_offline(True)
    bench.refused()


@case("a network that lets nothing through", "network")
def _no_network(bench: Bench) -> None:
    bench.visit()
    help_is_there(bench.page)
    bench.page.route("**/*", lambda route: route.abort("connectionfailed"))
    bench.refused()


@case("a certificate that the browser does not take", "network")
def _certificate(bench: Bench) -> None:
    bench.visit()
    help_is_there(bench.page)
    bench.page.route("**/*", lambda route: route.abort("failed"))
    bench.ask()


@case("503 from a proxy", "outage")
def _bad_gateway(bench: Bench) -> None:
    bench.visit()
    bench.page.route(
        "**/api/**",
        lambda route: route.fulfill(status=503, body="<h1>Bad gateway</h1>", content_type="text/html"),
    )
    bench.refused()


@case("500 from the service", "outage")
def _broken(bench: Bench) -> None:
    bench.visit()
    bench.page.route(
        "**/articles/*/comments", lambda route: route.fulfill(status=500, json={"code": "internal"})
    )
    bench.refused()


@case("the service falls silent after the thread was read", "outage")
def _silent(bench: Bench) -> None:
    bench.visit(elsewhere=True)
    help_is_there(bench.page)
    bench.page.route(f"{bench.lab.host}/**", lambda route: route.abort("connectionrefused"))
    bench.refused()

"""The addresses of this package's pages."""

from aiohttp import web

from service.identity import account, oidc, portraits, sign_in, window

PAGES: list[web.RouteDef] = [
    # No site's key begins with a dash.
    web.get("/sign-in/-/window.js", window.script),
    web.get("/sign-in/{site}/callback", oidc.come_back),
    web.get("/sign-in/{site}/link/{token}", sign_in.show_link),
    web.post("/sign-in/{site}/link/{token}", sign_in.use_link),
    web.get("/sign-in/{site}/{ticket}", sign_in.show_window),
    web.post("/sign-in/{site}/{ticket}/mail", sign_in.send_mail),
    web.post("/sign-in/{site}/{ticket}/name", sign_in.take_name),
    web.get("/sign-in/{site}/{ticket}/state", sign_in.state),
    web.get("/sign-in/{site}/{ticket}/provider", oidc.go),
    web.get("/account/{site}/open/{token}", account.show_door),
    web.post("/account/{site}/open/{token}", account.open_account),
    web.get("/account/{site}", account.show_account),
    web.get("/account/{site}/data.{format:json|csv}", account.get_file),
    web.post("/account/{site}/leave", account.leave),
    web.post("/account/{site}/erase", account.erase),
    web.get("/portraits/{site_id}/{digest}", portraits.show),
]

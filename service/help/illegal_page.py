"""The form for a notice of illegal content: no script, no cookie, no account."""

from aiohttp import web

from service.help.fingerprints import client_hash
from service.help.forms import TRAP, make_stamp, read_stamp
from service.help.illegal import KINDS, MAX_WHY, Notice
from service.help.intake import Report, take
from service.help.place import Place, render
from service.help.tickets import comment_number
from service.keys import SIGNER
from service.parsing import read_form


async def show_notice(request: web.Request, place: Place) -> web.Response:
    """The form; the query string may fill it in."""
    return _form(request, place, Notice.read(request.query), {})


def _form(
    request: web.Request,
    place: Place,
    typed: Notice,
    errors: dict[str, str],
    *,
    status: int = 200,
    again: bool = False,
) -> web.Response:
    return render(
        request,
        "illegal.html",
        place,
        status=status,
        typed=typed,
        errors=errors,
        again=again,
        kinds=KINDS,
        limit=MAX_WHY,
        stamp=make_stamp(request.app[SIGNER], place.key),
    )


async def send_notice(request: web.Request, place: Place) -> web.Response:
    """Take the notice; whatever is wrong with it, it is shown again with nothing lost."""
    fields = await read_form(request)
    typed = Notice.read(fields)
    errors = typed.errors()
    stamp = read_stamp(request.app[SIGNER], place.key, fields.get("stamp", ""))
    if errors or stamp is None:
        return _form(request, place, typed, errors, status=422, again=not errors)
    report = Report(
        category="illegal",
        message=typed.message(),
        email=typed.email or None,
        article_key=None,
        comment_id=comment_number(typed.comment_id or ""),
        reader=None,
        diagnostics={"scripts": False, "browser": request.headers.get("User-Agent", ""), "error": None},
        client_hash=client_hash(request),
        key=f"form-{stamp.nonce}",
        suspect=bool(fields.get(TRAP)) or stamp.hasty,
    )
    receipt = await take(request, place.key, place.id, report)
    status = 201 if receipt.filed else 202
    return render(request, "thanks.html", place, status=status, receipt=receipt, email=typed.email)

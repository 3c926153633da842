"""The staff's calls: one line each."""

from service.auth import Permission as P  # noqa: N817
from service.endpoint import Route
from service.exporting import TYPES
from service.staff import (
    articles,
    context_shapes,
    decisions,
    faults,
    incident_shapes,
    incidents,
    insight,
    overview,
    people,
    policy,
    policy_shapes,
    queue,
    queue_shapes,
    record,
    record_shapes,
    search,
    search_shapes,
    sessions,
    shapes,
    streams,
    ticket_shapes,
    tickets,
)

FILES = tuple(TYPES.values())
_SITE = "/staff/sites/{site}"
_CLAIMS = f"{_SITE}/queue/claims"
_TICKET = f"{_SITE}/tickets/{{reference}}"

# fmt: off
ROUTES: list[Route] = [
    Route("POST",   "/staff/session",                      sessions.sign_in,       P.ANYONE,   "Sign in", gives=shapes.SessionOut),
    Route("GET",    "/staff/session",                      sessions.get_session,   P.STAFF,    "Who is signed in", gives=shapes.SessionOut),
    Route("DELETE", "/staff/session",                      sessions.sign_out,      P.ANYONE,   "Sign out", status=204),
    Route("GET",    f"{_SITE}/queue",                      queue.list_queue,       P.LOOK,     "What waits for people", gives=queue_shapes.QueueOut),
    Route("GET",    f"{_SITE}/queue/articles",             queue.list_articles,    P.LOOK,     "The articles that have most waiting", gives=queue_shapes.WaitingArticlesOut),
    Route("POST",   _CLAIMS,                               queue.claim,            P.MODERATE, "Claim items", gives=queue_shapes.ItemsOut),
    Route("PUT",    _CLAIMS,                               queue.renew,            P.MODERATE, "Keep one's claims", gives=queue_shapes.HeldOut),
    Route("DELETE", _CLAIMS,                               queue.release,          P.MODERATE, "Give claims back", status=204),
    Route("GET",    f"{_SITE}/comments",                   search.search,          P.LOOK,     "Search over all comments", gives=search_shapes.SearchOut),
    Route("GET",    f"{_SITE}/filters",                    search.list_filters,    P.LOOK,     "One's saved filters", gives=search_shapes.FiltersOut),
    Route("PUT",    f"{_SITE}/filters",                    search.save_filter,     P.LOOK,     "Save a filter under a name", gives=search_shapes.FilterOut),
    Route("DELETE", f"{_SITE}/filters/{{id}}",             search.forget_filter,   P.LOOK,     "Delete a saved filter", status=204),
    Route("GET",    f"{_SITE}/comments/{{id}}",            decisions.get_context,  P.LOOK,     "All the context of one comment", gives=context_shapes.ContextOut),
    Route("POST",   f"{_SITE}/comments/{{id}}/decisions",  decisions.decide,       P.MODERATE, "Decide on a comment", status=201, gives=shapes.DecidedOut, creates=True),
    Route("POST",   f"{_SITE}/decisions/{{id}}/undo",      decisions.undo,         P.MODERATE, "Undo a decision", status=201, gives=shapes.DecidedOut, creates=True),
    Route("POST",   f"{_SITE}/readers/{{id}}/notes",       people.write_note,      P.MODERATE, "Note something about a reader", status=201, gives=context_shapes.NoteOut, creates=True),
    Route("GET",    f"{_SITE}/counts",                     overview.get_counts,    P.LOOK,     "How much waits", gives=queue_shapes.CountsOut),
    Route("GET",    f"{_SITE}/insight",                    insight.get_insight,    P.LOOK,     "How the work goes", gives=insight.InsightOut),
    Route("GET",    f"{_SITE}/insight/export",             insight.export_insight, P.LOOK,     "How the work goes, as a file", sends=(TYPES["csv"],)),
    Route("GET",    f"{_SITE}/reasons",                    overview.list_reasons,  P.LOOK,     "What a rejection may name", gives=shapes.ReasonsOut),
    Route("GET",    f"{_SITE}/record",                     record.list_acts,       P.AUDIT,    "What staff did", gives=record_shapes.RecordOut),
    Route("GET",    f"{_SITE}/record/export",              record.export_acts,     P.AUDIT,    "What staff did, as a file", sends=FILES),
    Route("GET",    f"{_SITE}/statements/export",          record.export_statements, P.AUDIT,  "Statements of reasons, as a file", sends=FILES),
    Route("GET",    f"{_SITE}/articles/{{article}}",       articles.get_article,   P.LOOK,     "One article and its mode", gives=queue_shapes.ArticleStateOut),
    Route("PUT",    f"{_SITE}/articles/{{article}}/mode",  articles.set_mode,      P.MODERATE, "Change an article's mode", gives=queue_shapes.ArticleStateOut),
    Route("GET",    f"{_SITE}/policy",                     policy.get_policy,      P.LOOK,     "The policy that judges now", gives=policy_shapes.PolicyOut),
    Route("PUT",    f"{_SITE}/policy",                     policy.save_policy,     P.RULE,     "Save a new version of the policy", status=201, gives=policy_shapes.PolicyOut),
    Route("POST",   f"{_SITE}/policy/simulation",          policy.try_policy,      P.RULE,     "Try a policy on past comments", gives=policy_shapes.SimulationOut, deadline_s=30),
    Route("POST",   f"{_SITE}/policy/words",               policy.try_words,       P.RULE,     "Try a word list", gives=policy_shapes.WordTestOut),
    Route("GET",    f"{_SITE}/policy/versions",            policy.list_versions,   P.LOOK,     "All versions of the policy", gives=policy_shapes.VersionsOut),
    Route("POST",   f"{_SITE}/policy/versions/{{id}}/restore", policy.restore_version, P.RULE, "Make an earlier version judge again", status=201, gives=policy_shapes.PolicyOut),
    Route("GET",    f"{_SITE}/events",                     streams.console_events, P.LOOK,     "Follow the queue live", streams=True),
    Route("GET",    f"{_SITE}/tickets",                    tickets.list_tickets,   P.LOOK,     "Readers who ask for help", gives=ticket_shapes.InboxOut),
    Route("GET",    _TICKET,                               tickets.get_ticket,     P.LOOK,     "One ticket", gives=ticket_shapes.TicketOut),
    Route("POST",   f"{_TICKET}/messages",                 tickets.write_message,  P.MODERATE, "Answer a ticket, or leave a note", status=201, gives=ticket_shapes.TicketOut, creates=True),
    Route("PUT",    f"{_TICKET}/state",                    tickets.set_state,      P.MODERATE, "Move a ticket on", gives=ticket_shapes.TicketOut),
    Route("POST",   f"{_TICKET}/merge",                    tickets.merge,          P.MODERATE, "Let another ticket go on in this one's place", gives=ticket_shapes.TicketOut),
    Route("GET",    f"{_SITE}/incidents",                  incidents.list_incidents, P.LOOK,   "What is broken for many", gives=incident_shapes.IncidentsOut),
    Route("GET",    f"{_SITE}/faults",                     faults.list_faults,     P.LOOK,     "What is wrong with the site's own pages", gives=faults.FaultsOut),
    Route("POST",   f"{_SITE}/incidents/{{id}}/resolution", incidents.resolve,     P.MODERATE, "End an incident and answer everybody linked", gives=incident_shapes.IncidentOut),
]
# fmt: on

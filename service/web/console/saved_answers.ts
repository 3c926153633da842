import { signal } from "@preact/signals";
import { call, sitePath } from "./api.ts";
import type { SavedAnswer, SavedAnswers } from "./help_types.ts";
import { Latest } from "./latest.ts";
import type { Ticket } from "./ticket_types.ts";

/** What the site has; null until it is read. */
export const saved = signal<SavedAnswers | null>(null);

const reading = new Latest();

const path = (site: string, rest = ""): string => sitePath(site, `/answers${rest}`);

/** Throws ApiError, as the others here. */
export async function readAnswers(site: string): Promise<void> {
  const isLast = reading.begin();
  const read = await call<SavedAnswers>("GET", path(site));
  if (isLast()) saved.value = read;
}

/** Saves a new answer, or what one of them has become. */
export async function saveAnswer(
  site: string,
  id: string | null,
  answer: Omit<SavedAnswer, "id">,
): Promise<void> {
  if (id === null) await call("POST", path(site), { body: answer });
  else await call("PUT", path(site, `/${id}`), { body: answer });
  await readAnswers(site);
}

export async function deleteAnswer(site: string, id: string): Promise<void> {
  await call("DELETE", path(site, `/${id}`));
  await readAnswers(site);
}

/** What is known of a ticket, by placeholder; what is not known is null. */
export function valuesOf(ticket: Ticket, site: string, staff: string): Record<string, string | null> {
  return {
    name: ticket.reader?.name ?? null,
    article: ticket.article?.title ?? ticket.article?.key ?? null,
    reference: ticket.reference,
    site,
    staff,
  };
}

/** Puts in what is known. What is not stays in braces, for a person to see to. */
export function fill(body: string, values: Record<string, string | null>): string {
  return body.replace(/\{([^{}]*)\}/g, (place, name: string) => values[name] ?? place);
}

/** The places in a text that nobody has filled in. */
export const unfilled = (text: string, names: string[]): string[] =>
  names.map((name) => `{${name}}`).filter((place) => text.includes(place));

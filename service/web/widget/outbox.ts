import { ApiError, type Call } from "../shared/api.ts";
import { randomKey } from "../shared/keys.ts";
import type { TicketCategory } from "../shared/types.ts";
import { keep, recall } from "./storage.ts";

export interface Ticket {
  category: TicketCategory;
  message: string;
  email?: string;
  article: string;
  comment_id?: string;
  diagnostics: Record<string, unknown>;
}

export interface Receipt {
  reference: string;
  url: string;
}

interface Kept {
  key: string;
  ticket: Ticket;
}

/** Where requests for help wait on one site until the service has said that it has them. */
export const outboxKey = (site: string): string => `parley:${site}:help`;

/** Keeps a request for help, then sends it. Rejects with ApiError where it could not be sent: it is kept if that may change. */
export async function sendTicket(call: Call, site: string, ticket: Ticket): Promise<Receipt> {
  const waiting: Kept = { key: randomKey(), ticket };
  keep(outboxKey(site), [...(recall<Kept[]>(outboxKey(site)) ?? []), waiting]);
  return send(call, site, waiting);
}

/** Sends what earlier tries or visits could not. */
export async function flushTickets(call: Call, site: string): Promise<void> {
  for (const waiting of recall<Kept[]>(outboxKey(site)) ?? [])
    await send(call, site, waiting).catch(() => {});
}

async function send(call: Call, site: string, { key, ticket }: Kept): Promise<Receipt> {
  const forget = (): void => {
    const rest = (recall<Kept[]>(outboxKey(site)) ?? []).filter((other) => other.key !== key);
    keep(outboxKey(site), rest.length ? rest : null);
  };
  try {
    const receipt = await call<Receipt>("POST", "/tickets", { body: ticket, key, keepalive: true });
    forget();
    return receipt;
  } catch (error) {
    // Only what the service will never take as it is may go: the reader sees it, and can change it.
    if (error instanceof ApiError && (error.status === 422 || error.status === 413)) forget();
    throw error;
  }
}

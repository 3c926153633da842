/**
 * Server-sent events over fetch, for the widget (one article) and the console (one site). EventSource cannot send
 * `Last-Event-ID` on its first connection nor say why it failed; this does both.
 */

export interface LiveEvent {
  id: string;
  event: string;
  data: string;
}

/** Splits a text/event-stream (WHATWG HTML, section 9.2) into events. Feed it decoded text as it comes. */
export function eventParser(onEvent: (event: LiveEvent) => void, lastId = ""): (text: string) => void {
  let buffer = "";
  let id = lastId;
  let event = "";
  let data: string[] = [];
  const line = (text: string): void => {
    if (text === "") {
      if (data.length) onEvent({ id, event: event || "message", data: data.join("\n") });
      event = "";
      data = [];
      return;
    }
    const colon = text.indexOf(":");
    const field = colon < 0 ? text : text.slice(0, colon);
    const value = colon < 0 ? "" : text.slice(colon + 1).replace(/^ /, "");
    if (field === "data") data.push(value);
    else if (field === "event") event = value;
    else if (field === "id") id = value;
  };
  return (text) => {
    buffer += text;
    // A CR at the very end may be half of a CRLF: it stays until more has come.
    const lines = buffer.split(/\r\n|\n|\r(?!$)/);
    buffer = lines.pop() ?? "";
    lines.forEach(line);
  };
}

/** Milliseconds before try number `failures` (from 1): doubles to half a minute, with jitter so that clients spread out. */
export function backoff(failures: number, random: () => number = Math.random): number {
  return Math.min(30_000, 500 * 2 ** failures) * (0.5 + random() / 2);
}

export interface StreamOptions {
  url: string;
  credentials: RequestCredentials;
  /** Sent as Last-Event-ID at first; afterwards the last event's id is. */
  lastId?: string;
  onEvent: (event: LiveEvent) => void;
  /** True when connected, false when the connection is lost and another try is waiting. */
  onState?: (connected: boolean) => void;
  /** Told the status if the service refuses for good; no more is tried then. */
  onRefused?: (status: number) => void;
}

/** No byte for this long, heartbeats included, means a dead connection that nobody closed. */
const SILENCE_MS = 75_000;

async function readStream(
  options: StreamOptions,
  lastId: string,
  control: AbortController,
  onHeard: (id: string) => void,
) {
  const headers: Record<string, string> = { Accept: "text/event-stream" };
  if (lastId) headers["Last-Event-ID"] = lastId;
  let watchdog = setTimeout(() => control.abort(), SILENCE_MS);
  try {
    const { url, credentials } = options;
    const response = await fetch(url, { headers, credentials, signal: control.signal, cache: "no-store" });
    if (!response.ok || !response.body) return response.status;
    options.onState?.(true);
    const feed = eventParser((event) => {
      onHeard(event.id);
      options.onEvent(event);
    }, lastId);
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return 200;
      clearTimeout(watchdog);
      watchdog = setTimeout(() => control.abort(), SILENCE_MS);
      feed(value);
    }
  } catch {
    return 0;
  } finally {
    clearTimeout(watchdog);
  }
}

/** Listens until the returned function is called; reconnects with backoff, at once when the network is back. */
export function listen(options: StreamOptions): () => void {
  let stopped = false;
  let failures = 0;
  let lastId = options.lastId ?? "";
  let control = new AbortController();
  let wake = (): void => {};
  const run = async (): Promise<void> => {
    while (!stopped) {
      control = new AbortController();
      const status = await readStream(options, lastId, control, (id) => {
        if (id) lastId = id;
        failures = 0;
      });
      if (stopped) return;
      options.onState?.(false);
      // These will not change by asking again.
      if (status >= 400 && status < 500 && status !== 408 && status !== 429)
        return options.onRefused?.(status);
      failures += 1;
      await new Promise<void>((done) => {
        wake = done;
        setTimeout(done, backoff(failures));
      });
    }
  };
  const online = (): void => wake();
  // A stream whose network is gone says nothing of it.
  const offline = (): void => control.abort();
  addEventListener("online", online);
  addEventListener("offline", offline);
  void run();
  return () => {
    stopped = true;
    removeEventListener("online", online);
    removeEventListener("offline", offline);
    control.abort();
    wake();
  };
}

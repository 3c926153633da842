/**
 * Calls to the service, for the widget (bearer token, another origin) and the console (cookie, own origin).
 * Every failure is an ApiError with a code, also those that never reached the service.
 */
import type { Problem } from "./types.ts";

/** What went wrong. `status` is 0 where no answer came: `code` is then `offline`, `timeout` or `network`. */
export class ApiError extends Error {
  readonly status: number;
  readonly problem: Problem;
  /** Seconds to wait before another try, from `Retry-After`; null if the service did not say. */
  readonly retryAfter: number | null;

  constructor(status: number, problem: Problem, retryAfter: number | null = null) {
    super(problem.detail || problem.title || problem.code);
    this.status = status;
    this.problem = problem;
    this.retryAfter = retryAfter;
  }

  get code(): string {
    return this.problem.code;
  }

  /** True where the same request may well succeed later, unchanged. */
  get transient(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

export interface ClientOptions {
  /** Everything before the path, e.g. `https://host/api/v1/sites/demo`. */
  base: string;
  /** The console's cookie needs `same-origin`; the widget, on others' pages, sends none. */
  credentials: RequestCredentials;
  /** The access token to send, if there is one. */
  token?: () => string | null;
  /** Told the service's clock minus the browser's, in milliseconds, where the answer's `Date` may be read. */
  onSkew?: (ms: number) => void;
}

export interface CallOptions {
  body?: unknown;
  /** Idempotency-Key: the same for every try of one submission. */
  key?: string;
  /** The revision that the change is made on. */
  ifMatch?: number;
  signal?: AbortSignal;
  /** Milliseconds until `timeout`; 15,000 unless told. */
  timeout?: number;
  /** Lets the request outlive the page. */
  keepalive?: boolean;
}

/** Asks the service. `path` starts with a slash. Resolves to the parsed body, undefined for 204; rejects with ApiError. */
export type Call = <T>(method: string, path: string, options?: CallOptions) => Promise<T>;

function headersFor(options: CallOptions, token: string | null | undefined): Record<string, string> {
  const headers: Record<string, string> = { Accept: "application/json" };
  if (options.body !== undefined) headers["Content-Type"] = "application/json";
  if (options.key) headers["Idempotency-Key"] = options.key;
  if (options.ifMatch !== undefined) headers["If-Match"] = `"${options.ifMatch}"`;
  if (token) headers.Authorization = `Bearer ${token}`;
  return headers;
}

async function problemOf(response: Response): Promise<ApiError> {
  const wait = Number(response.headers.get("Retry-After") ?? Number.NaN);
  let problem: Problem = { code: response.status < 500 ? "refused" : "internal" };
  try {
    const body = (await response.json()) as Problem;
    if (body && typeof body.code === "string") problem = body;
  } catch {
    // A proxy's own page stands in for ours: the status is all there is to go by.
  }
  return new ApiError(response.status, problem, Number.isFinite(wait) ? wait : null);
}

/** Makes the function that all requests go through. */
export function createClient({ base, credentials, token, onSkew }: ClientOptions): Call {
  return async <T>(method: string, path: string, options: CallOptions = {}): Promise<T> => {
    const control = new AbortController();
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      control.abort();
    }, options.timeout ?? 15_000);
    options.signal?.addEventListener("abort", () => control.abort());
    try {
      const response = await fetch(base + path, {
        method,
        credentials,
        headers: headersFor(options, token?.()),
        body: options.body === undefined ? undefined : JSON.stringify(options.body),
        signal: control.signal,
        keepalive: options.keepalive,
      });
      const date = Date.parse(response.headers.get("Date") ?? "");
      if (date && onSkew) onSkew(date - Date.now());
      if (!response.ok) throw await problemOf(response);
      return (response.status === 204 ? undefined : await response.json()) as T;
    } catch (error) {
      if (error instanceof ApiError || options.signal?.aborted) throw error;
      const code = late ? "timeout" : navigator.onLine === false ? "offline" : "network";
      throw new ApiError(0, { code });
    } finally {
      clearTimeout(timer);
    }
  };
}

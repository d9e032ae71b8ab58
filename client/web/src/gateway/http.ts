// Requests to the gateway: same origin, limited in time, every failure a `GatewayError`.

import { abortError } from "../common/errors";
import { problemIn, unreachable } from "./problem";

/** Maximum time until an answer, in milliseconds. */
const TIMEOUT_MS = 15_000;

export interface RequestOptions {
  readonly method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array<ArrayBuffer>;
  readonly signal?: AbortSignal | undefined;
  /** Lets the request outlive the page. */
  readonly keepalive?: boolean;
  /** Maximum time until an answer, in milliseconds, if the usual one is too short. */
  readonly timeoutMs?: number;
}

/** Parameters of a query. Undefined ones are left out. */
export type QueryValues = Readonly<Record<string, string | number | boolean | undefined>>;

/** Appends a query to a path. */
export function withQuery(path: string, values: QueryValues): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) if (value !== undefined) query.set(name, String(value));
  const text = query.toString();
  return text === "" ? path : `${path}?${text}`;
}

/** A signal that is aborted as soon as one of `signals` is. Safari before 17.4 has no `AbortSignal.any`. */
function anyOf(signals: readonly AbortSignal[]): AbortSignal {
  if (typeof AbortSignal.any === "function") return AbortSignal.any([...signals]);
  const either = new AbortController();
  for (const signal of signals) {
    if (signal.aborted) either.abort(signal.reason);
    // The listeners end with the first abort, and one of the signals is a timeout: they do not pile up.
    else signal.addEventListener("abort", () => either.abort(signal.reason), { signal: either.signal });
  }
  return either.signal;
}

/**
 * Sends a request and returns a successful answer.
 *
 * @throws GatewayError if the gateway refuses, does not answer in time or cannot be reached; AbortError if cancelled.
 */
export async function request(path: string, options: RequestOptions = {}): Promise<Response> {
  const { signal, timeoutMs = TIMEOUT_MS, ...init } = options;
  const timeout = AbortSignal.timeout(timeoutMs);
  let response: Response;
  try {
    response = await fetch(path, { ...init, signal: signal ? anyOf([signal, timeout]) : timeout });
  } catch (error) {
    if (signal?.aborted) throw abortError();
    throw unreachable(timeout.aborted ? "timeout" : "unreachable", error);
  }
  if (!response.ok) throw await problemIn(response);
  return response;
}

/**
 * Sends a request and parses the JSON answer. The caller states its type, which is generated from the gateway's
 * document.
 */
export async function requestJson<T>(path: string, options: RequestOptions = {}): Promise<T> {
  const response = await request(path, options);
  try {
    return await response.json();
  } catch (error) {
    if (options.signal?.aborted) throw abortError();
    throw unreachable("unreachable", error);
  }
}

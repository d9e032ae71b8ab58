// Signing in to the gateway, and requests of the person who is signed in. The access token is in memory only. What renews
// it is in a cookie, which scripts cannot read.

import { type ReadonlySignal, signal } from "@preact/signals";
import { readStored, writeStored } from "../common/storage";
import type { Challenge, Me, NewChallenge, SignedChallenge, SignInAnswer, SignInView } from "./auth-types";
import { type RequestOptions, request, requestJson } from "./http";
import { GatewayError } from "./problem";

const part = encodeURIComponent;

/** Name of the lock between tabs, and of the channel on which they tell each other who is signed in. */
const NAME = "vilokanam.auth";
/** Key of the note in the browser's storage whether somebody has signed in or out here. */
const NOTE_KEY = "vilokanam.signed-in";
/** Time before the end of an access token at which it is renewed, in milliseconds. */
const RENEW_BEFORE_MS = 30_000;
/** Bounds of the time for which a token is used, whatever this device's clock says, in milliseconds. */
const MIN_USE_MS = 2 * RENEW_BEFORE_MS;
const MAX_USE_MS = 3_600_000;
/** Time for a renewal, in milliseconds. Its answer has the next refresh token: giving up early would lose the sign-in. */
const REFRESH_TIMEOUT_MS = 60_000;
const UNAUTHORIZED = 401;
/** Codes of refusals of an access token. */
const TOKEN_REFUSED: ReadonlySet<string> = new Set(["signed-out", "sign-in-revoked"]);

/** A valid access token. */
export interface Access {
  readonly token: string;
  /** End of its use, in milliseconds since 1970. */
  readonly expiresAtMs: number;
}

/** What this browser remembers: that somebody has signed in or out, or nothing. */
export type SignInNote = "in" | "out" | null;

const current = signal<Me | null | undefined>(undefined);
let known: Access | null = null;
let refreshing: Promise<Access | null> | null = null;
/** Increased with every change, so that an answer that arrives late does not undo a later one. */
let round = 0;

/** Who is signed in; null if nobody is, undefined until that is known. */
export const signedIn: ReadonlySignal<Me | null | undefined> = current;

/** Whether somebody has signed in or out in this browser, as far as it remembers. */
export function signInNote(): SignInNote {
  const note = readStored(NOTE_KEY);
  return note === "in" || note === "out" ? note : null;
}

type TabMessage = "signed-in" | "signed-out";

let channel: BroadcastChannel | null = null;

/** Begins to follow what other tabs of this browser say about signing in and out. */
export function followTabs(): void {
  if (channel || typeof BroadcastChannel === "undefined") return;
  channel = new BroadcastChannel(NAME);
  channel.onmessage = ({ data }: MessageEvent<TabMessage>) => {
    if (data === "signed-out") forget();
    else if (data === "signed-in") {
      known = null;
      round++;
      void access().catch(() => undefined);
    }
  };
}

function tell(message: TabMessage): void {
  channel?.postMessage(message);
}

function keep({ access_token, expires_at, me }: SignInAnswer): Access {
  const leftMs = Date.parse(expires_at) - Date.now();
  const useMs = Math.min(MAX_USE_MS, Math.max(MIN_USE_MS, Number.isFinite(leftMs) ? leftMs : 0));
  known = { token: access_token, expiresAtMs: Date.now() + useMs };
  round++;
  writeStored(NOTE_KEY, "in");
  current.value = me;
  return known;
}

/** Forgets who is signed in, in this tab. */
function forget(): void {
  known = null;
  round++;
  current.value = null;
}

const isUnauthorized = (error: unknown): error is GatewayError =>
  error instanceof GatewayError && error.status === UNAUTHORIZED;

/** Renews one tab at a time: the gateway takes a refresh token used twice for a stolen one. */
async function locked<T>(work: () => Promise<T>): Promise<T> {
  return "locks" in navigator ? await navigator.locks.request(NAME, async () => await work()) : await work();
}

async function renewOnce(): Promise<Access | null> {
  const begun = round;
  const options: RequestOptions = { method: "POST", keepalive: true, timeoutMs: REFRESH_TIMEOUT_MS };
  try {
    const answer = await requestJson<SignInAnswer>("/v1/auth/refresh", options);
    return round === begun ? keep(answer) : known;
  } catch (error) {
    if (!isUnauthorized(error)) {
      // Not known, but the pages have to show something. The next request tries again.
      if (current.peek() === undefined) current.value = null;
      throw error;
    }
    if (round !== begun) return known;
    // Somebody may have ended it on another device: then a session key must not begin another one by itself.
    if (signInNote() === "in") writeStored(NOTE_KEY, "out");
    forget();
    return null;
  }
}

/**
 * Renews the access token with the cookie. Resolves with null if nobody is signed in.
 *
 * @throws GatewayError if the gateway does not answer.
 */
export function refresh(): Promise<Access | null> {
  refreshing ??= locked(renewOnce).finally(() => {
    refreshing = null;
  });
  return refreshing;
}

/**
 * A valid access token; null if nobody is signed in. In a browser in which nobody has signed in, it does not ask the
 * gateway.
 *
 * @throws GatewayError if the gateway does not answer.
 */
export async function access(): Promise<Access | null> {
  if (known && known.expiresAtMs - Date.now() > RENEW_BEFORE_MS) return known;
  if (signInNote() === "in") return refresh();
  if (current.peek() !== null) forget();
  return null;
}

function withToken(options: RequestOptions, token: Access | null): RequestOptions {
  return token ? { ...options, headers: { ...options.headers, authorization: `Bearer ${token.token}` } } : options;
}

/**
 * Sends a request of the person who is signed in; without a sign-in, one of nobody. If the gateway does not accept the
 * access token, it is renewed once, and the request repeated.
 *
 * @throws GatewayError with the code `signed-out` if the request needs a sign-in; others as `request` does.
 */
export async function authorised(path: string, options: RequestOptions = {}): Promise<Response> {
  const first = await access();
  try {
    return await request(path, withToken(options, first));
  } catch (error) {
    if (!isUnauthorized(error) || !TOKEN_REFUSED.has(error.code)) throw error;
    const second = known && known !== first ? known : await refresh();
    if (!second) throw error;
    return request(path, withToken(options, second));
  }
}

/** Like {@link authorised}, and parses the JSON answer. */
export async function authorisedJson<T>(path: string, options: RequestOptions = {}): Promise<T> {
  return (await authorised(path, options)).json();
}

const json = (value: unknown) => ({
  body: JSON.stringify(value),
  headers: { "content-type": "application/json" },
});

/** Updates who is signed in, after a change of the profile. */
export function setMe(me: Me): void {
  if (current.peek()?.account === me.account) current.value = me;
}

/** Every method rejects with a `GatewayError` or an `AbortError`. */
export const auth = {
  /** A message for the account to sign. */
  challenge: (who: NewChallenge, signal?: AbortSignal): Promise<Challenge> =>
    requestJson("/v1/auth/challenge", { method: "POST", ...json(who), signal }),
  /** Signs in, in all tabs of this browser. */
  signIn: async (signed: SignedChallenge): Promise<Me> => {
    const answer = await locked(() =>
      requestJson<SignInAnswer>("/v1/auth/sign-in", { method: "POST", keepalive: true, ...json(signed) }),
    );
    keep(answer);
    tell("signed-in");
    return answer.me;
  },
  /** Signs out, in all tabs of this browser. Remembers it, unless `note` is null. */
  signOut: async (note: "out" | null = "out"): Promise<void> => {
    await authorised("/v1/auth/sign-out", { method: "POST" }).catch((error: unknown) => {
      // Who is signed out already has nothing left to end.
      if (!isUnauthorized(error)) throw error;
    });
    ended(note);
  },
  signIns: (signal?: AbortSignal): Promise<readonly SignInView[]> => authorisedJson("/v1/auth/sign-ins", { signal }),
  /** Ends the sign-in of another browser. */
  revoke: async (id: string): Promise<void> => {
    await authorised(`/v1/auth/sign-ins/${part(id)}`, { method: "DELETE" });
  },
  /** Ends all sign-ins but this one. */
  revokeOthers: async (): Promise<void> => {
    await authorised("/v1/auth/sign-ins", { method: "DELETE" });
  },
};

/** Forgets, in all tabs, who was signed in. */
export function ended(note: "out" | null = "out"): void {
  writeStored(NOTE_KEY, note);
  forget();
  tell("signed-out");
}

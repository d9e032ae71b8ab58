// What is shown of a key on chain: its state, what it can spend and until when, and for what.

import { type DeviceKey, type KeyScope, leftAt, nextRenewal, shortAddress } from "../chain";
import { vlk } from "../common/amounts";
import { ago, whenOf } from "../ui/format";
import { type Pace, presentBudget } from "./key-limits";

/** State of a key as of a block. */
export type KeyState = "active" | "spent" | "expired";

/** In its last block a key already counts as expired, as it does when a session is opened. */
export function keyState(key: DeviceKey, best: number): KeyState {
  if (key.expiresAt <= best) return "expired";
  return leftAt(key.allowance, best) === 0n && key.openSessions === 0 ? "spent" : "active";
}

/** Furthest time that is shown: keys of a new chain may have no end. */
const FAR_MS = 10 * 365 * 86_400_000;

/** Approximate time of a block in words; null if it is too far away to matter. */
export function blockTime(block: number, { best, blockTimeMs }: Pace, nowMs: number): string | null {
  const distanceMs = (block - best) * blockTimeMs;
  return distanceMs > FAR_MS ? null : whenOf(new Date(nowMs + distanceMs).toISOString(), new Date(nowMs));
}

/** Time since a block in words. */
export function blockAgo(block: number, { best, blockTimeMs }: Pace, nowMs: number): string {
  return ago(new Date(nowMs - Math.max(0, best - block) * blockTimeMs).toISOString(), nowMs);
}

/** When the budget is renewed next, and to what; null if it is not renewed before the key ends. */
export function renewalText(key: DeviceKey, pace: Pace, nowMs: number): string | null {
  const next = nextRenewal(key.allowance, pace.best);
  if (next === null || next > key.expiresAt) return null;
  return `${vlk(presentBudget(key, pace))} again on ${blockTime(next, pace, nowMs)}`;
}

/** What a key may be used for. `gateway` is the account of this gateway. */
export function scopeText(scope: KeyScope, gateway: string | null): string {
  switch (scope.kind) {
    case "any":
      return "Any stream";
    case "gateway":
      return scope.account === gateway
        ? "Streams of this gateway"
        : `Streams of gateway ${shortAddress(scope.account)}`;
    case "creator":
      return `Streams of ${shortAddress(scope.account)}`;
    case "stream":
      return `Stream ${scope.stream}`;
  }
}

/** What holds after keys were removed: they open no more sessions, but those that are open have their money set aside. */
export function removedText(what: string, openSessions: number): string {
  if (openSessions === 0) return `${what} can spend nothing more.`;
  const continuing = openSessions === 1 ? "Its open session continues" : `${openSessions} open sessions continue`;
  const until = "until you close them below, or for ten minutes at most";
  return `${what} can open no more sessions. ${continuing} to be paid ${until}.`;
}

/** A session, as far as it counts for its key. */
export interface CountedSession {
  readonly session_key?: string | null;
  readonly closed_at?: string | null;
  /** Amount settled, in planck. */
  readonly paid: string;
  readonly price_per_tick: string;
  readonly max_ticks: number;
}

/** The open sessions of a key. */
function openSessionsOf({ address }: DeviceKey, sessions: readonly CountedSession[]): readonly CountedSession[] {
  return sessions.filter(({ session_key, closed_at }) => session_key === address && !closed_at);
}

/** What a key has spent: in sessions that are over, and the settled ticks of those that are open. */
export function spentBy(key: DeviceKey, sessions: readonly CountedSession[]): bigint {
  return openSessionsOf(key, sessions).reduce((sum, { paid }) => sum + BigInt(paid), key.spent);
}

/** What is set aside for the open sessions of a key and not spent yet. It is not part of the key's budget any more. */
export function setAsideBy(key: DeviceKey, sessions: readonly CountedSession[]): bigint {
  const unspent = ({ price_per_tick, max_ticks, paid }: CountedSession) =>
    BigInt(price_per_tick) * BigInt(max_ticks) - BigInt(paid);
  return openSessionsOf(key, sessions).reduce((sum, session) => sum + unspent(session), 0n);
}

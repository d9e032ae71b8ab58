// The sessions of this browser, with the ticks revealed in each. A tick is stored before it is revealed, so that after
// a reload the session continues without revealing a tick twice or underestimating what was paid.

import { change, read, readAll } from "../ticks/database";

/** A session of this browser, as it is stored. */
export interface StoredSession {
  readonly session: string;
  /** Hash of block 0. Development chains start again with another one. */
  readonly genesis: string;
  readonly viewer: string;
  /** Address of the session key that signed its ticket. */
  readonly sessionKey: string;
  readonly stream: string;
  readonly gateway: string;
  readonly pricePerTick: bigint;
  readonly maxTicks: number;
  readonly openedAtMs: number;
  readonly revealedTicks: number;
  /** The gateway's token, once it has given one. */
  readonly token: string | null;
  /**
   * The signed ticket in hexadecimal, until the gateway has answered it. A ticket that may have been accepted is
   * offered again, unchanged.
   */
  readonly ticket?: string;
}

/** Maximum number of stored sessions, far above what a viewer can have open at once. The oldest are removed first. */
const MAX_SESSIONS = 64;

/** Chain, payer, stream and gateway: what must be the same for a session to be resumed. */
export type SessionScope = Pick<StoredSession, "genesis" | "viewer" | "sessionKey" | "stream" | "gateway">;

const isIn = (scope: SessionScope) => (stored: StoredSession) =>
  stored.genesis === scope.genesis &&
  stored.viewer === scope.viewer &&
  stored.sessionKey === scope.sessionKey &&
  stored.stream === scope.stream &&
  stored.gateway === scope.gateway;

/** The stored sessions of a scope, the newest first. */
export async function storedSessions(scope: SessionScope): Promise<StoredSession[]> {
  const all = await readAll<StoredSession>("sessions");
  return all.filter(isIn(scope)).sort((a, b) => b.openedAtMs - a.openedAtMs);
}

/** Stores a new session. Returns the ids of sessions that were removed to make room. */
export async function storeSession(session: StoredSession): Promise<string[]> {
  await change<StoredSession>("sessions", session.session, () => session);
  const byAge = (await readAll<StoredSession>("sessions")).sort((a, b) => b.openedAtMs - a.openedAtMs);
  const removed = byAge.slice(MAX_SESSIONS).map((old) => old.session);
  for (const old of removed) await removeSession(old);
  return removed;
}

/** Whether a session is stored: then its nonce and its seed are in use. */
export async function isStored(session: string): Promise<boolean> {
  return (await read<StoredSession>("sessions", session)) !== null;
}

/** Stores the terms at which the gateway has accepted a session's ticket, unless the session was removed in between. */
export async function storeAccepted(session: StoredSession): Promise<void> {
  await change<StoredSession>("sessions", session.session, (before) => before && session);
}

/** Stores a tick that is about to be revealed, and a token if one has come. The tick count never decreases. */
export async function storeProgress(session: string, revealedTicks: number, token: string | null): Promise<void> {
  await change<StoredSession>(
    "sessions",
    session,
    (before) =>
      before && {
        ...before,
        revealedTicks: Math.max(before.revealedTicks, revealedTicks),
        token: token ?? before.token,
      },
  );
}

export async function removeSession(session: string): Promise<void> {
  await change<StoredSession>("sessions", session, () => null);
}

/** Whose nonces: each session key of a viewer has its own. */
export type NonceScope = Pick<StoredSession, "genesis" | "viewer" | "sessionKey">;

function nonceEntry({ genesis, viewer, sessionKey }: NonceScope): string {
  return `${genesis}/${viewer}/${sessionKey}`;
}

/**
 * The highest nonce that this browser has used for a session key; 0 if none. The chain does not show a ticket that waits
 * for its block.
 */
export async function highestNonce(scope: NonceScope): Promise<bigint> {
  return (await read<bigint>("nonces", nonceEntry(scope))) ?? 0n;
}

/** Stores a used nonce. The stored one never decreases. */
export async function storeNonce(scope: NonceScope, nonce: bigint): Promise<void> {
  await change<bigint>("nonces", nonceEntry(scope), (before) => (before !== null && before > nonce ? before : nonce));
}

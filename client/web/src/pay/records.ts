// How far each session has been paid, written down in this browser before it is told to anybody: a reload goes on with the
// session, and never lets go of a tick twice or asks for a proof it has given away already.

import { change, read, readAll } from "../ticks/database";

/** A session of this browser. */
export interface SessionRecord {
  readonly session: string;
  /** Block 0's hash: development chains begin anew. */
  readonly genesis: string;
  readonly viewer: string;
  readonly stream: string;
  readonly gateway: string;
  readonly pricePerTick: bigint;
  readonly maxTicks: number;
  readonly openedAtMs: number;
  /** The highest tick let go of. */
  readonly revealed: number;
  /** The gateway's token, once it has given one. */
  readonly token: string | null;
  /** The signed ticket in hex, until the gateway has answered it: what may have been taken is offered again, unchanged. */
  readonly ticket?: string;
}

/** Records kept at most; the oldest goes first. Far more than a viewer may have open at once. */
const MAX_RECORDS = 64;

/** Where a session is paid: what must be the same for it to be gone on with. */
export type Place = Pick<SessionRecord, "genesis" | "viewer" | "stream" | "gateway">;

const isAt = (place: Place) => (record: SessionRecord) =>
  record.genesis === place.genesis &&
  record.viewer === place.viewer &&
  record.stream === place.stream &&
  record.gateway === place.gateway;

/** Sessions that may be gone on with, the newest first. */
export async function recordsAt(place: Place): Promise<SessionRecord[]> {
  const records = await readAll<SessionRecord>("sessions");
  return records.filter(isAt(place)).sort((a, b) => b.openedAtMs - a.openedAtMs);
}

/** Writes a new session down. Answers sessions that were let go of to make room. */
export async function addRecord(record: SessionRecord): Promise<string[]> {
  await change<SessionRecord>("sessions", record.session, () => record);
  const byAge = (await readAll<SessionRecord>("sessions")).sort((a, b) => b.openedAtMs - a.openedAtMs);
  const tooMany = byAge.slice(MAX_RECORDS).map(({ session }) => session);
  for (const session of tooMany) await removeRecord(session);
  return tooMany;
}

/** Whether a session is written down: its nonce and its seed are not free. */
export async function hasRecord(session: string): Promise<boolean> {
  return (await read<SessionRecord>("sessions", session)) !== null;
}

/** Writes down how a session was sold: its ticket is answered. */
export async function noteSold(record: SessionRecord): Promise<void> {
  await change<SessionRecord>("sessions", record.session, (before) => before && record);
}

/** Notes a tick that is about to be let go of, and a token that came. Never goes back. */
export async function noteProgress(session: string, revealed: number, token: string | null): Promise<void> {
  await change<SessionRecord>(
    "sessions",
    session,
    (before) => before && { ...before, revealed: Math.max(before.revealed, revealed), token: token ?? before.token },
  );
}

export async function removeRecord(session: string): Promise<void> {
  await change<SessionRecord>("sessions", session, () => null);
}

/** The highest nonce that this browser has used for a viewer: a ticket that waits for its block is in no deposit yet. */
export async function usedNonce(genesis: string, viewer: string, nonce?: bigint): Promise<bigint> {
  const kept = await change<bigint>("nonces", `${genesis}/${viewer}`, (before) => {
    const highest = before ?? 0n;
    return nonce !== undefined && nonce > highest ? nonce : highest;
  });
  return kept ?? 0n;
}

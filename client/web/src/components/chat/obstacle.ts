// Why somebody cannot write in a chat, and until when.

import type { ChatMode, Me } from "../../gateway";

/** Why somebody cannot write. */
export type Obstacle =
  | { readonly kind: "signed-out" }
  | { readonly kind: "banned" }
  | { readonly kind: "restricted"; readonly untilMs: number }
  | { readonly kind: "mode"; readonly needsFollow: boolean; readonly needsPayment: boolean };

export interface Situation {
  readonly me: Pick<Me, "account"> | null;
  readonly mode: ChatMode;
  readonly isBanned: boolean;
  /** End of a time-out; null if there is none. */
  readonly restrictedUntil: string | null;
  /** Whether the person may always write, as creators and moderators may. */
  readonly canModerate: boolean;
  /** Null if it is not known. */
  readonly isFollowing: boolean | null;
  readonly isPaying: boolean;
}

/** The reason that is left of a situation at `nowMs`; null if nothing is in the way. */
export function obstacleOf(situation: Situation, nowMs: number): Obstacle | null {
  const { me, mode, isBanned, restrictedUntil, canModerate } = situation;
  if (!me) return { kind: "signed-out" };
  if (isBanned) return { kind: "banned" };
  const untilMs = restrictedUntil === null ? 0 : Date.parse(restrictedUntil);
  if (untilMs > nowMs) return { kind: "restricted", untilMs };
  if (canModerate) return null;
  const needsFollow = mode.followers_only && situation.isFollowing === false;
  const needsPayment = mode.payers_only && !situation.isPaying;
  return needsFollow || needsPayment ? { kind: "mode", needsFollow, needsPayment } : null;
}

/** Seconds until a person may write again in slow mode, rounded up; 0 if at once. */
export function slowLeftS(lastMs: number | null, slowS: number, nowMs: number): number {
  if (lastMs === null || slowS === 0) return 0;
  return Math.max(0, Math.ceil((lastMs + slowS * 1_000 - nowMs) / 1_000));
}

// Which messages of a long list are in the document: a window that moves with the reader. Its size is bounded, however
// long the list is.

import { compareIds } from "../../gateway";

/** Maximum number of messages in the document. */
export const MAX_ROWS = 120;
/** Number of messages in the document while the reader follows the newest. */
export const FOLLOWED_ROWS = 60;
/** Number of messages by which the window moves. */
const STEP = 40;

interface Identified {
  readonly id: string;
}

/** Messages from `start` on and before `end`. */
export interface ShownRows {
  readonly start: number;
  readonly end: number;
}

/** Index of the first message that is not older than `id`: the list may have lost the message itself. */
export function indexOf(messages: readonly Identified[], id: string): number {
  let [low, high] = [0, messages.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareIds(messages[middle]?.id ?? id, id) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The window that begins with the message `from`; the end of the list if that is null. */
export function shownRows(messages: readonly Identified[], from: string | null): ShownRows {
  const total = messages.length;
  if (from === null) return { start: Math.max(0, total - FOLLOWED_ROWS), end: total };
  const start = Math.min(indexOf(messages, from), Math.max(0, total - FOLLOWED_ROWS));
  return { start, end: Math.min(total, start + MAX_ROWS) };
}

/** Beginning of a window with earlier messages; the same one if there are none. */
export function earlier(messages: readonly Identified[], { start }: ShownRows): string | null {
  return messages[Math.max(0, start - STEP)]?.id ?? null;
}

/** Beginning of a window with later messages; null if that is the end of the list. */
export function later(messages: readonly Identified[], { start, end }: ShownRows): string | null {
  if (end >= messages.length) return null;
  return messages[Math.min(start + STEP, messages.length - 1)]?.id ?? null;
}

/** Number of messages that are newer than `id`. */
export function countAfter(messages: readonly Identified[], id: string | null): number {
  if (id === null) return messages.length;
  const at = indexOf(messages, id);
  return messages.length - (messages[at]?.id === id ? at + 1 : at);
}

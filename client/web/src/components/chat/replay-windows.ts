// The chat of a recording, read in windows around the position of playback. What was read is kept, so that going back
// reads nothing again.

import { type ChatMessage, type ChatReplay, mergeMessages } from "../../gateway";

/** Length of a window, in milliseconds. */
export const WINDOW_MS = 60_000;
/** Number of messages of a request. */
export const READ_LIMIT = 200;
/** Maximum number of requests for a window. In a chat that is busier than that, the rest of a minute is left out. */
const MAX_READS = 10;
/** Part of a recording before the position whose messages are shown, in milliseconds. */
const SHOWN_MS = 600_000;
/** Time before the end of a window at which the next one is read. */
const AHEAD_MS = 20_000;
/** Maximum number of windows that are kept. Those read longest ago are dropped first. */
const MAX_WINDOWS = 120;
/** Time after which a window that could not be read is tried again, in milliseconds. */
const RETRY_MS = 10_000;

export interface ReplayRange {
  readonly fromMs: number;
  readonly toMs: number;
  readonly limit: number;
}

type Read = (range: ReplayRange, signal: AbortSignal) => Promise<ChatReplay>;

export class ReplayWindows {
  readonly #read: Read;
  readonly #onChange: () => void;
  /** Messages by the number of their window; null while it is read. */
  readonly #windows = new Map<number, readonly ChatMessage[] | null>();
  readonly #failedAt = new Map<number, number>();
  readonly #controller = new AbortController();

  /** `onChange` is called when messages have arrived. */
  constructor(read: Read, onChange: () => void) {
    this.#read = read;
    this.#onChange = onChange;
  }

  /** Reads what is needed at a position: the window around it, the one before, and soon the one after. */
  need(positionMs: number): void {
    const at = Math.floor(positionMs / WINDOW_MS);
    const isNextDue = positionMs % WINDOW_MS >= WINDOW_MS - AHEAD_MS;
    for (const number of isNextDue ? [at, at + 1, at - 1] : [at, at - 1]) {
      if (number >= 0) void this.#load(number);
    }
  }

  /** The messages up to a position, those of the last minutes only, in the order in which they were written. */
  until(positionMs: number): readonly ChatMessage[] {
    const first = Math.floor(Math.max(0, positionMs - SHOWN_MS) / WINDOW_MS);
    const last = Math.floor(positionMs / WINDOW_MS);
    const shown: ChatMessage[] = [];
    // Back to the first window that was not read: messages before it would seem to follow directly.
    for (let number = last; number >= first; number--) {
      const messages = this.#windows.get(number);
      if (!messages) break;
      shown.unshift(...messages);
    }
    return shown.filter(({ offset_ms }) => (offset_ms ?? 0) <= positionMs);
  }

  close(): void {
    this.#controller.abort();
  }

  async #load(number: number): Promise<void> {
    if (this.#windows.has(number) || this.#controller.signal.aborted) return;
    if (Date.now() - (this.#failedAt.get(number) ?? Number.NEGATIVE_INFINITY) < RETRY_MS) return;
    this.#windows.set(number, null);
    try {
      const messages = await this.#readAll(number * WINDOW_MS, (number + 1) * WINDOW_MS);
      if (this.#controller.signal.aborted) return;
      this.#windows.set(number, messages);
      this.#failedAt.delete(number);
      this.#trim();
      this.#onChange();
    } catch {
      this.#windows.delete(number);
      this.#failedAt.set(number, Date.now());
    }
  }

  /** Reads a window in as many requests as it needs. */
  async #readAll(fromMs: number, toMs: number): Promise<readonly ChatMessage[]> {
    let messages: readonly ChatMessage[] = [];
    let at: number | null = fromMs;
    for (let reads = 0; at !== null && reads < MAX_READS; reads++) {
      const range = { fromMs: at, toMs, limit: READ_LIMIT };
      const received = await this.#read(range, this.#controller.signal);
      messages = mergeMessages(messages, received.messages);
      at = received.next_from_ms ?? null;
    }
    return messages;
  }

  #trim(): void {
    for (const number of this.#windows.keys()) {
      if (this.#windows.size <= MAX_WINDOWS) return;
      this.#windows.delete(number);
    }
  }
}

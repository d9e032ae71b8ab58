// Live counts over a WebSocket that reconnects by itself.

import { batch, type ReadonlySignal, signal } from "@preact/signals";
import { retryDelayMs } from "../common/retry";
import type { LiveCounts, LiveFeed } from "./types";
import { socketUrl } from "./web-socket";

/** Maximum number of streams whose counts are kept. Those updated longest ago are dropped first. */
const MAX_STREAMS = 2_000;

function isCounts(value: unknown): value is LiveCounts {
  return typeof value === "object" && value !== null && "stream" in value && "is_live" in value && "viewers" in value;
}

/** Parses a message; an empty list if it is not understood. */
function parseCounts(data: unknown): LiveCounts[] {
  if (typeof data !== "string") return [];
  try {
    const parsed: unknown = JSON.parse(data);
    return Array.isArray(parsed) ? parsed.filter(isCounts) : [];
  } catch {
    return [];
  }
}

class Feed implements LiveFeed {
  readonly #counts = signal<ReadonlyMap<string, LiveCounts>>(new Map());
  readonly #isConnected = signal(false);
  readonly #path: string;
  #socket: WebSocket | null = null;
  #retryTimer: ReturnType<typeof setTimeout> | undefined;
  #failures = 0;
  #isClosed = false;

  constructor(path: string) {
    this.#path = path;
    this.#connect();
  }

  get counts(): ReadonlySignal<ReadonlyMap<string, LiveCounts>> {
    return this.#counts;
  }

  get isConnected(): ReadonlySignal<boolean> {
    return this.#isConnected;
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#retryTimer);
    this.#socket?.close();
    this.#isConnected.value = false;
  }

  #connect(): void {
    const socket = new WebSocket(socketUrl(this.#path));
    this.#socket = socket;
    socket.onmessage = (event) => this.#update(parseCounts(event.data));
    socket.onclose = () => {
      this.#isConnected.value = false;
      if (this.#isClosed) return;
      this.#retryTimer = setTimeout(() => this.#connect(), retryDelayMs(this.#failures++));
    };
  }

  #update(received: readonly LiveCounts[]): void {
    this.#failures = 0;
    const all = new Map(this.#counts.peek());
    for (const counts of received) {
      // Removed first, so that the map stays in the order of the last updates.
      all.delete(counts.stream);
      all.set(counts.stream, counts);
    }
    for (const stream of all.keys()) {
      if (all.size <= MAX_STREAMS) break;
      all.delete(stream);
    }
    batch(() => {
      this.#isConnected.value = true;
      if (received.length > 0) this.#counts.value = all;
    });
  }
}

/** Follows the counts of one stream, or of all. */
export function listen(stream?: string): LiveFeed {
  return new Feed(stream === undefined ? "/v1/live" : `/v1/live?stream=${encodeURIComponent(stream)}`);
}

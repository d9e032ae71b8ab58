// Live counts over a WebSocket that mends itself. A gateway that does not offer them is asked ever less often.

import { batch, type ReadonlySignal, signal } from "@preact/signals";
import { socketUrl, waitBeforeRetryMs } from "./socket";
import type { LiveCounts, LiveFeed } from "./types";

/** Streams remembered at the same time; when there are more, those that were heard of longest ago are let go of. */
const MAX_STREAMS = 2_000;

function isCounts(value: unknown): value is LiveCounts {
  return typeof value === "object" && value !== null && "stream" in value && "is_live" in value && "viewers" in value;
}

/** What a message tells; nothing when it is not understood. */
function countsIn(data: unknown): LiveCounts[] {
  if (typeof data !== "string") return [];
  try {
    const told: unknown = JSON.parse(data);
    return Array.isArray(told) ? told.filter(isCounts) : [];
  } catch {
    return [];
  }
}

class Feed implements LiveFeed {
  readonly #counts = signal<ReadonlyMap<string, LiveCounts>>(new Map());
  readonly #isConnected = signal(false);
  readonly #path: string;
  #socket: WebSocket | null = null;
  #retry: ReturnType<typeof setTimeout> | undefined;
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
    clearTimeout(this.#retry);
    this.#socket?.close();
    this.#isConnected.value = false;
  }

  #connect(): void {
    const socket = new WebSocket(socketUrl(this.#path));
    this.#socket = socket;
    socket.onmessage = (event) => this.#hear(countsIn(event.data));
    socket.onclose = () => {
      this.#isConnected.value = false;
      if (this.#isClosed) return;
      this.#retry = setTimeout(() => this.#connect(), waitBeforeRetryMs(this.#failures++));
    };
  }

  #hear(told: readonly LiveCounts[]): void {
    this.#failures = 0;
    const all = new Map(this.#counts.peek());
    for (const counts of told) {
      // Taken out first, so that the map stays in the order of hearing.
      all.delete(counts.stream);
      all.set(counts.stream, counts);
    }
    for (const stream of all.keys()) {
      if (all.size <= MAX_STREAMS) break;
      all.delete(stream);
    }
    batch(() => {
      this.#isConnected.value = true;
      if (told.length > 0) this.#counts.value = all;
    });
  }
}

/** Listens to the counts of all streams, or of one. */
export function listen(stream?: string): LiveFeed {
  return new Feed(stream === undefined ? "/v1/live" : `/v1/live?stream=${encodeURIComponent(stream)}`);
}

// New notices over a WebSocket that reconnects by itself, with a fresh access token each time.

import { type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { retryDelayMs } from "../common/retry";
import { type Access, access } from "./auth";
import type { Notice } from "./notice-types";
import { socketUrl } from "./web-socket";

/** Time for which a connection lasts before it counts as well, in milliseconds. */
const WELL_AFTER_MS = 5_000;

type NoticeMessage =
  | { readonly type: "unread"; readonly count: number }
  | { readonly type: "notice"; readonly notice: Notice }
  | { readonly type: "signed-out" };

/** Parses a message; null if it is not understood. */
function parse(data: unknown): NoticeMessage | null {
  if (typeof data !== "string") return null;
  try {
    const parsed: unknown = JSON.parse(data);
    return typeof parsed === "object" && parsed !== null && "type" in parsed ? (parsed as NoticeMessage) : null;
  } catch {
    return null;
  }
}

/** Follows the notices of the person who is signed in. */
export class NoticeFeed {
  readonly #unread: Signal<number>;
  readonly #onNotice: (notice: Notice) => void;
  readonly #token: () => Promise<Access | null>;
  #socket: WebSocket | null = null;
  #retryTimer: ReturnType<typeof setTimeout> | undefined;
  #failures = 0;
  #isClosed = false;

  /** `unread` is the number that is known; `onNotice` takes new notices. */
  constructor(unread: number, onNotice: (notice: Notice) => void, token: () => Promise<Access | null> = access) {
    this.#unread = signal(unread);
    this.#onNotice = onNotice;
    this.#token = token;
    void this.#connect();
  }

  get unread(): ReadonlySignal<number> {
    return this.#unread;
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#retryTimer);
    this.#socket?.close();
  }

  async #connect(): Promise<void> {
    const found = await this.#token().catch(() => undefined);
    if (this.#isClosed) return;
    // Nobody is signed in: the page opens another feed for the next person.
    if (found === null) return;
    if (found === undefined) return this.#retry();
    const socket = new WebSocket(socketUrl("/v1/notices"));
    this.#socket = socket;
    let openedAtMs = Number.POSITIVE_INFINITY;
    socket.onopen = () => {
      openedAtMs = Date.now();
      socket.send(JSON.stringify({ type: "hello", token: found.token }));
    };
    socket.onmessage = ({ data }) => this.#take(parse(data));
    socket.onclose = () => {
      if (Date.now() - openedAtMs > WELL_AFTER_MS) this.#failures = 0;
      this.#retry();
    };
  }

  #retry(): void {
    if (this.#isClosed) return;
    this.#retryTimer = setTimeout(() => void this.#connect(), retryDelayMs(this.#failures++));
  }

  #take(message: NoticeMessage | null): void {
    if (message?.type === "unread") this.#unread.value = message.count;
    else if (message?.type === "notice") this.#onNotice(message.notice);
  }
}

// The chat of a stream over a WebSocket that reconnects by itself. What was written while there is no connection is sent
// afterwards, under the same id, so that it appears once. What was missed is read from the history.

import { batch, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { UserError } from "../common/errors";
import { retryDelayMs } from "../common/retry";
import type { Access } from "./auth";
import type { PersonRef } from "./auth-types";
import { compareIds, mergeMessages, parseChat, withLatest } from "./chat-messages";
import type {
  ChatAction,
  ChatMessage,
  ChatMode,
  ChatRefusal,
  ChatWelcome,
  QuotedMessage,
  ToChatter,
} from "./chat-types";
import { socketUrl } from "./web-socket";

/** Maximum number of own messages that wait for the gateway. */
const MAX_PENDING = 10;
/** Maximum number of pages of the history that are read after the connection was lost. */
const MAX_MISSED_PAGES = 5;
/** Number of messages on a page of the history. */
const HISTORY_LIMIT = 100;
/** Time before the end of its use at which an access token is replaced, in milliseconds. */
const RENEW_BEFORE_MS = 20_000;
/** Shortest time between two replacements. */
const MIN_RENEW_MS = 5_000;
/** Time after which a connection that the gateway does not answer is given up. It waits five seconds for the hello. */
const WELCOME_WITHIN_MS = 15_000;

/** What a chat needs besides its socket. */
export interface ChatEnvironment {
  /** A valid access token; null if nobody is signed in. */
  token(): Promise<Access | null>;
  /** The messages before one, in any order. */
  history(before: string, limit: number): Promise<readonly ChatMessage[]>;
}

/** An own message that the gateway has not confirmed. */
export interface PendingMessage {
  readonly clientId: string;
  readonly text: string;
  readonly quote: QuotedMessage | null;
  /** Why it was refused; null while it waits. */
  readonly refusal: ChatRefusal | null;
}

export type ChatStatus = "connecting" | "connected" | "reconnecting";

/** A chat as it changes. */
export interface ChatRoom {
  readonly status: ReadonlySignal<ChatStatus>;
  /** In the order of their ids. */
  readonly messages: ReadonlySignal<readonly ChatMessage[]>;
  readonly pending: ReadonlySignal<readonly PendingMessage[]>;
  /** The signed-in person, as the gateway sees it. */
  readonly me: ReadonlySignal<PersonRef | null>;
  readonly mode: ReadonlySignal<ChatMode>;
  readonly pinned: ReadonlySignal<ChatMessage | null>;
  /** Whether the person is signed in and not restricted. The mode may still refuse a message. */
  readonly canSay: ReadonlySignal<boolean>;
  readonly canModerate: ReadonlySignal<boolean>;
  /** End of the time-out; null if there is none. */
  readonly restrictedUntil: ReadonlySignal<string | null>;
  readonly isBanned: ReadonlySignal<boolean>;
  /** When the last own message was taken, in milliseconds since 1970; null if none was. */
  readonly lastSaidMs: ReadonlySignal<number | null>;
  readonly people: ReadonlySignal<number>;
  /** Whether the history has earlier messages. */
  readonly hasOlder: ReadonlySignal<boolean>;
  /**
   * Sends a message, as soon as there is a connection.
   *
   * @throws UserError if too many messages wait.
   */
  say(text: string, replyTo: ChatMessage | null): void;
  /** Sends a refused message again. */
  retry(clientId: string): void;
  /** Removes a refused message. */
  discard(clientId: string): void;
  /**
   * Asks for something else than a message.
   *
   * @throws UserError if there is no connection.
   */
  act(action: Exclude<ChatAction, { type: "say" }>): void;
  /** Reads earlier messages. */
  loadOlder(): Promise<void>;
  /** Connects again, after somebody has signed in or out. */
  reconnect(): void;
  close(): void;
}

const OPEN_TO_ALL: ChatMode = { slow_s: 0, followers_only: false, payers_only: false };

export function refusalError({ code, detail, hint }: ChatRefusal): UserError {
  return new UserError(code, detail, hint ?? null);
}

export class ChatSocket implements ChatRoom {
  readonly status = signal<ChatStatus>("connecting");
  readonly messages: Signal<readonly ChatMessage[]> = signal([]);
  readonly pending: Signal<readonly PendingMessage[]> = signal([]);
  readonly me = signal<PersonRef | null>(null);
  readonly mode = signal(OPEN_TO_ALL);
  readonly pinned = signal<ChatMessage | null>(null);
  readonly canSay = signal(false);
  readonly canModerate = signal(false);
  readonly restrictedUntil = signal<string | null>(null);
  readonly isBanned = signal(false);
  readonly lastSaidMs = signal<number | null>(null);
  readonly people = signal(0);
  readonly hasOlder = signal(false);
  readonly #path: string;
  readonly #environment: ChatEnvironment;
  readonly #onRefused: (refusal: ChatRefusal) => void;
  #socket: WebSocket | null = null;
  #retryTimer: ReturnType<typeof setTimeout> | undefined;
  #renewTimer: ReturnType<typeof setTimeout> | undefined;
  #welcomeTimer: ReturnType<typeof setTimeout> | undefined;
  #failures = 0;
  #isClosed = false;

  /** `onRefused` takes refusals of what is not a message. */
  constructor(stream: string, environment: ChatEnvironment, onRefused: (refusal: ChatRefusal) => void) {
    this.#path = `/v1/streams/${encodeURIComponent(stream)}/chat`;
    this.#environment = environment;
    this.#onRefused = onRefused;
    this.#connect();
  }

  say(text: string, replyTo: ChatMessage | null): void {
    if (this.pending.peek().length >= MAX_PENDING) {
      const hint = "Wait until they are sent, or discard those that were refused.";
      throw new UserError("chat-full", "Too many of your messages wait to be sent.", hint);
    }
    const clientId = crypto.randomUUID();
    const quote = replyTo && { id: replyTo.id, author: replyTo.author, text: replyTo.text };
    const message: PendingMessage = { clientId, text, quote, refusal: null };
    this.pending.value = [...this.pending.peek(), message];
    this.#sendPending(message);
  }

  retry(clientId: string): void {
    const all = this.pending.peek();
    const message = all.find((one) => one.clientId === clientId);
    if (!message) return;
    const again = { ...message, refusal: null };
    this.pending.value = all.map((one) => (one === message ? again : one));
    this.#sendPending(again);
  }

  discard(clientId: string): void {
    this.pending.value = this.pending.peek().filter((one) => one.clientId !== clientId);
  }

  act(action: Exclude<ChatAction, { type: "say" }>): void {
    if (this.status.peek() !== "connected") {
      throw new UserError("chat-offline", "The chat is not connected.", "Try again when it is.");
    }
    this.#send(action);
  }

  async loadOlder(): Promise<void> {
    const first = this.messages.peek()[0];
    if (!first || !this.hasOlder.peek()) return;
    const older = await this.#environment.history(first.id, HISTORY_LIMIT);
    batch(() => {
      this.messages.value = mergeMessages(this.messages.peek(), older);
      // A page without anything older is the last one, and so is a list that takes no more.
      this.hasOlder.value = older.length > 0 && this.messages.peek()[0]?.id !== first.id;
    });
  }

  reconnect(): void {
    if (this.#isClosed) return;
    this.#failures = 0;
    clearTimeout(this.#retryTimer);
    this.#leave();
    this.#connect();
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#retryTimer);
    this.#leave();
  }

  /** Leaves the connection, whose later events are ignored. */
  #leave(): void {
    const socket = this.#socket;
    this.#socket = null;
    clearTimeout(this.#renewTimer);
    clearTimeout(this.#welcomeTimer);
    if (!this.#isClosed && this.status.peek() === "connected") this.status.value = "reconnecting";
    socket?.close();
  }

  #connect(): void {
    const socket = new WebSocket(socketUrl(this.#path));
    this.#socket = socket;
    this.#welcomeTimer = setTimeout(() => socket.close(), WELCOME_WITHIN_MS);
    socket.onopen = () => void this.#greet(socket);
    socket.onmessage = (event) => {
      const message = this.#socket === socket ? parseChat(event.data) : null;
      if (message) this.#receive(message);
    };
    socket.onclose = () => {
      if (this.#socket !== socket) return;
      this.#leave();
      this.#retryTimer = setTimeout(() => this.#connect(), retryDelayMs(this.#failures++));
    };
  }

  /** Says who is here. Without a token, the person can only read. */
  async #greet(socket: WebSocket): Promise<void> {
    const known = await this.#environment.token().catch(() => null);
    if (this.#socket !== socket) return;
    this.#send({ type: "hello", ...(known && { token: known.token }) });
    if (known) this.#renewAt(known);
  }

  /** Sends a fresh access token before the present one expires. */
  #renewAt({ token, expiresAtMs }: Access): void {
    const socket = this.#socket;
    const delayMs = Math.max(MIN_RENEW_MS, expiresAtMs - Date.now() - RENEW_BEFORE_MS);
    this.#renewTimer = setTimeout(async () => {
      // Without a fresh one, the gateway ends the connection, and the next one begins with a hello.
      const fresh = await this.#environment.token().catch(() => null);
      if (!fresh || this.#socket !== socket) return;
      if (fresh.token !== token) this.#send({ type: "token", token: fresh.token });
      this.#renewAt(fresh);
    }, delayMs);
  }

  #send(message: ChatAction | { readonly type: "hello" | "token"; readonly token?: string }): void {
    this.#socket?.send(JSON.stringify(message));
  }

  #sendPending({ clientId, text, quote, refusal }: PendingMessage): void {
    if (this.status.peek() !== "connected" || refusal) return;
    this.#send({ type: "say", client_id: clientId, text, ...(quote && { reply_to: quote.id }) });
  }

  #receive(message: ToChatter): void {
    switch (message.type) {
      case "welcome":
        this.#welcome(message);
        return;
      case "messages":
        this.#add(message.messages);
        return;
      case "deleted":
        this.#remove(new Set(message.ids));
        return;
      case "mode":
        this.mode.value = message.mode;
        return;
      case "pinned":
        this.pinned.value = message.message;
        return;
      case "restricted":
        this.#restrict(message.until, message.is_banned);
        return;
      case "people":
        this.people.value = message.people;
        return;
      case "refused":
        this.#refuse(message);
    }
  }

  #restrict(until: string | null, isBanned: boolean): void {
    batch(() => {
      this.restrictedUntil.value = until;
      this.isBanned.value = isBanned;
      this.canSay.value = until === null && !isBanned && this.me.peek() !== null;
    });
  }

  #welcome(welcome: ChatWelcome): void {
    clearTimeout(this.#welcomeTimer);
    this.#failures = 0;
    const known = this.messages.peek();
    batch(() => {
      this.status.value = "connected";
      this.me.value = welcome.me;
      this.mode.value = welcome.mode;
      this.pinned.value = welcome.pinned;
      this.canSay.value = welcome.can_say;
      this.canModerate.value = welcome.can_moderate;
      this.restrictedUntil.value = welcome.restricted_until ?? null;
      this.isBanned.value = welcome.is_banned;
      this.people.value = welcome.people;
      this.messages.value = withLatest(known, welcome.messages);
      if (known.length === 0) this.hasOlder.value = welcome.messages.length > 0;
      this.#confirm(welcome.messages);
    });
    void this.#catchUp(known.at(-1), welcome.messages[0]);
    for (const message of this.pending.peek()) this.#sendPending(message);
  }

  /** Reads what was said between the last message known before and the first one of a welcome. */
  async #catchUp(last: ChatMessage | undefined, first: ChatMessage | undefined): Promise<void> {
    if (!last || !first) return;
    const socket = this.#socket;
    let before = first.id;
    for (let page = 0; page < MAX_MISSED_PAGES && compareIds(before, last.id) > 0; page++) {
      const missed = await this.#environment.history(before, HISTORY_LIMIT).catch(() => null);
      if (this.#socket !== socket) return;
      const oldest = missed && mergeMessages([], missed)[0];
      if (!missed || !oldest) return;
      before = oldest.id;
      this.#add(missed);
    }
    // After a long absence the list begins where the gap ends, so that nothing seems to be missing in between.
    if (compareIds(before, last.id) <= 0) return;
    batch(() => {
      this.messages.value = this.messages.peek().filter(({ id }) => compareIds(id, before) >= 0);
      this.hasOlder.value = true;
    });
  }

  #add(received: readonly ChatMessage[]): void {
    batch(() => {
      this.messages.value = mergeMessages(this.messages.peek(), received);
      this.#confirm(received);
    });
  }

  /** Removes own messages that have arrived from those that wait. */
  #confirm(received: readonly ChatMessage[]): void {
    const arrived = new Set(received.flatMap(({ client_id }) => (client_id ? [client_id] : [])));
    if (arrived.size === 0) return;
    const waiting = this.pending.peek().filter(({ clientId }) => !arrived.has(clientId));
    if (waiting.length === this.pending.peek().length) return;
    this.pending.value = waiting;
    this.lastSaidMs.value = Date.now();
  }

  #remove(ids: ReadonlySet<string>): void {
    const pinned = this.pinned.peek();
    batch(() => {
      this.messages.value = this.messages.peek().filter(({ id }) => !ids.has(id));
      if (pinned && ids.has(pinned.id)) this.pinned.value = null;
    });
  }

  #refuse(refusal: ChatRefusal): void {
    const { client_id } = refusal;
    const all = this.pending.peek();
    if (client_id == null || !all.some(({ clientId }) => clientId === client_id)) {
      this.#onRefused(refusal);
      return;
    }
    this.pending.value = all.map((one) => (one.clientId === client_id ? { ...one, refusal } : one));
  }
}

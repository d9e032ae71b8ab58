// The WebSocket of a session: payments go out, keys come back. It connects with the first payment, and again after it
// was lost. Payments that were pending then are rejected as "unreachable" and may be made again: revealing a tick twice
// costs nothing.

import { abortError } from "../common/errors";
import { badAnswer, type GatewayError, problemOf, unreachable } from "./problem";
import type { Paid, SessionView } from "./types";
import { socketUrl } from "./web-socket";

/** Maximum time of a payment, connecting included, in milliseconds. */
const ANSWER_TIMEOUT_MS = 10_000;
/** Maximum number of pending payments. A session payer makes one after the other. */
const MAX_PENDING = 8;

/** Reveals ticks up to `ticks`, and requests `count` keys from `index` on; none if `count` is 0. */
export interface Payment {
  readonly index: number;
  readonly count: number;
  readonly ticks: number;
  /** Proof of the tick `ticks`, in hexadecimal. */
  readonly proof: string;
}

interface PendingPayment {
  readonly resolve: (paid: Paid) => void;
  readonly reject: (error: Error) => void;
  readonly timeout: ReturnType<typeof setTimeout>;
}

type FromGateway =
  | { readonly type: "session"; readonly view: SessionView }
  | { readonly type: "paid"; readonly id: number; readonly paid: Paid }
  | { readonly type: "refused"; readonly id: number; readonly problem: GatewayError };

type JsonObject = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null;
}

/** Whether the value has the fields of a session that payments depend on. The others are only shown. */
function isSession(value: unknown): value is SessionView {
  if (!isObject(value) || typeof value["phase"] !== "string") return false;
  return ["revealed_ticks", "charged_ticks", "settled_ticks"].every((field) => Number.isInteger(value[field]));
}

function isPaid(message: JsonObject): message is JsonObject & Paid {
  const isToken = ["undefined", "string"].includes(typeof message["token"]) || message["token"] === null;
  const keys = message["keys"];
  const isKey = (key: unknown) => isObject(key) && typeof key["index"] === "number" && typeof key["key"] === "string";
  return isSession(message["session"]) && isToken && (keys === undefined || (Array.isArray(keys) && keys.every(isKey)));
}

/** Parses a message; null if it is not understood. A newer gateway may send messages that these pages do not know. */
function parseMessage(data: unknown): FromGateway | null {
  if (typeof data !== "string") return null;
  let message: unknown;
  try {
    message = JSON.parse(data);
  } catch {
    return null;
  }
  if (!isObject(message)) return null;
  const id = typeof message["id"] === "number" ? message["id"] : 0;
  switch (message["type"]) {
    case "session":
      return isSession(message) ? { type: "session", view: message } : null;
    case "paid":
      return isPaid(message) ? { type: "paid", id, paid: message } : null;
    case "refused": {
      const problem = problemOf(message["problem"], 402) ?? badAnswer("a refusal without a reason");
      return { type: "refused", id, problem };
    }
    default:
      return null;
  }
}

export class SessionSocket {
  readonly #session: string;
  readonly #onSession: (view: SessionView) => void;
  #token: string | null;
  #socket: WebSocket | null = null;
  #connecting: Promise<WebSocket> | null = null;
  #lastId = 0;
  readonly #pending = new Map<number, PendingPayment>();
  #isClosed = false;

  /** `onSession` is called whenever the gateway sends the state of the session. */
  constructor(session: string, token: string | null, onSession: (view: SessionView) => void) {
    this.#session = session;
    this.#token = token;
    this.#onSession = onSession;
  }

  /** Token that identifies the payer of this session; null until the gateway has accepted a tick. */
  get token(): string | null {
    return this.#token;
  }

  /** Makes a payment, and resolves with the gateway's answer. */
  async pay(payment: Payment): Promise<Paid> {
    if (this.#isClosed) throw abortError();
    if (this.#pending.size >= MAX_PENDING) throw unreachable("timeout");
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      const timeout = setTimeout(() => {
        this.#settle(id)?.reject(unreachable("timeout"));
        this.#drop();
      }, ANSWER_TIMEOUT_MS);
      this.#pending.set(id, { resolve, reject, timeout });
      this.#connected().then(
        (socket) => this.#pending.has(id) && socket.send(JSON.stringify({ type: "pay", id, ...payment })),
        (error: Error) => this.#settle(id)?.reject(error),
      );
    });
  }

  close(): void {
    this.#isClosed = true;
    this.#socket?.close();
  }

  #connected(): Promise<WebSocket> {
    if (this.#socket?.readyState === WebSocket.OPEN) return Promise.resolve(this.#socket);
    if (this.#connecting) return this.#connecting;
    const connecting = this.#connect().finally(() => {
      if (this.#connecting === connecting) this.#connecting = null;
    });
    this.#connecting = connecting;
    return connecting;
  }

  /** Gives up a connection that does not answer. The next payment makes another. */
  #drop(): void {
    const socket = this.#socket;
    this.#connecting = null;
    this.#lose();
    socket?.close();
  }

  #connect(): Promise<WebSocket> {
    return new Promise((resolve, reject) => {
      const socket = new WebSocket(socketUrl(`/v1/sessions/${this.#session}/ws`));
      this.#socket = socket;
      socket.onopen = () => {
        if (this.#token !== null) socket.send(JSON.stringify({ type: "hello", token: this.#token }));
        resolve(socket);
      };
      socket.onmessage = (event) => this.#receive(parseMessage(event.data));
      socket.onclose = () => {
        reject(unreachable("unreachable"));
        if (this.#socket === socket) this.#lose();
      };
    });
  }

  #receive(message: FromGateway | null): void {
    switch (message?.type) {
      case "session":
        this.#onSession(message.view);
        return;
      case "paid":
        this.#token = message.paid.token ?? this.#token;
        this.#settle(message.id)?.resolve(message.paid);
        return;
      case "refused":
        // Id 0 refuses the hello: the token is not this session's. The next tick brings the right one.
        if (message.id === 0 && message.problem.code.startsWith("token")) this.#token = null;
        this.#settle(message.id)?.reject(message.problem);
        return;
      default:
    }
  }

  /** Removes a pending payment and returns it. */
  #settle(id: number): PendingPayment | undefined {
    const pending = this.#pending.get(id);
    clearTimeout(pending?.timeout);
    this.#pending.delete(id);
    return pending;
  }

  /** Rejects all pending payments after the connection was lost. */
  #lose(): void {
    this.#socket = null;
    const error: GatewayError = unreachable("unreachable");
    for (const { reject, timeout } of this.#pending.values()) {
      clearTimeout(timeout);
      reject(error);
    }
    this.#pending.clear();
  }
}

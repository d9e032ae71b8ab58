// A session's WebSocket: ticks go out, keys come back. It connects when it is first needed, and again after it was lost;
// payments that were under way then are rejected as "unreachable", and may be made again: the same tick is no second one.

import { abortError } from "../common/errors";
import { badAnswer, type GatewayError, problemOf, unreachable } from "./problem";
import { socketUrl } from "./socket";
import type { Paid, SessionView } from "./types";

/** How long a payment may take, connecting included: the gateway's disk and a slow line. */
const ANSWER_TIMEOUT_MS = 10_000;
/** Payments under way at the same time: a purse makes one after the other. */
const MAX_UNDER_WAY = 8;

/** Pays up to a tick and asks for keys; none when `count` is 0. */
export interface Payment {
  readonly index: number;
  readonly count: number;
  readonly ticks: number;
  /** In hex. */
  readonly proof: string;
}

interface UnderWay {
  readonly resolve: (paid: Paid) => void;
  readonly reject: (error: Error) => void;
  readonly timeout: ReturnType<typeof setTimeout>;
}

type FromGateway =
  | { readonly type: "session"; readonly view: SessionView }
  | { readonly type: "paid"; readonly id: number; readonly paid: Paid }
  | { readonly type: "refused"; readonly id: number; readonly problem: GatewayError };

type Told = Readonly<Record<string, unknown>>;

function isTold(value: unknown): value is Told {
  return typeof value === "object" && value !== null;
}

/** Whether this has what is read of a session; its other fields are only shown. */
function isSession(value: unknown): value is SessionView {
  if (!isTold(value) || typeof value["phase"] !== "string") return false;
  return ["paid_ticks", "used_ticks", "settled_ticks"].every((field) => Number.isInteger(value[field]));
}

function isPaid(told: Told): told is Told & Paid {
  const isToken = ["undefined", "string"].includes(typeof told["token"]) || told["token"] === null;
  const keys = told["keys"];
  const isKey = (key: unknown) => isTold(key) && typeof key["index"] === "number" && typeof key["key"] === "string";
  return isSession(told["session"]) && isToken && (keys === undefined || (Array.isArray(keys) && keys.every(isKey)));
}

/** A message, if it is understood. A newer gateway may say more than these pages know. */
function messageOf(data: unknown): FromGateway | null {
  if (typeof data !== "string") return null;
  let told: unknown;
  try {
    told = JSON.parse(data);
  } catch {
    return null;
  }
  if (!isTold(told)) return null;
  const id = typeof told["id"] === "number" ? told["id"] : 0;
  switch (told["type"]) {
    case "session":
      return isSession(told) ? { type: "session", view: told } : null;
    case "paid":
      return isPaid(told) ? { type: "paid", id, paid: told } : null;
    case "refused":
      return {
        type: "refused",
        id,
        problem: problemOf(told["problem"], 402) ?? badAnswer("a refusal without a reason"),
      };
    default:
      return null;
  }
}

export class SessionSocket {
  readonly #session: string;
  readonly #onSession: (view: SessionView) => void;
  #token: string | null;
  #socket: WebSocket | null = null;
  #opening: Promise<WebSocket> | null = null;
  #lastId = 0;
  readonly #underWay = new Map<number, UnderWay>();
  #isClosed = false;

  /** `onSession` hears of every change of the session's phase. */
  constructor(session: string, token: string | null, onSession: (view: SessionView) => void) {
    this.#session = session;
    this.#token = token;
    this.#onSession = onSession;
  }

  /** What shows that we are who has paid so far; null until the first tick was taken. */
  get token(): string | null {
    return this.#token;
  }

  async pay(payment: Payment): Promise<Paid> {
    if (this.#isClosed) throw abortError();
    if (this.#underWay.size >= MAX_UNDER_WAY) throw unreachable("timeout");
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      const timeout = setTimeout(() => {
        this.#settle(id)?.reject(unreachable("timeout"));
        this.#drop();
      }, ANSWER_TIMEOUT_MS);
      this.#underWay.set(id, { resolve, reject, timeout });
      this.#connected().then(
        (socket) => this.#underWay.has(id) && socket.send(JSON.stringify({ type: "pay", id, ...payment })),
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
    if (this.#opening) return this.#opening;
    const opening = this.#connect().finally(() => {
      if (this.#opening === opening) this.#opening = null;
    });
    this.#opening = opening;
    return opening;
  }

  /** What does not answer is no connection: the next payment makes another. */
  #drop(): void {
    const socket = this.#socket;
    this.#opening = null;
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
      socket.onmessage = (event) => this.#hear(messageOf(event.data));
      socket.onclose = () => {
        reject(unreachable("unreachable"));
        if (this.#socket === socket) this.#lose();
      };
    });
  }

  #hear(message: FromGateway | null): void {
    switch (message?.type) {
      case "session":
        this.#onSession(message.view);
        return;
      case "paid":
        this.#token = message.paid.token ?? this.#token;
        this.#settle(message.id)?.resolve(message.paid);
        return;
      case "refused":
        // A refused hello has id 0: the token is not this session's. The next tick brings the right one.
        if (message.id === 0 && message.problem.code.startsWith("token")) this.#token = null;
        this.#settle(message.id)?.reject(message.problem);
        return;
      default:
    }
  }

  #settle(id: number): UnderWay | undefined {
    const underWay = this.#underWay.get(id);
    clearTimeout(underWay?.timeout);
    this.#underWay.delete(id);
    return underWay;
  }

  #lose(): void {
    this.#socket = null;
    const error: GatewayError = unreachable("unreachable");
    for (const { reject, timeout } of this.#underWay.values()) {
      clearTimeout(timeout);
      reject(error);
    }
    this.#underWay.clear();
  }
}

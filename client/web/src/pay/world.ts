// Everything a purse needs from outside itself, named: so that the tests can put a gateway and a clock of their own there.

import type { ReadonlySignal } from "@preact/signals";
import type { Heights, Money } from "../chain/types";
import type { FreeKey } from "../gateway/keys";
import type { Payment } from "../gateway/sessionSocket";
import type { GatewayInfo, Paid, SessionView, StreamView } from "../gateway/types";
import type { HeldLock } from "../ticks/locks";
import type { SessionKey } from "../ticks/sessionKey";
import type { Ticks } from "../ticks/ticks";

/** A session's connection to its gateway. */
export interface PaymentLine {
  /** What shows that we are who has paid so far. */
  readonly token: string | null;
  pay(payment: Payment): Promise<Paid>;
  close(): void;
}

/** What is asked of the gateway. */
export interface Counter {
  info(): Promise<GatewayInfo>;
  stream(id: string): Promise<StreamView>;
  session(id: string): Promise<SessionView>;
  freeKey(stream: string, index: number, signal?: AbortSignal): Promise<FreeKey>;
  offerTicket(ticket: string): Promise<SessionView>;
  closeSession(session: string, token: string): Promise<void>;
  line(session: string, token: string | null, onSession: (view: SessionView) => void): PaymentLine;
}

/** What is asked of the chain. */
export interface Ledger {
  /** Of the chosen account, as of the best block; null until known. */
  readonly money: ReadonlySignal<Money | null>;
  readonly heights: ReadonlySignal<Heights | null>;
  start(): Promise<void>;
}

export interface World {
  /** The chosen account's address. */
  readonly account: ReadonlySignal<string | null>;
  readonly counter: Counter;
  readonly ledger: Ledger;
  readonly ticks: Ticks;
  sessionKey(genesis: string, viewer: string): Promise<SessionKey | null>;
  takeLock(name: string, steal?: boolean): Promise<HeldLock | null>;
  /** Does something while no other tab does the same. */
  alone<T>(name: string, work: () => Promise<T>): Promise<T>;
  /** Milliseconds since 1970. */
  now(): number;
}

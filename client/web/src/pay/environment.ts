// What the paying layer needs from outside. Tests replace it with a gateway, a chain and a clock of their own.

import type { ReadonlySignal } from "@preact/signals";
import type { Heights, Money } from "../chain/types";
import type { FreeKey } from "../gateway/session-requests";
import type { Payment } from "../gateway/session-socket";
import type { GatewayInfo, Paid, SessionView, StreamView } from "../gateway/types";
import type { KeyRange, ViewerProof } from "../gateway/video";
import type { HeldLock } from "../ticks/locks";
import type { SessionKey } from "../ticks/session-key";
import type { Ticks } from "../ticks/ticks";

/** A session's connection to its gateway. */
export interface PaymentConnection {
  /** Token that identifies the payer of the session; null until the gateway has accepted a tick. */
  readonly token: string | null;
  pay(payment: Payment): Promise<Paid>;
  close(): void;
}

/** The gateway, as far as paying needs it. */
export interface GatewayPort {
  info(): Promise<GatewayInfo>;
  stream(id: string): Promise<StreamView>;
  session(id: string): Promise<SessionView>;
  freeKey(stream: string, index: number, signal?: AbortSignal): Promise<FreeKey>;
  offerTicket(ticket: string): Promise<SessionView>;
  closeSession(session: string, token: string): Promise<void>;
  openConnection(session: string, token: string | null, onSession: (view: SessionView) => void): PaymentConnection;
}

/** What giving bought keys again needs. */
export interface BoughtPort {
  info(): Promise<Pick<GatewayInfo, "account" | "genesis_hash">>;
  sessionKey(genesis: string, viewer: string): Promise<SessionKey | null>;
  now(): number;
  bought(stream: string, proof: ViewerProof): Promise<readonly KeyRange[]>;
  boughtKeys(stream: string, first: number, count: number, proof: ViewerProof): Promise<readonly Uint8Array[]>;
}

/** The chain, as far as paying needs it. */
export interface ChainPort {
  /** Money of the account that pays as of the best block; null until known. */
  readonly money: ReadonlySignal<Money | null>;
  readonly heights: ReadonlySignal<Heights | null>;
  start(): Promise<void>;
}

export interface Environment {
  /** Whether a gift pays, in place of the viewer's own account. */
  readonly isGift: boolean;
  /** Address of the account that pays: the chosen one, or that of the gift. */
  readonly account: ReadonlySignal<string | null>;
  readonly gateway: GatewayPort;
  readonly chain: ChainPort;
  readonly ticks: Ticks;
  /** Keys that were bought earlier; null for a gift, whose keys belong to its giver. */
  readonly bought: BoughtPort | null;
  sessionKey(genesis: string, viewer: string): Promise<SessionKey | null>;
  takeLock(name: string, steal?: boolean): Promise<HeldLock | null>;
  /** Waits for a lock between tabs, and holds it while `work` runs. */
  withLock<T>(name: string, work: () => Promise<T>): Promise<T>;
  /** Milliseconds since 1970. */
  now(): number;
  /** Ends what the environment follows. */
  close(): void;
}

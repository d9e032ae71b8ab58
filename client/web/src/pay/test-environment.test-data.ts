// A gateway, a chain and a browser for tests. The gateway verifies proofs and counts ticks as the real one does.

import { type Signal, signal } from "@preact/signals";
import type { Deposit, DeviceKey, Heights, Money } from "../chain/types";
import { fromHex, toHex } from "../common/bytes";
import { abortError } from "../common/errors";
import { GatewayError, unreachable } from "../gateway/problem";
import type { Payment } from "../gateway/session-socket";
import type { GatewayInfo, Paid, SessionPhase, SessionView, StreamView } from "../gateway/types";
import { leadsTo } from "../ticks/hashing";
import type { HeldLock } from "../ticks/locks";
import { ensureSessionKey, type SessionKey } from "../ticks/session-key";
import { TickKeeper } from "../ticks/tick-keeper";
import { type Consent, GiftConsent } from "./consent";
import type { BoughtPort, Environment, PaymentConnection } from "./environment";
import { StreamKeyProvider } from "./key-provider";
import { SessionHolder } from "./session-holder";
import type { StreamOffer } from "./types";

export const GENESIS = `0x${"a5".repeat(32)}`;
export const GATEWAY = "5CiPPseXPECbkjWCa6MnjNokrgYjMqmKndv2rSnekmSK2DjL";
export const VIEWER = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
export const CREATOR = "5FLSigC9HGRKVhB9FiEo4Y3koPsNmBmLJbpXg2mp1hXcS59Y";
export const PRICE = 2_000n;
export const OPEN_FEE = 500n;

/** A session that the fake gateway has accepted. */
interface FakeSession {
  view: SessionView;
  readonly ticket: string;
  readonly anchor: Uint8Array;
  readonly token: string;
  /** Cost of each key that was given, by index. */
  readonly keys: Map<number, number>;
}

export function refusal(code: string, status = 402, requiredTicks?: number): GatewayError {
  return new GatewayError({
    code,
    status,
    detail: `refused: ${code}`,
    ...(requiredTicks === undefined ? {} : { required_ticks: requiredTicks }),
  });
}

/** Decodes the fields of a ticket that the fake gateway needs from its fixed-width SCALE. */
function decodeTicket(hex: string) {
  const bytes = fromHex(hex) ?? new Uint8Array();
  const view = new DataView(bytes.buffer);
  return {
    viewer: bytes.slice(0, 32),
    sessionKey: bytes.slice(32, 64),
    nonce: view.getBigUint64(64, true),
    stream: view.getBigUint64(72, true).toString(),
    price: view.getBigUint64(112, true),
    maxTicks: view.getUint32(128, true),
    anchor: bytes.slice(132, 164),
    signatureKind: bytes[168],
  };
}

type IdOf = (nonce: bigint, viewer: Uint8Array, sessionKey: Uint8Array) => string;

export class FakeGateway {
  readonly sessions = new Map<string, FakeSession>();
  readonly closed: string[] = [];
  previewLeft = 0;
  /** Length of the preview as the stream's view states it. */
  previewTicks = 30;
  price = PRICE;
  creator = CREATOR;
  costTicks = 2;
  /** Refusals for the next payments, in order. */
  readonly refusals: GatewayError[] = [];
  /** Refusals for the next tickets, in order. */
  readonly offerRefusals: GatewayError[] = [];
  phase: SessionPhase = "finalized";
  payments = 0;
  /** All tickets received, in hexadecimal, accepted or not. */
  readonly offered: string[] = [];
  /** Number of next tickets that are accepted without their answer arriving. */
  lostOffers = 0;
  /** Whether tickets are accepted and never answered. */
  isSilent = false;
  /** Answers payments in place of the right answer, which it may compute with `truth`. */
  lie: ((payment: Payment, truth: () => Paid) => Paid) | null = null;
  /** Whether closing sessions fails. */
  refusesClosing = false;
  /** Listener of each session's connection. */
  readonly listeners = new Map<string, (view: SessionView) => void>();
  readonly idOf: IdOf;

  constructor(idOf: IdOf) {
    this.idOf = idOf;
  }

  freeKey(index: number): { bytes: Uint8Array; ticksLeft: number } {
    if (this.previewLeft < this.costTicks) throw refusal("preview-over");
    this.previewLeft -= this.costTicks;
    return { bytes: keyOf(index), ticksLeft: this.previewLeft };
  }

  /** Accepts a ticket. Accepting it a second time changes nothing, as with the real gateway. */
  offer(hex: string): SessionView {
    this.offered.push(hex);
    const refused = this.offerRefusals.shift();
    if (refused) throw refused;
    const view = this.#accept(hex);
    if (this.lostOffers === 0) return view;
    this.lostOffers--;
    throw unreachable("unreachable");
  }

  #accept(hex: string): SessionView {
    const ticket = decodeTicket(hex);
    const session = this.idOf(ticket.nonce, ticket.viewer, ticket.sessionKey);
    const known = this.sessions.get(session);
    if (known && known.ticket === hex) return known.view;
    if (known) throw refusal("nonce-taken", 422);
    const view: SessionView = {
      session,
      stream: ticket.stream,
      viewer: VIEWER,
      phase: this.phase,
      price_per_tick: this.price.toString(),
      max_ticks: ticket.maxTicks,
      revealed_ticks: 0,
      charged_ticks: 0,
      settled_ticks: 0,
    };
    const token = `${this.sessions.size}`.repeat(32);
    this.sessions.set(session, { view, ticket: hex, anchor: ticket.anchor, token, keys: new Map() });
    return view;
  }

  session(id: string): SessionView {
    const session = this.sessions.get(id);
    if (!session) throw refusal("not-found", 404);
    return session.view;
  }

  close(session: string): void {
    if (this.refusesClosing) throw refusal("unavailable", 503);
    this.closed.push(session);
  }

  pay(id: string, token: string | null, payment: Payment): Paid {
    this.payments++;
    const truth = () => this.#payTruly(id, token, payment);
    return this.lie ? this.lie(payment, truth) : truth();
  }

  #payTruly(id: string, token: string | null, payment: Payment): Paid {
    const refused = this.refusals.shift();
    if (refused) throw refused;
    const session = this.sessions.get(id);
    if (!session) throw refusal("no-session");
    const { view } = session;
    if (view.phase === "closing") throw refusal("session-closing");
    const { ticks } = payment;
    if (ticks <= view.revealed_ticks && token !== session.token)
      throw refusal(token === null ? "token-missing" : "token-invalid");
    const proof = fromHex(payment.proof, 32) ?? new Uint8Array();
    if (ticks > view.max_ticks || !leadsTo(fromHex(id) ?? new Uint8Array(), proof, ticks, session.anchor))
      throw refusal("proof-invalid");
    const revealed = Math.max(view.revealed_ticks, ticks);
    const isNewKey = payment.count > 0 && !session.keys.has(payment.index);
    const charged = view.charged_ticks + (isNewKey ? this.costTicks : 0);
    session.view = { ...view, revealed_ticks: revealed };
    if (charged > view.max_ticks) throw refusal("deposit-spent");
    if (charged > revealed) throw refusal("out-of-prepaid-ticks", 402, charged);
    if (isNewKey) session.keys.set(payment.index, this.costTicks);
    session.view = { ...session.view, charged_ticks: charged };
    const keys = payment.count > 0 ? [{ index: payment.index, key: toHex(keyOf(payment.index)) }] : [];
    return { session: session.view, token: session.token, keys };
  }
}

/** The key that the fake gateway gives for an index. */
export function keyOf(index: number): Uint8Array {
  return new Uint8Array(16).fill(index);
}

class FakeConnection implements PaymentConnection {
  token: string | null;
  #isClosed = false;
  constructor(
    readonly gateway: FakeGateway,
    readonly session: string,
    token: string | null,
  ) {
    this.token = token;
  }

  async pay(payment: Payment): Promise<Paid> {
    if (this.#isClosed) throw abortError();
    const paid = this.gateway.pay(this.session, this.token, payment);
    this.token = paid.token ?? this.token;
    return paid;
  }

  close(): void {
    this.#isClosed = true;
  }
}

/** Locks of a browser with several tabs. */
export class FakeLocks {
  readonly #held = new Map<string, { isHeld: boolean; resolveTaken: () => void }>();

  async take(name: string, steal = false): Promise<HeldLock | null> {
    const before = this.#held.get(name);
    if (before?.isHeld && !steal) return null;
    if (before?.isHeld) {
      before.isHeld = false;
      before.resolveTaken();
    }
    let resolveTaken: () => void = () => {};
    const taken = new Promise<void>((resolve) => {
      resolveTaken = resolve;
    });
    const lock = { isHeld: true, resolveTaken };
    this.#held.set(name, lock);
    return {
      get isHeld() {
        return lock.isHeld;
      },
      taken,
      release() {
        lock.isHeld = false;
      },
    };
  }
}

const INFO = {
  account: GATEWAY,
  genesis_hash: GENESIS,
  open_fee: OPEN_FEE.toString(),
  ticket_lifetime_blocks: 3_600,
  nodes: [],
} as unknown as GatewayInfo;

/** A point at which a test can pause the code under test. */
type PausePoint = "lock" | "nonce";

/** Consent that is not stored. */
export class FakeConsent implements Consent {
  readonly isPaying: Signal<boolean> = signal(false);
  readonly #agreed: Signal<ReadonlyMap<string, bigint>> = signal(new Map());

  agreedPrice(creator: string): bigint | null {
    return this.#agreed.value.get(creator) ?? null;
  }

  agree(creator: string, pricePerTick: bigint): void {
    this.#agreed.value = new Map([...this.#agreed.peek(), [creator, pricePerTick]]);
    this.isPaying.value = true;
  }

  stop(): void {
    this.isPaying.value = false;
  }
}

/** Fields of a session key that a test sets. */
export type KeyChange = Partial<Omit<DeviceKey, "allowance">> & { readonly left?: bigint };

/** A session key on chain that allows everything, apart from what is changed. */
export function deviceKey(address: string, { left = 10_000_000n, ...change }: KeyChange = {}): DeviceKey {
  return {
    address,
    label: "Test",
    maxPricePerTick: PRICE,
    allowance: { left, renewal: null, renewedAt: 1 },
    maxSessions: 16,
    scope: { kind: "any" },
    expiresAt: 1_000,
    openSessions: 0,
    spent: 0n,
    usedAt: 1,
    bond: 0n,
    nextNonce: 1n,
    ...change,
  };
}

/** A browser. Its tabs share gateway, locks, keys and storage. */
export class FakeBrowser {
  /** Keys that the viewer has bought earlier. */
  bought: BoughtPort | null = null;
  readonly gateway: FakeGateway;
  readonly locks = new FakeLocks();
  readonly account: Signal<string | null> = signal(VIEWER);
  readonly money: Signal<Money | null> = signal(null);
  readonly heights: Signal<Heights | null> = signal({ best: 100, finalized: 97 });
  readonly consent = new FakeConsent();
  /** Points at which code pauses, each until its promise resolves. */
  readonly #pauses = new Map<PausePoint, Promise<void>>();
  /** Points at which code is paused now. */
  readonly paused = new Set<PausePoint>();
  readonly #keeper = new TickKeeper();
  #aheadMs = 0;

  constructor(gateway: FakeGateway) {
    this.gateway = gateway;
  }

  /** Authorises the session key of the chosen account, or of {@link VIEWER}. */
  async authorise(change: KeyChange = {}, free = 10_000_000n, nextNonce = 1n): Promise<void> {
    const own = await ensureSessionKey(GENESIS, this.account.peek() ?? VIEWER);
    const key = deviceKey(change.address ?? own.address, { left: free, nextNonce, ...change });
    this.setDeposit({ free, reserved: 0n, keys: [key], openSessions: 0 });
  }

  setDeposit(deposit: Deposit | null): void {
    this.money.value = { address: this.account.peek() ?? VIEWER, balance: 0n, deposit, earnings: 0n };
  }

  choose(account: string | null): void {
    this.account.value = account;
  }

  /** Makes the deposit unknown, as without a node. */
  loseNode(): void {
    this.money.value = null;
  }

  /** Puts the clock forward. */
  advanceMs(ms: number): void {
    this.#aheadMs += ms;
  }

  /** Pauses code that reaches a point. The returned function resumes it. */
  pauseAt(point: PausePoint): () => void {
    let resume: () => void = () => {};
    this.#pauses.set(
      point,
      new Promise((resolve) => {
        resume = resolve;
      }),
    );
    return () => {
      this.#pauses.delete(point);
      resume();
    };
  }

  async #pass(point: PausePoint): Promise<void> {
    const until = this.#pauses.get(point);
    if (!until) return;
    this.paused.add(point);
    await until;
    this.paused.delete(point);
  }

  holder(stream = "7"): SessionHolder {
    return new SessionHolder(this.#environment(), signal(this.#offerOf(stream)), this.consent, () => {});
  }

  keyProvider(stream = "7"): StreamKeyProvider {
    return new StreamKeyProvider(this.#environment(), this.#offerOf(stream), this.consent);
  }

  /** A key provider for which a gift pays from the deposit of {@link VIEWER}. */
  giftKeyProvider(key: SessionKey, stream = "7"): StreamKeyProvider {
    const gift = { isGift: true, account: signal(VIEWER), sessionKey: async () => key };
    return new StreamKeyProvider({ ...this.#environment(), ...gift }, this.#offerOf(stream), new GiftConsent());
  }

  /** What the page shows of a stream. */
  #offerOf(stream: string): StreamOffer {
    return { stream, creator: this.gateway.creator, pricePerTick: this.gateway.price };
  }

  #environment(): Environment {
    const { gateway } = this;
    return {
      isGift: false,
      account: this.account,
      bought: this.bought,
      gateway: {
        info: async () => INFO,
        stream: async () =>
          ({
            creator: gateway.creator,
            price_per_tick: gateway.price.toString(),
            preview_ticks: gateway.previewTicks,
          }) as StreamView,
        session: async (id) => gateway.session(id),
        freeKey: async (_, index) => gateway.freeKey(index),
        offerTicket: async (ticket) => {
          const view = gateway.offer(ticket);
          return gateway.isSilent ? new Promise(() => {}) : view;
        },
        closeSession: async (session) => gateway.close(session),
        openConnection: (session, token, onSession) => {
          gateway.listeners.set(session, onSession);
          return new FakeConnection(gateway, session, token);
        },
      },
      chain: { money: this.money, heights: this.heights, start: async () => {} },
      ticks: this.#keeper,
      sessionKey: ensureSessionKey,
      takeLock: async (name, steal) => {
        const lock = await this.locks.take(name, steal);
        await this.#pass("lock");
        return lock;
      },
      withLock: async (_, work) => {
        await this.#pass("nonce");
        return work();
      },
      now: () => Date.now() + this.#aheadMs,
      close: () => {},
    };
  }
}

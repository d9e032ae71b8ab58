// A gateway, a chain and a browser for the tests: the gateway checks proofs and counts as the real one does.

import { type Signal, signal } from "@preact/signals";
import type { Delegation, Deposit, Heights, Money } from "../chain/types";
import { fromHex, toHex } from "../common/bytes";
import { abortError } from "../common/errors";
import { GatewayError, unreachable } from "../gateway/problem";
import type { Payment } from "../gateway/sessionSocket";
import type { GatewayInfo, Paid, SessionPhase, SessionView, StreamView } from "../gateway/types";
import { leadsTo } from "../ticks/hashing";
import { TickKeeper } from "../ticks/keeper";
import type { HeldLock } from "../ticks/locks";
import { ensureSessionKey } from "../ticks/sessionKey";
import { SessionHolder } from "./holder";
import { StreamPurse } from "./purse";
import type { PaymentLine, World } from "./world";

export const GENESIS = `0x${"a5".repeat(32)}`;
export const GATEWAY = "5CiPPseXPECbkjWCa6MnjNokrgYjMqmKndv2rSnekmSK2DjL";
export const VIEWER = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
export const PRICE = 2_000n;
export const OPEN_FEE = 500n;

interface Sold {
  view: SessionView;
  readonly ticket: string;
  readonly anchor: Uint8Array;
  readonly token: string;
  /** By index: what each key has cost. */
  readonly bought: Map<number, number>;
}

export function refusal(code: string, status = 402, ticksDue?: number): GatewayError {
  return new GatewayError({
    code,
    status,
    detail: `refused: ${code}`,
    ...(ticksDue === undefined ? {} : { ticks_due: ticksDue }),
  });
}

/** The fields of a ticket that the fake gateway looks at, from its fixed-width SCALE. */
function readTicket(hex: string) {
  const bytes = fromHex(hex) ?? new Uint8Array();
  const view = new DataView(bytes.buffer);
  return {
    viewer: bytes.slice(0, 32),
    nonce: view.getBigUint64(32, true),
    stream: view.getBigUint64(40, true).toString(),
    price: view.getBigUint64(80, true),
    maxTicks: view.getUint32(96, true),
    anchor: bytes.slice(100, 132),
  };
}

type IdOf = (nonce: bigint, viewer: Uint8Array) => string;

export class FakeGateway {
  readonly sold = new Map<string, Sold>();
  readonly closed: string[] = [];
  previewLeft = 0;
  /** What the stream's page says of the preview. */
  previewTicks = 30;
  price = PRICE;
  costTicks = 2;
  /** Answers that come before any of the usual ones, the first first. */
  readonly refusals: GatewayError[] = [];
  readonly offerRefusals: GatewayError[] = [];
  phase: SessionPhase = "open";
  payments = 0;
  /** Tickets as they came, in hex, whatever became of them. */
  readonly offered: string[] = [];
  /** So many tickets are taken, and their answers lost. */
  lostOffers = 0;
  /** Whether tickets are taken and never answered. */
  isSilent = false;
  /** What is answered instead of what is right: it may look at that, or not ask for it. */
  lie: ((payment: Payment, truth: () => Paid) => Paid) | null = null;
  /** Whether sessions cannot be closed. */
  isDeafToClosing = false;
  /** By session: what its connection tells. */
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

  /** Taking the same ticket again changes nothing, as with the real one. */
  offer(hex: string): SessionView {
    this.offered.push(hex);
    const refused = this.offerRefusals.shift();
    if (refused) throw refused;
    const view = this.#take(hex);
    if (this.lostOffers === 0) return view;
    this.lostOffers--;
    throw unreachable("unreachable");
  }

  #take(hex: string): SessionView {
    const ticket = readTicket(hex);
    const session = this.idOf(ticket.nonce, ticket.viewer);
    const known = this.sold.get(session);
    if (known && known.ticket === hex) return known.view;
    if (known) throw refusal("nonce-taken", 422);
    const view: SessionView = {
      session,
      stream: ticket.stream,
      viewer: VIEWER,
      phase: this.phase,
      price_per_tick: this.price.toString(),
      max_ticks: ticket.maxTicks,
      paid_ticks: 0,
      used_ticks: 0,
      settled_ticks: 0,
    };
    const token = `${this.sold.size}`.repeat(32);
    this.sold.set(session, { view, ticket: hex, anchor: ticket.anchor, token, bought: new Map() });
    return view;
  }

  session(id: string): SessionView {
    const sold = this.sold.get(id);
    if (!sold) throw refusal("not-found", 404);
    return sold.view;
  }

  close(session: string): void {
    if (this.isDeafToClosing) throw refusal("unavailable", 503);
    this.closed.push(session);
  }

  pay(id: string, token: string | null, payment: Payment): Paid {
    this.payments++;
    const truth = () => this.#sell(id, token, payment);
    return this.lie ? this.lie(payment, truth) : truth();
  }

  #sell(id: string, token: string | null, payment: Payment): Paid {
    const refused = this.refusals.shift();
    if (refused) throw refused;
    const sold = this.sold.get(id);
    if (!sold) throw refusal("no-session");
    const { view } = sold;
    if (view.phase === "closing") throw refusal("session-closing");
    const { ticks } = payment;
    if (ticks <= view.paid_ticks && token !== sold.token)
      throw refusal(token === null ? "token-missing" : "token-invalid");
    const proof = fromHex(payment.proof, 32) ?? new Uint8Array();
    if (ticks > view.max_ticks || !leadsTo(fromHex(id) ?? new Uint8Array(), proof, ticks, sold.anchor))
      throw refusal("proof-invalid");
    const paid = Math.max(view.paid_ticks, ticks);
    const isNew = payment.count > 0 && !sold.bought.has(payment.index);
    const used = view.used_ticks + (isNew ? this.costTicks : 0);
    sold.view = { ...view, paid_ticks: paid };
    if (used > view.max_ticks) throw refusal("deposit-spent");
    if (used > paid) throw refusal("out-of-prepaid-ticks", 402, used);
    if (isNew) sold.bought.set(payment.index, this.costTicks);
    sold.view = { ...sold.view, used_ticks: used };
    const keys = payment.count > 0 ? [{ index: payment.index, key: toHex(keyOf(payment.index)) }] : [];
    return { session: sold.view, token: sold.token, keys };
  }
}

/** The key that the fake gateway gives for an index. */
export function keyOf(index: number): Uint8Array {
  return new Uint8Array(16).fill(index);
}

class FakeLine implements PaymentLine {
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
  readonly #held = new Map<string, { isHeld: boolean; tell: () => void }>();

  async take(name: string, steal = false): Promise<HeldLock | null> {
    const before = this.#held.get(name);
    if (before?.isHeld && !steal) return null;
    if (before?.isHeld) {
      before.isHeld = false;
      before.tell();
    }
    let tell: () => void = () => {};
    const taken = new Promise<void>((resolve) => {
      tell = resolve;
    });
    const lock = { isHeld: true, tell };
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

/** Where a test may let everybody wait. */
type Stop = "lock" | "nonce";

/** One browser: its tabs share gateway, locks, keys and storage. */
export class FakeBrowser {
  readonly gateway: FakeGateway;
  readonly locks = new FakeLocks();
  readonly account: Signal<string | null> = signal(VIEWER);
  readonly money: Signal<Money | null> = signal(null);
  readonly heights: Signal<Heights | null> = signal({ best: 100, finalized: 97 });
  readonly consent: Signal<boolean> = signal(false);
  /** Where the world stands still, and until when. */
  readonly #stops = new Map<Stop, Promise<void>>();
  /** Where somebody stands. */
  readonly waiting = new Set<Stop>();
  readonly #keeper = new TickKeeper();
  #aheadMs = 0;

  constructor(gateway: FakeGateway) {
    this.gateway = gateway;
  }

  /** Lends to the session key of the chosen account, or of the usual one. */
  async lend(change: Partial<Delegation> = {}, free = 10_000_000n, nextNonce = 1n): Promise<void> {
    const key = await ensureSessionKey(GENESIS, this.account.peek() ?? VIEWER);
    const delegation = {
      sessionKey: key.address,
      maxPricePerTick: PRICE,
      allowance: free,
      expiresAt: 1_000,
      ...change,
    };
    this.setDeposit({ free, reserved: 0n, delegation, openSessions: 0, nextNonce });
  }

  setDeposit(deposit: Deposit | null): void {
    this.money.value = { address: this.account.peek() ?? VIEWER, balance: 0n, deposit, earnings: 0n };
  }

  choose(account: string | null): void {
    this.account.value = account;
  }

  /** Nothing is known of the deposit any more. */
  loseNode(): void {
    this.money.value = null;
  }

  /** Puts the clock forward. */
  passMs(ms: number): void {
    this.#aheadMs += ms;
  }

  /** Lets everybody wait who comes there; the answer lets them go on. */
  stopAt(stop: Stop): () => void {
    let goOn: () => void = () => {};
    this.#stops.set(
      stop,
      new Promise((resolve) => {
        goOn = resolve;
      }),
    );
    return () => {
      this.#stops.delete(stop);
      goOn();
    };
  }

  async #pass(stop: Stop): Promise<void> {
    const until = this.#stops.get(stop);
    if (!until) return;
    this.waiting.add(stop);
    await until;
    this.waiting.delete(stop);
  }

  /** What a purse holds its session with. */
  holder(stream = "7"): SessionHolder {
    return new SessionHolder(this.#world(), stream, this.consent, () => {});
  }

  purse(stream = "7"): StreamPurse {
    return new StreamPurse(this.#world(), stream, this.consent);
  }

  #world(): World {
    const { gateway } = this;
    return {
      account: this.account,
      counter: {
        info: async () => INFO,
        stream: async () =>
          ({ price_per_tick: gateway.price.toString(), preview_ticks: gateway.previewTicks }) as StreamView,
        session: async (id) => gateway.session(id),
        freeKey: async (_, index) => gateway.freeKey(index),
        offerTicket: async (ticket) => {
          const view = gateway.offer(ticket);
          return gateway.isSilent ? new Promise(() => {}) : view;
        },
        closeSession: async (session) => gateway.close(session),
        line: (session, token, onSession) => {
          gateway.listeners.set(session, onSession);
          return new FakeLine(gateway, session, token);
        },
      },
      ledger: { money: this.money, heights: this.heights, start: async () => {} },
      // A reload makes a new keeper; the seeds are in the database.
      ticks: this.#keeper,
      sessionKey: ensureSessionKey,
      takeLock: async (name, steal) => {
        const lock = await this.locks.take(name, steal);
        await this.#pass("lock");
        return lock;
      },
      alone: async (_, work) => {
        await this.#pass("nonce");
        return work();
      },
      now: () => Date.now() + this.#aheadMs,
    };
  }
}

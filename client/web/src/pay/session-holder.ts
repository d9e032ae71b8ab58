// Holds the session that a key provider pays in: takes the stream's lock, resumes or opens a session, and leaves it.
// Signals show its state.

import { batch, computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { Deposit } from "../chain/types";
import { UserError } from "../common/errors";
import { GatewayError } from "../gateway/problem";
import type { HeldLock } from "../ticks/locks";
import type { Consent } from "./consent";
import type { Environment } from "./environment";
import {
  ALLOWANCE_SPENT,
  CONSENT,
  DEPOSIT_SPENT,
  dearerThanAgreed,
  type Obstacle,
  TOO_MANY_KEY_SESSIONS,
  waitForBlock,
} from "./obstacles";
import {
  forgetSession,
  type NewSessionRequest,
  type OpenedSession,
  openNewSession,
  priceOf,
  resumeSession,
} from "./session-opener";
import { SessionPayer, type SessionProgress } from "./session-payer";
import { couldAfford, furtherSeconds, keyIn, type SessionTerms } from "./session-terms";
import type { SessionScope } from "./stored-sessions";
import { LAG_MS, ticketObstacle } from "./ticket-errors";
import type { OpenSession, StreamOffer } from "./types";

const WALLET: Obstacle = {
  reason: "wallet",
  message: CONSENT.message,
  hint: "Connect a wallet and confirm once to continue.",
};
export const ELSEWHERE: Obstacle = {
  reason: "elsewhere",
  message: "Another tab is paying for this stream.",
  hint: "Watch it there, or continue here instead.",
};

/**
 * Maximum number of tickets offered and sessions resumed without receiving a key. Each may cost a fee, so no more are
 * tried before the viewer agrees.
 */
const MAX_SESSIONS_WITHOUT_KEY = 4;
const ENDED: Obstacle = {
  reason: "ended",
  message: "The gateway has ended several sessions without giving a key.",
  hint: "Press Start to try once more, or watch another stream.",
  retryMs: null,
};
/** Number of sessions whose amounts are kept apart, so that a resumed one counts once. Older ones are never resumed. */
const MAX_AMOUNTS = 64;

/** Shown while the chain may not have removed the session that this page left last. */
const CLOSING = waitForBlock("Waiting until your last session has closed.");
/** Longest time for which missing money is expected back from a session: its last seconds are settled before it closes. */
const CLOSE_WAIT_MS = 30_000;
/** When a session was last left in this tab, in milliseconds since 1970, and what its close returns, in planck. */
let lastLeft = { atMs: Number.NEGATIVE_INFINITY, refund: 0n };

/** A stream's lock with its name. */
interface StreamLock {
  readonly name: string;
  readonly held: HeldLock;
}

export class SessionHolder {
  /** The payer of the present session. */
  readonly payer: Signal<SessionPayer | null> = signal(null);
  readonly session: ReadonlySignal<OpenSession | null>;
  readonly spent: ReadonlySignal<bigint>;
  readonly fees: Signal<bigint> = signal(0n);
  readonly leftS: ReadonlySignal<number | null>;

  readonly #env: Environment;
  readonly #consent: Consent;
  readonly #onTaken: () => void;
  readonly #offer: Signal<StreamOffer>;
  readonly #progress: Signal<SessionProgress | null> = signal(null);
  /** Planck revealed in sessions that were left, by session; the sum of the oldest under "". */
  readonly #amounts: Signal<ReadonlyMap<string, bigint>> = signal(new Map());
  readonly #terms: Signal<SessionTerms | null> = signal(null);
  /** Address of the session key; null if this browser has none. */
  readonly #ownKey: Signal<string | null> = signal(null);
  #openFee = 0n;
  #lock: StreamLock | null = null;
  /** Resolves when the session that was left is closed and its lock is free. */
  #leaving: Promise<void> = Promise.resolve();
  /** The last refusal of a ticket, with the money at that time, and since when it has lasted. */
  #lastRefusal: { readonly cause: string; readonly sinceMs: number } | null = null;
  /** Since when there has been too little money for a session; null if there was enough. */
  #shortSinceMs: number | null = null;
  /** Tickets offered and sessions resumed since a key last came. */
  #sessionsWithoutKey = 0;
  #isDisposed = false;

  /**
   * `offer` is kept at what the gateway reports of the stream. `onTaken` is called when another tab takes the session
   * over.
   */
  constructor(env: Environment, offer: Signal<StreamOffer>, consent: Consent, onTaken: () => void) {
    this.#env = env;
    this.#offer = offer;
    this.#consent = consent;
    this.#onTaken = onTaken;
    this.session = computed(() => sessionOf(this.payer.value, this.#progress.value));
    this.spent = computed(() => totalAmount(this.#amounts.value, this.session.value));
    this.leftS = computed(() => this.#secondsLeft());
  }

  /** A session in which a key of this cost can be bought, or the obstacle to having one. */
  async ready(costTicks: number): Promise<SessionPayer | Obstacle> {
    await this.#leaving;
    const scope = await this.#scope();
    const before = this.#obstacleTo(scope);
    if (before || !scope) return before ?? WALLET;
    const payer = this.payer.peek();
    if (payer?.isOpen && this.#holdsLockOf(payer.stored) && this.#holdsLockOf(scope)) return payer;
    if (payer) await this.leave();
    await this.#takeLock(scope);
    if (!this.#holdsLockOf(scope)) return this.#obstacleTo(scope) ?? ELSEWHERE;
    if (this.#sessionsWithoutKey >= MAX_SESSIONS_WITHOUT_KEY) return ENDED;
    const found = await this.#find(scope, costTicks);
    if (found && "reason" in found) return found;
    // Meanwhile, the viewer may have stopped or changed the account, another tab may have taken over, or the page may
    // be gone.
    const after = this.#obstacleTo(scope);
    if (after || !found || !this.#holdsLockOf(scope)) return after ?? ELSEWHERE;
    return this.#adopt(found);
  }

  /** Finds out how long the money lasts, before a key is to be paid for. */
  async prepare(): Promise<void> {
    const scope = await this.#scope();
    if (!scope) return;
    await Promise.all([this.#findTerms(scope), this.#env.chain.start()]);
  }

  /** Forgets failed attempts: the viewer has agreed to try again. */
  resetAttempts(): void {
    this.#lastRefusal = null;
    this.#shortSinceMs = null;
    this.#sessionsWithoutKey = 0;
  }

  /** Notes that a key has come. */
  keyCame(): void {
    this.#sessionsWithoutKey = 0;
  }

  /** Leaves the session, if there is one. Ignores an unreachable gateway, which closes the session by itself. */
  async leave(): Promise<void> {
    const payer = this.payer.peek();
    if (!payer) return;
    const { stored, token, progress } = payer;
    // A session that another tab has taken over continues there.
    const isOurs = this.#holdsLockOf(stored);
    const unspentTicks = isOurs ? stored.maxTicks - progress.revealedTicks : 0;
    lastLeft = { atMs: this.#env.now(), refund: stored.pricePerTick * BigInt(unspentTicks) };
    payer.close();
    batch(() => {
      const amount = stored.pricePerTick * BigInt(progress.revealedTicks);
      this.#amounts.value = withAmount(this.#amounts.peek(), stored.session, amount);
      this.payer.value = null;
      this.#progress.value = null;
    });
    if (!isOurs) return;
    try {
      if (token !== null) await this.#env.gateway.closeSession(stored.session, token);
      await forgetSession(this.#env, stored.session);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
    }
  }

  /** Leaves the session, and lets other tabs pay for the stream. */
  async release(): Promise<void> {
    const lock = this.#lock;
    if (!lock && !this.payer.peek()) return this.#leaving;
    const left = this.leave().finally(() => lock?.held.release());
    // Given up at once: the next call of `ready` waits until the session is closed, and takes the lock again.
    this.#lock = null;
    this.#leaving = left.catch(() => {});
    return left;
  }

  async dispose(): Promise<void> {
    this.#isDisposed = true;
    await this.release();
  }

  /** Takes the lock from another tab. */
  async takeOver(): Promise<void> {
    await this.#leaving;
    const scope = await this.#scope();
    if (!scope) return;
    this.resetAttempts();
    this.#keepLock(scope, await this.#env.takeLock(lockName(scope), true));
  }

  /** Why no session is wanted at the moment; null if one is wanted for this scope. */
  #obstacleTo(scope: SessionScope | null): Obstacle | null {
    const viewer = this.#env.account.peek();
    if (!scope || viewer === null) return WALLET;
    // If the account has changed, the key is requested again at once, for the new one.
    return this.#isDisposed || !this.#consent.isPaying.peek() || viewer !== scope.viewer ? CONSENT : null;
  }

  #holdsLockOf(scope: SessionScope): boolean {
    return this.#lock?.name === lockName(scope) && this.#lock.held.isHeld;
  }

  async #takeLock(scope: SessionScope): Promise<void> {
    if (this.#holdsLockOf(scope)) return;
    // The lock of another account, or one that another tab has taken.
    this.#lock?.held.release();
    this.#lock = null;
    this.#keepLock(scope, await this.#env.takeLock(lockName(scope)));
  }

  /** Keeps a lock, unless it came too late to be of use. */
  #keepLock(scope: SessionScope, held: HeldLock | null): void {
    if (!held) return;
    if (this.#obstacleTo(scope)) {
      held.release();
      return;
    }
    this.#lock?.held.release();
    this.#lock = { name: lockName(scope), held };
    void held.taken.then(() => {
      if (this.#lock?.held !== held) return;
      void this.leave();
      this.#onTaken();
    });
  }

  async #find(scope: SessionScope, costTicks: number): Promise<OpenedSession | Obstacle | null> {
    const { gateway, chain } = this.#env;
    const terms = await this.#findTerms(scope);
    const agreed = this.#consent.agreedPrice(terms.creator);
    if (agreed === null) return CONSENT;
    const isWanted = () => this.#obstacleTo(scope) === null && this.#holdsLockOf(scope);
    // One tick more than the key costs: see ROUNDING_TICKS in `payment-errors.ts`.
    const request = { scope, minTicks: costTicks + 1, isWanted };
    // A session that is resumed keeps its price, to which the viewer has agreed.
    const resumed = await resumeSession(this.#env, request);
    if (resumed) return resumed;
    if (terms.pricePerTick > agreed) return dearerThanAgreed(terms.pricePerTick, agreed);
    const [info] = await Promise.all([gateway.info(), chain.start()]);
    return this.#open({ ...request, info, terms, onOffered: () => this.#sessionsWithoutKey++ });
  }

  /** Asks the gateway for the price and the creator of the stream. */
  async #findTerms({ gateway, stream }: SessionScope): Promise<SessionTerms> {
    const view = await this.#env.gateway.stream(stream);
    const offer: StreamOffer = { stream, creator: view.creator, pricePerTick: priceOf(view) };
    const terms: SessionTerms = { ...offer, gateway, openFee: this.#openFee };
    batch(() => {
      this.#offer.value = offer;
      this.#terms.value = terms;
    });
    return terms;
  }

  async #open(request: NewSessionRequest): Promise<OpenedSession | Obstacle | null> {
    try {
      const opened = await openNewSession(this.#env, request);
      if (opened && "stored" in opened) {
        this.#lastRefusal = null;
        this.#shortSinceMs = null;
      }
      return opened && "reason" in opened && this.#isForClose(opened, request) ? CLOSING : opened;
    } catch (error) {
      if (!(error instanceof GatewayError) || error.status !== 422) throw error;
      return this.#refused(error);
    }
  }

  /** Whether an obstacle is to be expected until a session that was left closes, which it does within a few blocks. */
  #isForClose(obstacle: Obstacle, { terms, minTicks }: NewSessionRequest): boolean {
    const now = this.#env.now();
    const leftForMs = now - lastLeft.atMs;
    if (obstacle === TOO_MANY_KEY_SESSIONS) return leftForMs < LAG_MS;
    if (obstacle !== DEPOSIT_SPENT && obstacle !== ALLOWANCE_SPENT) return false;
    this.#shortSinceMs ??= now;
    const deposit = this.#env.chain.money.peek()?.deposit ?? null;
    const key = keyIn(deposit, this.#ownKey.peek());
    const best = this.#env.chain.heights.peek()?.best;
    if (!deposit || !key || best === undefined || now - this.#shortSinceMs >= CLOSE_WAIT_MS) return false;
    // What a session returns that was left elsewhere, or before this page was loaded, is not known here.
    const planck = leftForMs < CLOSE_WAIT_MS ? lastLeft.refund : deposit.reserved;
    return planck > 0n && couldAfford({ deposit, key, best }, terms, minTicks, planck);
  }

  /**
   * The obstacle after a refused ticket. Its duration starts again with another reason, and whenever the money has
   * changed.
   */
  #refused(error: GatewayError): Obstacle {
    const deposit = this.#env.chain.money.peek()?.deposit ?? null;
    const key = keyIn(deposit, this.#ownKey.peek());
    const cause = [error.code, deposit?.free, key?.allowance.left, key?.nextNonce].join(" ");
    const now = this.#env.now();
    if (this.#lastRefusal?.cause !== cause) this.#lastRefusal = { cause, sinceMs: now };
    return ticketObstacle(error, now - this.#lastRefusal.sinceMs);
  }

  #adopt(opened: OpenedSession): SessionPayer {
    const payer = new SessionPayer(this.#env, opened.stored, opened.view, (progress) => {
      if (this.payer.peek() === payer) this.#progress.value = progress;
    });
    if (!opened.isNew) this.#sessionsWithoutKey++;
    batch(() => {
      if (opened.isNew) this.fees.value += this.#openFee;
      this.#progress.value = payer.progress;
      this.payer.value = payer;
    });
    return payer;
  }

  /** The scope of sessions at the moment; null without an account. */
  async #scope(): Promise<SessionScope | null> {
    const viewer = this.#env.account.peek();
    if (viewer === null) return null;
    const info = await this.#env.gateway.info();
    this.#openFee = BigInt(info.open_fee);
    const key = await this.#env.sessionKey(info.genesis_hash, viewer);
    this.#ownKey.value = key?.address ?? null;
    // A browser without a key has no sessions, and opens none.
    const sessionKey = key?.address ?? "";
    const { stream } = this.#offer.peek();
    return { genesis: info.genesis_hash, viewer, sessionKey, stream, gateway: info.account };
  }

  #secondsLeft(): number | null {
    const money = this.#env.chain.money.value;
    const progress = this.#progress.value;
    const stored = this.payer.value?.stored;
    const terms = this.#terms.value;
    const inSession = stored && progress ? stored.maxTicks - progress.revealedTicks : 0;
    if (!money || (!terms && !stored)) return stored ? inSession : null;
    const price = terms ?? { ...this.#offer.value, gateway: stored?.gateway ?? "", openFee: this.#openFee };
    // Until the session is in a block, the chain still shows its reserve as free and allowed.
    const isPending = stored && progress && !progress.isIncluded;
    const reserve = isPending ? stored.pricePerTick * BigInt(stored.maxTicks) : 0n;
    const best = this.#env.chain.heights.value?.best ?? 0;
    const sessionKey = this.#ownKey.value;
    const deposit = money.deposit && withoutReserve(money.deposit, sessionKey, reserve);
    return inSession + furtherSeconds(deposit, sessionKey, price, best);
  }
}

/** A deposit as it will be when a key has reserved `planck`. */
function withoutReserve(deposit: Deposit, sessionKey: string | null, planck: bigint): Deposit {
  const keys = deposit.keys.map((key) => {
    if (key.address !== sessionKey) return key;
    return { ...key, allowance: { ...key.allowance, left: key.allowance.left - planck } };
  });
  return { ...deposit, free: deposit.free - planck, keys };
}

/** Planck revealed in all sessions. Each counts once, whether it was left or is the present one again. */
function totalAmount(amounts: ReadonlyMap<string, bigint>, now: OpenSession | null): bigint {
  let total = now ? now.pricePerTick * BigInt(now.revealedTicks) : 0n;
  for (const [session, amount] of amounts) if (session !== now?.session) total += amount;
  return total;
}

/** Adds or replaces the amount of a session, which becomes the last entry. Sums up the oldest if there are too many. */
function withAmount(
  amounts: ReadonlyMap<string, bigint>,
  session: string,
  amount: bigint,
): ReadonlyMap<string, bigint> {
  const others = [...amounts].filter(([id]) => id !== session && id !== "");
  const oldest = others.splice(0, Math.max(0, others.length - MAX_AMOUNTS + 1));
  const before = oldest.reduce((sum, [, one]) => sum + one, amounts.get("") ?? 0n);
  return new Map([["", before], ...others, [session, amount]]);
}

function sessionOf(payer: SessionPayer | null, progress: SessionProgress | null): OpenSession | null {
  if (!payer || !progress) return null;
  const { session, pricePerTick, maxTicks, openedAtMs } = payer.stored;
  const { revealedTicks, settledTicks } = progress;
  return { session, pricePerTick, maxTicks, openedAtMs, revealedTicks, settledTicks };
}

function lockName({ genesis, viewer, sessionKey, stream }: SessionScope): string {
  return `vilokanam/pay/${genesis}/${viewer}/${sessionKey}/${stream}`;
}

// Holds the session that a purse pays in: takes the stream's lock, goes on with a session or opens one, leaves it. What it
// shows is in signals.

import { batch, computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { Deposit } from "../chain/types";
import { WordedError } from "../common/errors";
import { GatewayError } from "../gateway/problem";
import type { HeldLock } from "../ticks/locks";
import { forget, type NewWish, type Opened, openNew, priceOf, resume } from "./opener";
import { type Obstacle, secondsBeyond, type Terms } from "./order";
import type { Place } from "./records";
import { Till, type TillNews } from "./till";
import type { OpenSession } from "./types";
import { unsold } from "./unsold";
import type { World } from "./world";

const PAID = "From here on this stream is paid by the second.";
const CONSENT: Obstacle = { reason: "consent", what: PAID, mend: "Press Start to go on, and stop whenever you like." };
const WALLET: Obstacle = { reason: "wallet", what: PAID, mend: "Connect a wallet and confirm once to go on." };
export const ELSEWHERE: Obstacle = {
  reason: "elsewhere",
  what: "Another tab pays for this stream.",
  mend: "Watch there, or go on here instead.",
};

/** After so many tickets and sessions without a key no more is opened, for each costs a fee, until the viewer says so. */
const MAX_IN_VAIN = 4;
const ENDED: Obstacle = {
  reason: "ended",
  what: "The gateway has ended one session after another without a key.",
  mend: "Press Start to try once more, or watch something else.",
  retryMs: null,
};
/** Sessions whose sum is kept apart, so that one that is gone on with counts once; older ones are over for good. */
const MAX_SUMS = 64;

/** A stream's lock, and for whom and what it is. */
interface StreamLock {
  readonly name: string;
  readonly held: HeldLock;
}

export class SessionHolder {
  /** The session in hand. */
  readonly till: Signal<Till | null> = signal(null);
  readonly session: ReadonlySignal<OpenSession | null>;
  readonly spent: ReadonlySignal<bigint>;
  readonly fees: Signal<bigint> = signal(0n);
  readonly leftS: ReadonlySignal<number | null>;

  readonly #world: World;
  readonly #stream: string;
  readonly #consent: ReadonlySignal<boolean>;
  readonly #onTaken: () => void;
  readonly #news: Signal<TillNews | null> = signal(null);
  /** Planck let go of in sessions that were left, by session; under "" those of long ago. */
  readonly #sums: Signal<ReadonlyMap<string, bigint>> = signal(new Map());
  readonly #terms: Signal<Terms | null> = signal(null);
  /** The account of this browser's session key; null when it has none. */
  readonly #ownKey: Signal<string | null> = signal(null);
  #openFee = 0n;
  #lock: StreamLock | null = null;
  /** Until what was left is closed and its lock free. */
  #leaving: Promise<void> = Promise.resolve();
  /** Why the last ticket was refused, with which money, and since when. */
  #unsold: { readonly why: string; readonly sinceMs: number } | null = null;
  /** Tickets let go of and sessions gone on with since a key was last given. */
  #inVain = 0;
  #isDisposed = false;

  /** `onTaken` hears when another tab takes the session over. */
  constructor(world: World, stream: string, consent: ReadonlySignal<boolean>, onTaken: () => void) {
    this.#world = world;
    this.#stream = stream;
    this.#consent = consent;
    this.#onTaken = onTaken;
    this.session = computed(() => sessionOf(this.till.value, this.#news.value));
    this.spent = computed(() => spentIn(this.#sums.value, this.session.value));
    this.leftS = computed(() => this.#secondsLeft());
  }

  /** A session in hand that has something left; or what stands in the way. */
  async ready(costTicks: number): Promise<Till | Obstacle> {
    await this.#leaving;
    const place = await this.#place();
    const before = this.#unwanted(place);
    if (before || !place) return before ?? WALLET;
    const now = this.till.peek();
    if (now?.isOpen && this.#holds(now.record) && this.#holds(place)) return now;
    if (now) await this.leave();
    await this.#takeLock(place);
    if (!this.#holds(place)) return this.#unwanted(place) ?? ELSEWHERE;
    if (this.#inVain >= MAX_IN_VAIN) return ENDED;
    const found = await this.#find(place, costTicks);
    if (found && "reason" in found) return found;
    // Much may have happened meanwhile: Stop, another account, another tab, the page's end.
    const after = this.#unwanted(place);
    if (after || !found || !this.#holds(place)) return after ?? ELSEWHERE;
    return this.#take(found);
  }

  /** Offers that were in vain are forgotten: the viewer has said to try again. */
  startAnew(): void {
    this.#unsold = null;
    this.#inVain = 0;
  }

  /** A key has come: sessions are not opened in vain. */
  delivered(): void {
    this.#inVain = 0;
  }

  /** Leaves the session, if there is one. A gateway that cannot be told closes it by itself, so this never fails. */
  async leave(): Promise<void> {
    const till = this.till.peek();
    if (!till) return;
    const { record, token, news } = till;
    // A session that another tab has taken goes on there.
    const isOurs = this.#holds(record);
    till.close();
    batch(() => {
      this.#sums.value = withSum(this.#sums.peek(), record.session, record.pricePerTick * BigInt(news.revealed));
      this.till.value = null;
      this.#news.value = null;
    });
    if (!isOurs) return;
    try {
      if (token !== null) await this.#world.counter.closeSession(record.session, token);
      await forget(this.#world, record.session);
    } catch (error) {
      if (!(error instanceof WordedError)) throw error;
    }
  }

  /** Leaves, and lets other tabs pay for the stream. */
  async letGo(): Promise<void> {
    const lock = this.#lock;
    if (!lock && !this.till.peek()) return this.#leaving;
    const left = this.leave().finally(() => lock?.held.release());
    // Given up at once: whoever wants to pay now waits until the session is closed, and takes the lock anew.
    this.#lock = null;
    this.#leaving = left.catch(() => {});
    return left;
  }

  async dispose(): Promise<void> {
    this.#isDisposed = true;
    await this.letGo();
  }

  /** Takes the lock from another tab. */
  async takeOver(): Promise<void> {
    await this.#leaving;
    const place = await this.#place();
    if (!place) return;
    this.startAnew();
    this.#hold(place, await this.#world.takeLock(lockName(place), true));
  }

  /** Why no session is to be had now; null when one is wanted for this place. */
  #unwanted(place: Place | null): Obstacle | null {
    const viewer = this.#world.account.peek();
    if (!place || viewer === null) return WALLET;
    // With another account it is asked again at once, for that one.
    return this.#isDisposed || !this.#consent.peek() || viewer !== place.viewer ? CONSENT : null;
  }

  #holds(place: Place): boolean {
    return this.#lock?.name === lockName(place) && this.#lock.held.isHeld;
  }

  async #takeLock(place: Place): Promise<void> {
    if (this.#holds(place)) return;
    // Another account's, or taken by another tab.
    this.#lock?.held.release();
    this.#lock = null;
    this.#hold(place, await this.#world.takeLock(lockName(place)));
  }

  /** Keeps a lock, unless it has come too late. */
  #hold(place: Place, held: HeldLock | null): void {
    if (!held) return;
    if (this.#unwanted(place)) {
      held.release();
      return;
    }
    this.#lock?.held.release();
    this.#lock = { name: lockName(place), held };
    void held.taken.then(() => {
      if (this.#lock?.held !== held) return;
      void this.leave();
      this.#onTaken();
    });
  }

  async #find(place: Place, costTicks: number): Promise<Opened | Obstacle | null> {
    const { counter, ledger } = this.#world;
    this.#ownKey.value = (await this.#world.sessionKey(place.genesis, place.viewer))?.address ?? null;
    const isWanted = () => this.#unwanted(place) === null && this.#holds(place);
    // A second more than a key costs: see the rounding in `refusal.ts`.
    const wish = { place, leastTicks: costTicks + 1, isWanted };
    const kept = await resume(this.#world, wish);
    if (kept) return kept;
    const [info, view] = await Promise.all([counter.info(), counter.stream(this.#stream), ledger.start()]);
    const terms: Terms = { pricePerTick: priceOf(view), openFee: BigInt(info.open_fee) };
    this.#terms.value = terms;
    return this.#open({ ...wish, info, terms, onOffered: () => this.#inVain++ });
  }

  async #open(wish: NewWish): Promise<Opened | Obstacle | null> {
    try {
      const opened = await openNew(this.#world, wish);
      if (opened && "record" in opened) this.#unsold = null;
      return opened;
    } catch (error) {
      if (!(error instanceof GatewayError) || error.status !== 422) throw error;
      return this.#offeredInVain(error);
    }
  }

  /** Patience begins anew with each other reason, and whenever the money has changed. */
  #offeredInVain(error: GatewayError): Obstacle {
    const { deposit } = this.#world.ledger.money.peek() ?? {};
    const why = [error.code, deposit?.free, deposit?.delegation?.allowance, deposit?.nextNonce].join(" ");
    const now = this.#world.now();
    if (this.#unsold?.why !== why) this.#unsold = { why, sinceMs: now };
    return unsold(error, now - this.#unsold.sinceMs);
  }

  #take(opened: Opened): Till {
    const till = new Till(this.#world, opened.record, opened.view, (news) => {
      if (this.till.peek() === till) this.#news.value = news;
    });
    if (!opened.isNew) this.#inVain++;
    batch(() => {
      if (opened.isNew) this.fees.value += this.#openFee;
      this.#news.value = till.news;
      this.till.value = till;
    });
    return till;
  }

  /** Who pays where; null without an account. */
  async #place(): Promise<Place | null> {
    const viewer = this.#world.account.peek();
    if (viewer === null) return null;
    const info = await this.#world.counter.info();
    this.#openFee = BigInt(info.open_fee);
    return { genesis: info.genesis_hash, viewer, stream: this.#stream, gateway: info.account };
  }

  #secondsLeft(): number | null {
    const money = this.#world.ledger.money.value;
    const news = this.#news.value;
    const record = this.till.value?.record;
    const terms = this.#terms.value;
    const inSession = record && news ? record.maxTicks - news.revealed : 0;
    if (!money || (!terms && !record)) return record ? inSession : null;
    const price = terms ?? { pricePerTick: record?.pricePerTick ?? 0n, openFee: 0n };
    // Until the open is in a block, the reserve is still in what the deposit shows as free, and as allowed.
    const isAside = record && news && !news.isIncluded;
    const reserve = isAside ? record.pricePerTick * BigInt(record.maxTicks) : 0n;
    const best = this.#world.ledger.heights.value?.best ?? 0;
    const deposit = money.deposit && without(money.deposit, reserve);
    return inSession + secondsBeyond(deposit, this.#ownKey.value, price, best);
  }
}

/** A deposit from which something is set aside already, though no block shows it yet. */
function without(deposit: Deposit, planck: bigint): Deposit {
  const { delegation, free } = deposit;
  const left = delegation && { ...delegation, allowance: delegation.allowance - planck };
  return { ...deposit, free: free - planck, delegation: left };
}

/** What was let go of in all: each session counts once, whether it was left or is in hand again. */
function spentIn(sums: ReadonlyMap<string, bigint>, now: OpenSession | null): bigint {
  let spent = now ? now.pricePerTick * BigInt(now.paidTicks) : 0n;
  for (const [session, sum] of sums) if (session !== now?.session) spent += sum;
  return spent;
}

/** The sums with this one, the latest last. What is too much is added up. */
function withSum(sums: ReadonlyMap<string, bigint>, session: string, sum: bigint): ReadonlyMap<string, bigint> {
  const others = [...sums].filter(([id]) => id !== session && id !== "");
  const old = others.splice(0, Math.max(0, others.length - MAX_SUMS + 1));
  const before = old.reduce((all, [, one]) => all + one, sums.get("") ?? 0n);
  return new Map([["", before], ...others, [session, sum]]);
}

function sessionOf(till: Till | null, news: TillNews | null): OpenSession | null {
  if (!till || !news) return null;
  const { session, pricePerTick, maxTicks, openedAtMs } = till.record;
  return { session, pricePerTick, maxTicks, openedAtMs, paidTicks: news.revealed, settledTicks: news.settled };
}

function lockName({ genesis, viewer, stream }: Place): string {
  return `vilokanam/pay/${genesis}/${viewer}/${stream}`;
}

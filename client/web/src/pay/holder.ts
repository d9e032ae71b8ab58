// Holds the session that a purse pays in: takes the stream's lock, goes on with a session or opens one, leaves it. What it
// shows is in signals.

import { batch, computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { WordedError } from "../common/errors";
import { GatewayError } from "../gateway/problem";
import type { HeldLock } from "../ticks/locks";
import { forget, type Opened, openNew, priceOf, resume } from "./opener";
import { affordableTicks, type Obstacle, type Terms } from "./order";
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
  /** Planck let go of in sessions that were left. */
  readonly #spentBefore: Signal<bigint> = signal(0n);
  readonly #terms: Signal<Terms | null> = signal(null);
  #lock: HeldLock | null = null;
  /** Why the last ticket was refused, with which money, and since when. */
  #unsold: { readonly why: string; readonly sinceMs: number } | null = null;
  #isDisposed = false;

  /** `onTaken` hears when another tab takes the session over. */
  constructor(world: World, stream: string, consent: ReadonlySignal<boolean>, onTaken: () => void) {
    this.#world = world;
    this.#stream = stream;
    this.#consent = consent;
    this.#onTaken = onTaken;
    this.session = computed(() => sessionOf(this.till.value, this.#news.value));
    this.spent = computed(() => {
      const now = this.session.value;
      return this.#spentBefore.value + (now ? now.pricePerTick * BigInt(now.paidTicks) : 0n);
    });
    this.leftS = computed(() => this.#secondsLeft());
  }

  /** A session in hand that has something left; or what stands in the way. */
  async ready(costTicks: number): Promise<Till | Obstacle> {
    const place = await this.#place();
    if (!place) return WALLET;
    if (!this.#consent.peek()) return CONSENT;
    const now = this.till.peek();
    const isOurs = now?.record.viewer === place.viewer && this.#lock?.isHeld === true;
    if (now?.isOpen && isOurs) return now;
    if (now) await this.leave();
    if (!this.#lock?.isHeld) this.#hold(await this.#world.takeLock(lockName(place)));
    if (!this.#lock?.isHeld) return ELSEWHERE;
    const found = await this.#find(place, costTicks);
    if ("reason" in found) return found;
    if (this.#isDisposed || !this.#consent.peek()) return CONSENT;
    return this.#take(found);
  }

  /** Offers that were in vain are forgotten: the viewer has said to try again. */
  startAnew(): void {
    this.#unsold = null;
  }

  /** Leaves the session, if there is one. A gateway that cannot be told closes it by itself, so this never fails. */
  async leave(): Promise<void> {
    const till = this.till.peek();
    if (!till) return;
    const { record, token, news } = till;
    till.close();
    batch(() => {
      this.#spentBefore.value += record.pricePerTick * BigInt(news.revealed);
      this.till.value = null;
      this.#news.value = null;
    });
    // A session that another tab has taken goes on there.
    if (!this.#lock?.isHeld) return;
    try {
      if (token !== null) await this.#world.counter.closeSession(record.session, token);
      await forget(this.#world, record.session);
    } catch (error) {
      if (!(error instanceof WordedError)) throw error;
    }
  }

  /** Leaves, and lets other tabs pay for the stream. */
  async letGo(): Promise<void> {
    await this.leave();
    this.#lock?.release();
    this.#lock = null;
  }

  async dispose(): Promise<void> {
    this.#isDisposed = true;
    await this.letGo();
  }

  /** Takes the lock from another tab. */
  async takeOver(): Promise<void> {
    const place = await this.#place();
    if (place) this.#hold(await this.#world.takeLock(lockName(place), true));
  }

  #hold(lock: HeldLock | null): void {
    this.#lock = lock;
    void lock?.taken.then(() => {
      if (this.#lock !== lock) return;
      void this.leave();
      this.#onTaken();
    });
  }

  async #find(place: Place, costTicks: number): Promise<Opened | Obstacle> {
    // A second more than a key costs: see the rounding in `refusal.ts`.
    const leastTicks = costTicks + 1;
    const kept = await resume(this.#world, place, leastTicks);
    if (kept) return kept;
    const { counter, ledger } = this.#world;
    const [info, view] = await Promise.all([counter.info(), counter.stream(this.#stream), ledger.start()]);
    const terms: Terms = { pricePerTick: priceOf(view), openFee: BigInt(info.open_fee) };
    this.#terms.value = terms;
    try {
      const opened = await openNew(this.#world, { place, info, terms, leastTicks });
      if ("record" in opened) this.#unsold = null;
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
    batch(() => {
      if (opened.isNew) this.fees.value += this.#terms.peek()?.openFee ?? 0n;
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
    // Until the open is in a block, the reserve is still in what the deposit shows as free.
    const isAside = record && news && !news.isIncluded;
    const reserve = isAside ? record.pricePerTick * BigInt(record.maxTicks) : 0n;
    const free = (money.deposit?.free ?? 0n) - reserve;
    return inSession + (money.deposit ? affordableTicks({ ...money.deposit, free }, price) : 0);
  }
}

function sessionOf(till: Till | null, news: TillNews | null): OpenSession | null {
  if (!till || !news) return null;
  const { session, pricePerTick, maxTicks, openedAtMs } = till.record;
  return { session, pricePerTick, maxTicks, openedAtMs, paidTicks: news.revealed, settledTicks: news.settled };
}

function lockName({ genesis, viewer, stream }: Place): string {
  return `vilokanam/pay/${genesis}/${viewer}/${stream}`;
}

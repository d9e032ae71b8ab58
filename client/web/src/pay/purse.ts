// The purse: gives the player its keys. Free ones while the preview lasts, then with ticks of a session that it opens
// without asking. What cannot be paid is held, with the reason in a signal, and tried again when something has changed.

import { batch, computed, effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { abortError, isAbort, worded } from "../common/errors";
import { GatewayError } from "../gateway/problem";
import { KeyGoneError } from "./errors";
import { ELSEWHERE, SessionHolder } from "./holder";
import type { Obstacle } from "./order";
import { Till } from "./till";
import type { Hold, HoldReason, KeyWish, OpenSession, Purse, PursePhase, Warning } from "./types";
import { Bell, Turnstile } from "./waiting";
import type { World } from "./world";

/** Keys kept after they were bought: seeking back in the player's buffer costs no request. */
const MAX_KEPT_KEYS = 128;
/** How often a session may be replaced without a key being bought in between. */
const MAX_RENEWALS = 3;
/** Ticks let go of ahead of the picture, for players that ask for keys themselves: they read three segments ahead. */
const NATIVE_AHEAD_TICKS = 8;

/** After how long a held key is tried again, by what holds it; null when only a change helps. */
const RETRY_MS: Readonly<Record<HoldReason, number | null>> = {
  consent: null,
  wallet: null,
  deposit: null,
  delegation: null,
  price: 10_000,
  funds: null,
  allowance: null,
  sessions: 5_000,
  elsewhere: 2_000,
  block: 700,
  gateway: 1_000,
  chain: 2_000,
  refused: 10_000,
};

/** What came of a try. `again`: what was tried with was taken away meanwhile. */
type Attempt = { readonly bytes: Uint8Array } | { readonly obstacle: Obstacle } | "again";

export class StreamPurse implements Purse {
  readonly stream: string;
  readonly phase: Signal<PursePhase> = signal("idle");
  readonly hold: Signal<Hold | null> = signal(null);
  readonly isStarted: ReadonlySignal<boolean>;
  readonly previewLeftS: Signal<number | null> = signal(null);
  readonly session: ReadonlySignal<OpenSession | null>;
  readonly spent: ReadonlySignal<bigint>;
  readonly fees: ReadonlySignal<bigint>;
  readonly leftS: ReadonlySignal<number | null>;
  readonly warning: ReadonlySignal<Warning | null>;
  readonly lastPaidMs: Signal<number | null> = signal(null);

  readonly #world: World;
  readonly #consent: Signal<boolean>;
  readonly #holder: SessionHolder;
  readonly #bell = new Bell();
  readonly #turnstile = new Turnstile();
  readonly #keys = new Map<number, Uint8Array>();
  readonly #stopListening: () => void;
  readonly #stopWatching: () => void;
  /** For a player that asks for keys itself: ticks that keys had been given for when it began. */
  #native: { readonly till: Till; readonly usedBefore: number } | null = null;
  #renewals = 0;
  #isDisposed = false;

  constructor(world: World, stream: string, consent: Signal<boolean>) {
    this.stream = stream;
    this.#world = world;
    this.#consent = consent;
    this.isStarted = computed(() => consent.value);
    this.#holder = new SessionHolder(world, stream, consent, () => this.#show(ELSEWHERE));
    this.session = this.#holder.session;
    this.spent = this.#holder.spent;
    this.fees = this.#holder.fees;
    this.leftS = this.#holder.leftS;
    this.warning = computed(() => (this.isStarted.value ? warningAt(this.leftS.value) : null));
    this.#stopListening = effect(() => {
      // Whatever of these changes, a key that waits may be payable now.
      void [world.account.value, world.ledger.money.value, consent.value];
      this.#bell.ring();
    });
    this.#stopWatching = effect(() => {
      // Each block may be the one that a held key waits for.
      void world.ledger.heights.value;
      if (this.hold.peek()?.reason === "block") this.#bell.ring();
    });
  }

  async key({ index, costTicks, signal: called }: KeyWish): Promise<Uint8Array> {
    return this.#turnstile.pass(async () => {
      for (;;) {
        const kept = this.#keys.get(index);
        if (kept) return kept;
        const attempt = await this.#attempt(index, costTicks, called);
        // What was bought is kept even when nobody waits for it any more.
        if (attempt !== "again" && "bytes" in attempt) return this.#keep(index, attempt.bytes);
        if (called?.aborted || this.#isDisposed) throw abortError();
        if (attempt === "again") continue;
        await this.#waitOut(attempt.obstacle, called);
      }
    }, called);
  }

  start(): void {
    this.#consent.value = true;
    this.#renewals = 0;
    this.#holder.startAnew();
    this.#bell.ring();
  }

  async stop(): Promise<void> {
    this.#consent.value = false;
    if (this.phase.peek() !== "held") this.phase.value = "stopped";
    await this.#holder.letGo();
  }

  async takeOver(): Promise<void> {
    await this.#holder.takeOver();
    this.#bell.ring();
  }

  async nativePlaylist(playlist: string, called?: AbortSignal): Promise<string> {
    // Such a player cannot tell whether a key was free: it tries without paying once, and comes back when that ends.
    if (this.previewLeftS.peek() === null && !this.#holder.till.peek()) {
      this.previewLeftS.value = 0;
      this.phase.value = "preview";
      return playlist;
    }
    return this.#turnstile.pass(async () => {
      for (;;) {
        const attempt = await this.#attemptNative(playlist);
        if (called?.aborted || this.#isDisposed) throw abortError();
        if (attempt === "again") continue;
        if (typeof attempt === "string") return attempt;
        await this.#waitOut(attempt, called);
      }
    }, called);
  }

  played(seconds: number): void {
    const native = this.#native;
    if (!native || native.till !== this.#holder.till.peek() || !native.till.isOpen || !this.#consent.peek()) return;
    const target = native.usedBefore + Math.ceil(seconds) + NATIVE_AHEAD_TICKS;
    if (target <= native.till.news.revealed) return;
    // A payment that fails is made up for by the next: the player holds for as long as the gateway does.
    this.#turnstile
      .pass(() => native.till.advanceTo(target))
      .then(
        () => this.#paid(),
        () => {},
      );
  }

  async dispose(): Promise<void> {
    this.#isDisposed = true;
    this.#stopListening();
    this.#stopWatching();
    this.#bell.ring();
    await this.#holder.dispose();
  }

  /** One try for a key. */
  async #attempt(index: number, costTicks: number, called: AbortSignal | undefined): Promise<Attempt> {
    let till: Till | null = null;
    try {
      if (!this.#holder.till.peek() && this.previewLeftS.peek() !== 0) {
        const free = await this.#free(index, called);
        if (free) return { bytes: free };
      }
      const ready = await this.#holder.ready(costTicks);
      if (!(ready instanceof Till)) return { obstacle: ready };
      till = ready;
      return await this.#buy(till, index, costTicks);
    } catch (error) {
      // The viewer has stopped, or another tab has taken the session, while it was being paid in.
      if (till && this.#holder.till.peek() !== till) return "again";
      if (isAbort(error) || error instanceof KeyGoneError) throw error;
      return { obstacle: obstacleOf(error) };
    }
  }

  /** One try for a playlist with a token. */
  async #attemptNative(playlist: string): Promise<string | Obstacle | "again"> {
    try {
      const till = await this.#holder.ready(NATIVE_AHEAD_TICKS);
      if (!(till instanceof Till)) return till;
      if (till.news.revealed + NATIVE_AHEAD_TICKS > till.record.maxTicks) {
        await this.#holder.leave();
        return "again";
      }
      const usedBefore = await till.advanceTo(Math.max(1, till.news.revealed));
      this.#native = { till, usedBefore };
      this.#paid();
      return `${playlist}?token=${till.record.session.slice(2)}.${till.token ?? ""}`;
    } catch (error) {
      return obstacleOf(error);
    }
  }

  /** A key for nothing; null when the preview is over. */
  async #free(index: number, called: AbortSignal | undefined): Promise<Uint8Array | null> {
    try {
      const free = await this.#world.counter.freeKey(this.stream, index, called);
      batch(() => {
        this.previewLeftS.value = free.ticksLeft;
        this.phase.value = "preview";
        this.hold.value = null;
      });
      return free.bytes;
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      if (error.status === 404) throw new KeyGoneError(index);
      if (error.status !== 402) throw error;
      this.previewLeftS.value = 0;
      return null;
    }
  }

  async #buy(till: Till, index: number, costTicks: number): Promise<Attempt> {
    const sale = await till.buy(index, costTicks);
    switch (sale.kind) {
      case "key":
        this.#paid();
        return { bytes: sale.bytes };
      case "gone":
        throw new KeyGoneError(index);
      case "hold":
        return { obstacle: sale.obstacle };
      case "renew":
        await this.#holder.leave();
        if (++this.#renewals <= MAX_RENEWALS) return "again";
        return { obstacle: { reason: "refused", what: "The gateway ends each session at once.", mend: "Try later." } };
    }
  }

  #paid(): void {
    this.#renewals = 0;
    batch(() => {
      this.phase.value = "paying";
      this.hold.value = null;
      this.lastPaidMs.value = this.#world.now();
    });
  }

  #keep(index: number, bytes: Uint8Array): Uint8Array {
    this.#keys.set(index, bytes);
    const [oldest] = this.#keys.keys();
    if (this.#keys.size > MAX_KEPT_KEYS && oldest !== undefined) this.#keys.delete(oldest);
    return bytes;
  }

  async #waitOut(obstacle: Obstacle, called: AbortSignal | undefined): Promise<void> {
    this.#show(obstacle);
    await this.#bell.wait(obstacle.retryMs ?? RETRY_MS[obstacle.reason], called);
  }

  #show({ reason, what, mend }: Obstacle): void {
    const before = this.hold.peek();
    const sinceMs = before?.reason === reason ? before.sinceMs : this.#world.now();
    batch(() => {
      this.phase.value = "held";
      this.hold.value = { reason, what, mend, sinceMs };
    });
  }
}

function warningAt(leftS: number | null): Warning | null {
  if (leftS === null || leftS >= 60) return null;
  return leftS < 15 ? 15 : 60;
}

/** What could not be done, as what holds the key. */
function obstacleOf(error: unknown): Obstacle {
  const mend = "Load the page again; what you have paid is kept.";
  const words = worded(error, "refused", "Something in this page went wrong.", mend);
  const isPassing = error instanceof GatewayError && error.isPassing;
  const reason = isPassing ? "gateway" : words.code === "chain" ? "chain" : "refused";
  return { reason, what: words.message, mend: words.mend };
}

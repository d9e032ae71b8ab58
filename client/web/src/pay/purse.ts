// The purse: gives the player its keys. Free ones while the preview lasts, then with ticks of a session that it opens
// without asking. What cannot be paid is held, with the reason in a signal, and tried again when something has changed.

import { batch, computed, effect, type ReadonlySignal, type Signal, signal, untracked } from "@preact/signals";
import { abortError, isAbort, worded } from "../common/errors";
import { GatewayError } from "../gateway/problem";
import { KeyGoneError } from "./errors";
import { ELSEWHERE, SessionHolder } from "./holder";
import { NATIVE_AHEAD_TICKS, NativePace } from "./native";
import type { Obstacle } from "./order";
import { answerTo, TOO_DEAR } from "./refusal";
import { Till } from "./till";
import type { Hold, HoldReason, KeyWish, OpenSession, Purse, PursePhase, Warning } from "./types";
import { Bell, Turnstile } from "./waiting";
import type { World } from "./world";

/** Keys kept after they were bought: seeking back in the player's buffer costs no request. */
const MAX_KEPT_KEYS = 128;

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
  ended: null,
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
  /** What ends listening to the world. */
  readonly #deaf: readonly (() => void)[];
  /** For a player that asks for keys itself: what it may be paid in the session at hand. */
  #native: NativePace | null = null;
  /** Whether such a player was told to try without paying, and the free seconds that there were. */
  #nativeTry: { readonly freeS: number | null } | null = null;
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
    const answering = effect(() => {
      // Whatever of these changes, a key that waits may be payable now.
      void [world.account.value, world.ledger.money.value, consent.value];
      this.#bell.ring();
    });
    const watching = effect(() => {
      // Each block may be the one that a held key waits for.
      void world.ledger.heights.value;
      if (this.hold.peek()?.reason === "block") this.#bell.ring();
    });
    this.#deaf = [answering, watching, this.#leaveWhenUnwanted()];
  }

  async key({ index, costTicks, signal: called }: KeyWish): Promise<Uint8Array> {
    return this.#turnstile.pass(async () => {
      for (;;) {
        const kept = this.#keys.get(index);
        if (kept) return kept;
        const { rings } = this.#bell;
        const attempt = await this.#attempt(index, costTicks, called);
        // What was bought is kept even when nobody waits for it any more.
        if (attempt !== "again" && "bytes" in attempt) return this.#keep(index, attempt.bytes);
        if (called?.aborted || this.#isDisposed) throw abortError();
        if (attempt === "again") continue;
        await this.#waitOut(attempt.obstacle, rings, called);
      }
    }, called);
  }

  start(): void {
    this.#consent.value = true;
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
    if (!this.#nativeTry && !this.#holder.till.peek() && (await this.#triesForNothing())) return playlist;
    return this.#turnstile.pass(async () => {
      this.previewLeftS.value = 0;
      for (;;) {
        const { rings } = this.#bell;
        const attempt = await this.#attemptNative(playlist);
        if (called?.aborted || this.#isDisposed) throw abortError();
        if (attempt === "again") continue;
        if (typeof attempt === "string") return attempt;
        await this.#waitOut(attempt, rings, called);
      }
    }, called);
  }

  played(seconds: number, aheadS = 0): void {
    const native = this.#native;
    if (!native) {
      const freeS = this.#nativeTry?.freeS ?? null;
      if (freeS !== null && this.phase.peek() === "preview")
        this.previewLeftS.value = Math.max(0, Math.ceil(freeS - seconds - aheadS));
      return;
    }
    // With Stop, or another account, the session is left: then this is not the one at hand any more.
    const { till } = native;
    if (till !== this.#holder.till.peek() || !till.isOpen || !this.#consent.peek()) return;
    native.played(seconds);
    if (seconds > 0) this.#holder.delivered();
    if (native.target <= till.news.revealed) return;
    // A payment that fails is made up for by the next: the player holds for as long as the gateway does.
    this.#turnstile
      .pass(() => till.advanceTo(native.target))
      .then(
        () => this.#paid(),
        () => {},
      );
  }

  async dispose(): Promise<void> {
    this.#isDisposed = true;
    for (const stop of this.#deaf) stop();
    this.#bell.ring();
    await this.#holder.dispose();
  }

  /** Leaves the session as soon as the viewer has stopped, in whichever tab, or has another account or none. */
  #leaveWhenUnwanted(): () => void {
    let viewer = this.#world.account.peek();
    return effect(() => {
      const now = this.#world.account.value;
      const isUnwanted = !this.#consent.value || now !== viewer;
      viewer = now;
      if (!isUnwanted) return;
      untracked(() => {
        if (!this.#consent.peek() && this.phase.peek() === "paying") this.phase.value = "stopped";
        void this.#holder.letGo();
      });
    });
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

  /** Whether there is a preview to try for, as far as is known. */
  async #triesForNothing(): Promise<boolean> {
    const view = await this.#world.counter.stream(this.stream).catch((error: unknown) => {
      if (error instanceof GatewayError) return null;
      throw error;
    });
    const freeS = view?.preview_ticks ?? null;
    this.#nativeTry = { freeS };
    if (freeS === 0) return false;
    batch(() => {
      this.previewLeftS.value = freeS;
      this.phase.value = "preview";
    });
    return true;
  }

  /** One try for a playlist with a token. */
  async #attemptNative(playlist: string): Promise<string | Obstacle | "again"> {
    let till: Till | null = null;
    try {
      const ready = await this.#holder.ready(NATIVE_AHEAD_TICKS);
      if (!(ready instanceof Till)) return ready;
      till = ready;
      const used = await till.look();
      if (!till.isOpen) return "again";
      if (used + NATIVE_AHEAD_TICKS > till.record.maxTicks) {
        await this.#holder.leave();
        return "again";
      }
      if (this.#native?.till === till) this.#native.beginAnew(used);
      else this.#native = new NativePace(till, used);
      if (this.#native.isBeyondPlayed) return TOO_DEAR;
      await till.advanceTo(this.#native.target);
      this.#paid();
      return `${playlist}?token=${till.record.session.slice(2)}.${till.token ?? ""}`;
    } catch (error) {
      if (till && this.#holder.till.peek() !== till) return "again";
      return this.#nativeRefused(till, error);
    }
  }

  async #nativeRefused(till: Till | null, error: unknown): Promise<Obstacle | "again"> {
    if (!till || !(error instanceof GatewayError)) return obstacleOf(error);
    const { maxTicks } = till.record;
    const { revealed } = till.news;
    const step = answerTo(error, { revealed, maxTicks, limit: revealed + 1 });
    if ("obstacle" in step) return step.obstacle;
    // It sells no more, or is not known any more, or knows of more ticks than we do.
    await this.#holder.leave();
    return "again";
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
        this.#holder.delivered();
        this.#paid();
        return { bytes: sale.bytes };
      case "gone":
        throw new KeyGoneError(index);
      case "hold":
        return { obstacle: sale.obstacle };
      case "renew":
        await this.#holder.leave();
        return "again";
    }
  }

  #paid(): void {
    batch(() => {
      // The last answer may come after Stop.
      this.phase.value = this.#consent.peek() ? "paying" : "stopped";
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

  /** Waits until something may have changed since the bell had rung so often. */
  async #waitOut(obstacle: Obstacle, rings: number, called: AbortSignal | undefined): Promise<void> {
    if (this.#bell.rings !== rings) return;
    this.#show(obstacle);
    const { reason, retryMs = RETRY_MS[reason] } = obstacle;
    await this.#bell.wait(retryMs, called);
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

// Gives the player its keys: free ones during the preview, then keys paid for with ticks of a session, which it opens
// without asking. A key that cannot be paid for is held, with the reason in a signal, and tried again when something
// has changed.

import { batch, computed, effect, type ReadonlySignal, type Signal, signal, untracked } from "@preact/signals";
import { abortError, isAbort, toUserError } from "../common/errors";
import { GatewayError } from "../gateway/problem";
import { BoughtKeys } from "./bought";
import { ChangeNotifier, Mutex } from "./concurrency";
import type { Consent } from "./consent";
import type { Environment } from "./environment";
import { KeyUnavailableError } from "./errors";
import { NATIVE_AHEAD_TICKS, NativePace } from "./native-pace";
import { asGiftObstacle, type Obstacle } from "./obstacles";
import { nextStep, OVERCHARGED } from "./payment-errors";
import { ELSEWHERE, SessionHolder } from "./session-holder";
import { SessionPayer } from "./session-payer";
import type {
  Hold,
  HoldReason,
  KeyProvider,
  KeyRequest,
  OpenSession,
  PaymentPhase,
  StreamOffer,
  Warning,
} from "./types";

/** Number of keys that are kept, so that seeking back within the player's buffer needs no request. */
const MAX_CACHED_KEYS = 128;

/** Milliseconds until a held key is tried again, by the reason of the hold. Null: only after a change. */
const RETRY_MS: Readonly<Record<HoldReason, number | null>> = {
  consent: null,
  dearer: null,
  wallet: null,
  deposit: null,
  key: null,
  expired: null,
  price: 10_000,
  scope: null,
  funds: null,
  allowance: null,
  sessions: 5_000,
  "key-sessions": 5_000,
  elsewhere: 2_000,
  block: 700,
  gateway: 1_000,
  chain: 2_000,
  refused: 10_000,
  ended: null,
  "gift-used-up": null,
  "gift-invalid": null,
  "gift-elsewhere": 5_000,
  "gift-unpaid": null,
  "gift-limits": 10_000,
};

/** Result of an attempt to get a key. `retry`: the session was left meanwhile, so try again at once. */
type Attempt = { readonly bytes: Uint8Array } | { readonly obstacle: Obstacle } | "retry";

export class StreamKeyProvider implements KeyProvider {
  readonly stream: string;
  readonly isGift: boolean;
  readonly offer: Signal<StreamOffer>;
  readonly phase: Signal<PaymentPhase> = signal("idle");
  readonly hold: Signal<Hold | null> = signal(null);
  readonly isStarted: ReadonlySignal<boolean>;
  readonly previewLeftS: Signal<number | null> = signal(null);
  readonly session: ReadonlySignal<OpenSession | null>;
  readonly spent: ReadonlySignal<bigint>;
  readonly fees: ReadonlySignal<bigint>;
  readonly leftS: ReadonlySignal<number | null>;
  readonly warning: ReadonlySignal<Warning | null>;
  readonly lastPaidMs: Signal<number | null> = signal(null);

  readonly #env: Environment;
  readonly #consent: Consent;
  readonly #holder: SessionHolder;
  readonly #changes = new ChangeNotifier();
  readonly #mutex = new Mutex();
  readonly #keys = new Map<number, Uint8Array>();
  /** End the effects that follow the environment. */
  readonly #disposers: readonly (() => void)[];
  /** For a player that fetches keys itself: how many ticks to reveal in the present session. */
  #native: NativePace | null = null;
  /** Whether such a player was sent to the free preview, and the length of that. */
  #nativePreview: { readonly freeS: number | null } | null = null;
  /** Keys that the present account has bought earlier. */
  #bought: { readonly viewer: string; readonly keys: BoughtKeys } | null = null;
  #isDisposed = false;

  constructor(env: Environment, offer: StreamOffer, consent: Consent) {
    this.stream = offer.stream;
    this.isGift = env.isGift;
    this.offer = signal(offer);
    this.#env = env;
    this.#consent = consent;
    this.#holder = new SessionHolder(env, this.offer, consent, () => this.#showHold(ELSEWHERE));
    this.session = this.#holder.session;
    this.isStarted = computed(() => {
      const { creator, pricePerTick } = this.offer.value;
      const isAgreed = pricePerTick <= (consent.agreedPrice(creator) ?? -1n);
      return consent.isPaying.value && (isAgreed || this.session.value !== null);
    });
    this.spent = this.#holder.spent;
    this.fees = this.#holder.fees;
    this.leftS = this.#holder.leftS;
    this.warning = computed(() => (this.isStarted.value ? warningAt(this.leftS.value) : null));
    const stopNotifying = effect(() => {
      // After a change of any of these, a held key may be payable.
      void [env.account.value, env.chain.money.value, consent.isPaying.value];
      this.#changes.notify();
    });
    const stopFollowingBlocks = effect(() => {
      // Each block may be the one that a held key waits for.
      void env.chain.heights.value;
      if (this.hold.peek()?.reason === "block") this.#changes.notify();
    });
    this.#disposers = [stopNotifying, stopFollowingBlocks, this.#leaveWhenUnwanted()];
    // How much a gift is worth is shown from the beginning. If that fails, the first key that is paid for says why.
    if (env.isGift) this.#holder.prepare().catch(() => {});
  }

  async key({ index, costTicks, signal: abortSignal }: KeyRequest): Promise<Uint8Array> {
    return this.#mutex.run(async () => {
      for (;;) {
        const cached = this.#keys.get(index);
        if (cached) return cached;
        const changesBefore = this.#changes.count;
        const attempt = await this.#attempt(index, costTicks, abortSignal);
        // A key that was paid for is kept even if the player does not wait for it any more.
        if (attempt !== "retry" && "bytes" in attempt) return this.#cache(index, attempt.bytes);
        if (abortSignal?.aborted || this.#isDisposed) throw abortError();
        if (attempt === "retry") continue;
        await this.#waitForChange(attempt.obstacle, changesBefore, abortSignal);
      }
    }, abortSignal);
  }

  update(offer: StreamOffer): void {
    this.offer.value = offer;
  }

  start(pricePerTick: bigint): void {
    this.#consent.agree(this.offer.peek().creator, pricePerTick);
    this.#holder.resetAttempts();
    this.#changes.notify();
  }

  async stop(): Promise<void> {
    this.#consent.stop();
    if (this.phase.peek() !== "held") this.phase.value = "stopped";
    await this.#holder.release();
  }

  async takeOver(): Promise<void> {
    await this.#holder.takeOver();
    this.#changes.notify();
  }

  async nativePlaylist(playlist: string, abortSignal?: AbortSignal): Promise<string> {
    // Such a player does not report whether a key was free. It tries the preview once, and comes back when that ends.
    if (!this.#nativePreview && !this.#holder.payer.peek() && (await this.#tryNativePreview())) return playlist;
    return this.#mutex.run(async () => {
      this.previewLeftS.value = 0;
      for (;;) {
        const changesBefore = this.#changes.count;
        const attempt = await this.#attemptNative(playlist);
        if (abortSignal?.aborted || this.#isDisposed) throw abortError();
        if (attempt === "retry") continue;
        if (typeof attempt === "string") return attempt;
        await this.#waitForChange(attempt, changesBefore, abortSignal);
      }
    }, abortSignal);
  }

  played(seconds: number, aheadS = 0): void {
    const native = this.#native;
    if (!native) {
      const freeS = this.#nativePreview?.freeS ?? null;
      if (freeS !== null && this.phase.peek() === "preview")
        this.previewLeftS.value = Math.max(0, Math.ceil(freeS - seconds - aheadS));
      return;
    }
    // After Stop, or with another account, this is not the present session any more.
    const { payer } = native;
    if (payer !== this.#holder.payer.peek() || !payer.isOpen || !this.#consent.isPaying.peek()) return;
    native.played(seconds);
    if (seconds > 0) this.#holder.keyCame();
    if (native.targetTicks <= payer.progress.revealedTicks) return;
    // The next call makes up for a payment that fails. Until then the player waits for its keys.
    this.#mutex
      .run(() => payer.advanceTo(native.targetTicks))
      .then(
        () => this.#paid(),
        () => {},
      );
  }

  async dispose(): Promise<void> {
    this.#isDisposed = true;
    for (const dispose of this.#disposers) dispose();
    this.#changes.notify();
    await this.#holder.dispose();
    this.#env.close();
  }

  /** Leaves the session as soon as the viewer has stopped, in any tab, or has changed the account. */
  #leaveWhenUnwanted(): () => void {
    let viewer = this.#env.account.peek();
    return effect(() => {
      const now = this.#env.account.value;
      const isUnwanted = !this.#consent.isPaying.value || now !== viewer;
      viewer = now;
      if (!isUnwanted) return;
      untracked(() => {
        if (!this.#consent.isPaying.peek() && this.phase.peek() === "paying") this.phase.value = "stopped";
        void this.#holder.release();
      });
    });
  }

  async #attempt(index: number, costTicks: number, abortSignal: AbortSignal | undefined): Promise<Attempt> {
    let payer: SessionPayer | null = null;
    try {
      const bought = await this.#boughtKey(index);
      if (bought) return { bytes: bought };
      if (!this.#holder.payer.peek() && this.previewLeftS.peek() !== 0) {
        const free = await this.#freeKey(index, abortSignal);
        if (free) return { bytes: free };
      }
      const ready = await this.#holder.ready(costTicks);
      if (!(ready instanceof SessionPayer)) return { obstacle: ready };
      payer = ready;
      return await this.#buy(payer, index, costTicks);
    } catch (error) {
      // The viewer has stopped, or another tab has taken over, during the payment.
      if (payer && this.#holder.payer.peek() !== payer) return "retry";
      if (isAbort(error) || error instanceof KeyUnavailableError) throw error;
      return { obstacle: obstacleOf(error) };
    }
  }

  /** A key that was bought earlier. Null if it has to be paid for. */
  async #boughtKey(index: number): Promise<Uint8Array | null> {
    const viewer = this.#env.account.peek();
    if (!viewer || !this.#env.bought) return null;
    if (this.#bought?.viewer !== viewer)
      this.#bought = { viewer, keys: new BoughtKeys(this.#env.bought, this.stream, viewer) };
    const bytes = await this.#bought.keys.key(index);
    if (bytes) {
      batch(() => {
        this.phase.value = "bought";
        this.hold.value = null;
      });
    }
    return bytes;
  }

  /** Notes that the player tries the preview. Returns false if the stream is known to have none. */
  async #tryNativePreview(): Promise<boolean> {
    const view = await this.#env.gateway.stream(this.stream).catch((error: unknown) => {
      if (error instanceof GatewayError) return null;
      throw error;
    });
    const freeS = view?.preview_ticks ?? null;
    this.#nativePreview = { freeS };
    if (freeS === 0) return false;
    batch(() => {
      this.previewLeftS.value = freeS;
      this.phase.value = "preview";
    });
    return true;
  }

  /** Attempts to get the URL of a playlist with a session's token. */
  async #attemptNative(playlist: string): Promise<string | Obstacle | "retry"> {
    let payer: SessionPayer | null = null;
    try {
      const ready = await this.#holder.ready(NATIVE_AHEAD_TICKS);
      if (!(ready instanceof SessionPayer)) return ready;
      payer = ready;
      const chargedTicks = await payer.refresh();
      if (!payer.isOpen) return "retry";
      if (chargedTicks + NATIVE_AHEAD_TICKS > payer.stored.maxTicks) {
        await this.#holder.leave();
        return "retry";
      }
      if (this.#native?.payer === payer) this.#native.restart(chargedTicks);
      else this.#native = new NativePace(payer, chargedTicks);
      if (this.#native.isExhausted) return OVERCHARGED;
      await payer.advanceTo(this.#native.targetTicks);
      this.#paid();
      return `${playlist}?token=${payer.stored.session.slice(2)}.${payer.token ?? ""}`;
    } catch (error) {
      if (payer && this.#holder.payer.peek() !== payer) return "retry";
      return this.#nativeRefused(payer, error);
    }
  }

  async #nativeRefused(payer: SessionPayer | null, error: unknown): Promise<Obstacle | "retry"> {
    if (!payer || !(error instanceof GatewayError)) return obstacleOf(error);
    const { maxTicks } = payer.stored;
    const { revealedTicks } = payer.progress;
    const next = nextStep(error, { revealedTicks, maxTicks, limit: revealedTicks + 1 });
    if ("obstacle" in next) return next.obstacle;
    // The session has ended, or is not known any more, or the gateway has seen more ticks than we know of.
    await this.#holder.leave();
    return "retry";
  }

  /** Requests a free key. Null if the preview is over. */
  async #freeKey(index: number, abortSignal: AbortSignal | undefined): Promise<Uint8Array | null> {
    try {
      const free = await this.#env.gateway.freeKey(this.stream, index, abortSignal);
      batch(() => {
        this.previewLeftS.value = free.ticksLeft;
        this.phase.value = "preview";
        this.hold.value = null;
      });
      return free.bytes;
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      if (error.status === 404) throw new KeyUnavailableError(index);
      if (error.status !== 402) throw error;
      this.previewLeftS.value = 0;
      return null;
    }
  }

  async #buy(payer: SessionPayer, index: number, costTicks: number): Promise<Attempt> {
    const purchase = await payer.buy(index, costTicks);
    switch (purchase.kind) {
      case "key":
        this.#holder.keyCame();
        this.#paid();
        return { bytes: purchase.bytes };
      case "gone":
        throw new KeyUnavailableError(index);
      case "hold":
        return { obstacle: purchase.obstacle };
      case "renew":
        await this.#holder.leave();
        return "retry";
    }
  }

  #paid(): void {
    batch(() => {
      // The last answer may arrive after Stop.
      this.phase.value = this.#consent.isPaying.peek() ? "paying" : "stopped";
      this.hold.value = null;
      this.lastPaidMs.value = this.#env.now();
    });
  }

  #cache(index: number, bytes: Uint8Array): Uint8Array {
    this.#keys.set(index, bytes);
    const [oldest] = this.#keys.keys();
    if (this.#keys.size > MAX_CACHED_KEYS && oldest !== undefined) this.#keys.delete(oldest);
    return bytes;
  }

  /** Shows the obstacle and waits, unless something has already changed since `changesBefore`. */
  async #waitForChange(found: Obstacle, changesBefore: number, abortSignal: AbortSignal | undefined): Promise<void> {
    if (this.#changes.count !== changesBefore) return;
    const obstacle = this.#env.isGift ? asGiftObstacle(found) : found;
    this.#showHold(obstacle);
    const { reason, retryMs = RETRY_MS[reason] } = obstacle;
    await this.#changes.wait(retryMs, abortSignal);
  }

  #showHold({ reason, message, hint }: Obstacle): void {
    const before = this.hold.peek();
    const sinceMs = before?.reason === reason ? before.sinceMs : this.#env.now();
    batch(() => {
      this.phase.value = "held";
      this.hold.value = { reason, message, hint, sinceMs };
    });
  }
}

function warningAt(leftS: number | null): Warning | null {
  if (leftS === null || leftS >= 60) return null;
  return leftS < 15 ? 15 : 60;
}

/** The obstacle after an error. */
function obstacleOf(cause: unknown): Obstacle {
  const hint = "Load the page again. What you have paid for is kept.";
  const error = toUserError(cause, "refused", "Something went wrong in this page.", hint);
  const isTransient = cause instanceof GatewayError && cause.isTransient;
  const reason = isTransient ? "gateway" : error.code === "chain" ? "chain" : "refused";
  return { reason, message: error.message, hint: error.hint };
}

// Pays within one session: reveals its ticks, one key after the other, and never more than a key costs.

import { fromHex, toHex } from "../common/bytes";
import { badAnswer, GatewayError } from "../gateway/problem";
import type { Paid, SessionView } from "../gateway/types";
import type { Environment, PaymentConnection } from "./environment";
import type { Obstacle } from "./obstacles";
import { nextStep, OVERCHARGED, ROUNDING_TICKS } from "./payment-errors";
import { type StoredSession, storeProgress } from "./stored-sessions";

/** Maximum number of requests for the same key, each with something new: more ticks, or a token. */
const MAX_REQUESTS = 4;
const KEY_BYTES = 16;

/** Result of buying a key. */
export type Purchase =
  | { readonly kind: "key"; readonly bytes: Uint8Array }
  | { readonly kind: "hold"; readonly obstacle: Obstacle }
  | { readonly kind: "renew" | "gone" };

/** Progress of a session. */
export interface SessionProgress {
  readonly revealedTicks: number;
  readonly settledTicks: number;
  /** Whether the session is in a block: then the deposit shows its reserve. */
  readonly isIncluded: boolean;
}

export class SessionPayer {
  readonly stored: StoredSession;
  readonly #env: Pick<Environment, "ticks" | "gateway">;
  readonly #connection: PaymentConnection;
  readonly #onProgress: (progress: SessionProgress) => void;
  #revealedTicks: number;
  /** Charged ticks, updated only when a key has come. */
  #chargedTicks: number;
  /** Charged ticks as the gateway reports them. No tick is revealed because of these alone. */
  #reportedTicks: number;
  /** Revealed ticks when the last key came: the limit for the next key is counted from here. */
  #ticksAtLastKey: number;
  /**
   * Ticks revealed since then for another key, which did not come. One key may get lost; further ones are not paid for.
   */
  #lostTicks = 0;
  /** The key that is being bought. It may be requested again after a hold, without raising the limit. */
  #current: { readonly index: number; readonly costTicks: number } | null = null;
  #settledTicks: number;
  #isIncluded: boolean;
  #isOver = false;

  /** `onProgress` is called whenever the progress may have changed. */
  constructor(
    env: Pick<Environment, "ticks" | "gateway">,
    stored: StoredSession,
    view: SessionView,
    onProgress: (progress: SessionProgress) => void,
  ) {
    this.stored = stored;
    this.#env = env;
    this.#onProgress = onProgress;
    // What the gateway has seen was revealed, whatever this browser has stored.
    this.#revealedTicks = Math.min(Math.max(stored.revealedTicks, view.revealed_ticks), stored.maxTicks);
    this.#chargedTicks = Math.min(view.charged_ticks, this.#revealedTicks);
    this.#reportedTicks = this.#chargedTicks;
    this.#ticksAtLastKey = this.#revealedTicks;
    this.#settledTicks = view.settled_ticks;
    this.#isIncluded = view.phase !== "offered";
    this.#connection = env.gateway.openConnection(stored.session, stored.token, (now) => this.#update(now));
  }

  get progress(): SessionProgress {
    return { revealedTicks: this.#revealedTicks, settledTicks: this.#settledTicks, isIncluded: this.#isIncluded };
  }

  /** False once the gateway has said that the session gives no more keys, or the session was left. */
  get isOpen(): boolean {
    return !this.#isOver;
  }

  get token(): string | null {
    return this.#connection.token;
  }

  /** Buys one key. */
  async buy(index: number, costTicks: number): Promise<Purchase> {
    const limit = this.#begin(index, costTicks);
    let requiredTicks = this.#chargedTicks + costTicks;
    for (let request = 0; request < MAX_REQUESTS; request++) {
      if (requiredTicks > this.stored.maxTicks) return { kind: "renew" };
      if (requiredTicks > this.#revealedTicks && requiredTicks > limit) return { kind: "hold", obstacle: OVERCHARGED };
      try {
        const paid = await this.#pay(Math.max(requiredTicks, this.#revealedTicks), index, 1);
        const key = paid.keys?.find((one) => one.index === index);
        const bytes = key && fromHex(key.key, KEY_BYTES);
        if (!bytes) throw badAnswer("a payment was answered without its key");
        this.#keyCame();
        return { kind: "key", bytes };
      } catch (error) {
        if (!(error instanceof GatewayError)) throw error;
        const { maxTicks } = this.stored;
        const next = nextStep(error, { revealedTicks: this.#revealedTicks, maxTicks, limit });
        if (next.step === "hold" || next.step === "refused") return { kind: "hold", obstacle: next.obstacle };
        if (next.step !== "pay") return { kind: next.step };
        requiredTicks = next.ticks;
      }
    }
    const message = "The gateway keeps refusing this part of the stream.";
    return {
      kind: "hold",
      obstacle: { reason: "refused", message, hint: "Jump to live, or watch another stream." },
    };
  }

  /** Reveals ticks up to `ticks` for a player that fetches keys itself; one more if a token is needed. */
  async advanceTo(ticks: number): Promise<void> {
    const least = this.token === null ? this.#revealedTicks + 1 : this.#revealedTicks;
    const target = Math.min(Math.max(ticks, least), this.stored.maxTicks);
    if (target > this.#revealedTicks || this.token === null) await this.#pay(target, 0, 0);
  }

  /** Requests the state of the session. Returns the charged ticks that the gateway reports. */
  async refresh(): Promise<number> {
    this.#update(await this.#env.gateway.session(this.stored.session));
    return this.#reportedTicks;
  }

  close(): void {
    this.#isOver = true;
    this.#connection.close();
  }

  /** Begins to buy a key, or continues with it. Returns the highest tick that may be revealed for it. */
  #begin(index: number, costTicks: number): number {
    const before = this.#current;
    if (before && before.index !== index) {
      const lost = Math.min(this.#revealedTicks - this.#ticksAtLastKey, before.costTicks + ROUNDING_TICKS);
      this.#lostTicks = Math.max(this.#lostTicks, lost);
    }
    if (before?.index !== index) this.#current = { index, costTicks };
    return this.#ticksAtLastKey + this.#lostTicks + costTicks + ROUNDING_TICKS;
  }

  /** Counts the last key as paid for, which happens only when it has come. */
  #keyCame(): void {
    this.#current = null;
    this.#lostTicks = 0;
    this.#ticksAtLastKey = this.#revealedTicks;
    this.#chargedTicks = this.#reportedTicks;
  }

  async #pay(ticks: number, index: number, count: number): Promise<Paid> {
    const proof = await this.#env.ticks.proof(this.stored.session, ticks);
    if (ticks > this.#revealedTicks) {
      // Stored first: after a reload, the number of revealed ticks must not be underestimated.
      await storeProgress(this.stored.session, ticks, this.token);
      if (this.#isOver) throw badAnswer("the session was closed during the payment");
      this.#revealedTicks = ticks;
      this.#report();
    }
    const tokenBefore = this.token;
    const paid = await this.#connection.pay({ index, count, ticks, proof: toHex(proof) });
    this.#update(paid.session);
    if (this.token !== tokenBefore) await storeProgress(this.stored.session, this.#revealedTicks, this.token);
    return paid;
  }

  #update(view: SessionView): void {
    this.#settledTicks = Math.max(this.#settledTicks, view.settled_ticks);
    // More than was revealed cannot have been charged. Believing a higher number would mean paying ahead.
    this.#reportedTicks = Math.min(view.charged_ticks, this.#revealedTicks);
    this.#isIncluded ||= view.phase !== "offered";
    if (view.phase === "closing" || view.phase === "closed" || view.phase === "rejected") this.#isOver = true;
    this.#report();
  }

  #report(): void {
    this.#onProgress(this.progress);
  }
}

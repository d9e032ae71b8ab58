// A session in hand: lets go of its ticks, one key after the other, and never of more than a key costs.

import { fromHex, toHex } from "../common/bytes";
import { badAnswer, GatewayError } from "../gateway/problem";
import type { Paid, SessionView } from "../gateway/types";
import type { Obstacle } from "./order";
import { noteProgress, type SessionRecord } from "./records";
import { answerTo, ROUNDING_TICKS, TOO_DEAR } from "./refusal";
import type { PaymentLine, World } from "./world";

/** How often the same key is asked for with something new to show. */
const MAX_ASKS = 4;
const KEY_BYTES = 16;

/** What came of asking for a key. */
export type Sale =
  | { readonly kind: "key"; readonly bytes: Uint8Array }
  | { readonly kind: "hold"; readonly obstacle: Obstacle }
  | { readonly kind: "renew" | "gone" };

/** What a till tells whoever shows it. */
export interface TillNews {
  readonly revealed: number;
  readonly settled: number;
  /** Whether the open is in a block: the deposit then shows the reserve. */
  readonly isIncluded: boolean;
}

export class Till {
  readonly record: SessionRecord;
  readonly #world: Pick<World, "ticks" | "counter">;
  readonly #line: PaymentLine;
  readonly #onNews: (news: TillNews) => void;
  /** The highest tick let go of. */
  #revealed: number;
  /** Ticks that keys were given for, as far as keys have come. */
  #used: number;
  /** The same by the gateway's word, which alone lets go of nothing. */
  #usedAsTold: number;
  /** What had been let go of when the last key came: what may be let go of for the next one is counted from here. */
  #deliveredAt: number;
  /** Ticks let go of since then for another key, which has not come: one key may get lost, the rest is not paid for. */
  #lost = 0;
  /** The key that is being bought: it may be asked for again after a hold, and must not become dearer by that. */
  #begun: { readonly index: number; readonly costTicks: number } | null = null;
  #settled: number;
  #isIncluded: boolean;
  #isOver = false;

  constructor(world: World, record: SessionRecord, view: SessionView, onNews: (news: TillNews) => void) {
    this.record = record;
    this.#world = world;
    this.#onNews = onNews;
    // What the gateway has seen was let go of, whatever this browser remembers.
    this.#revealed = Math.min(Math.max(record.revealed, view.paid_ticks), record.maxTicks);
    this.#used = Math.min(view.used_ticks, this.#revealed);
    this.#usedAsTold = this.#used;
    this.#deliveredAt = this.#revealed;
    this.#settled = view.settled_ticks;
    this.#isIncluded = view.phase !== "offered";
    this.#line = world.counter.line(record.session, record.token, (now) => this.#hear(now));
  }

  get news(): TillNews {
    return { revealed: this.#revealed, settled: this.#settled, isIncluded: this.#isIncluded };
  }

  /** False once the gateway has said that the session sells no more. */
  get isOpen(): boolean {
    return !this.#isOver;
  }

  get token(): string | null {
    return this.#line.token;
  }

  /** Buys one key. */
  async buy(index: number, costTicks: number): Promise<Sale> {
    const limit = this.#begin(index, costTicks);
    let due = this.#used + costTicks;
    for (let ask = 0; ask < MAX_ASKS; ask++) {
      if (due > this.record.maxTicks) return { kind: "renew" };
      if (due > this.#revealed && due > limit) return { kind: "hold", obstacle: TOO_DEAR };
      try {
        const paid = await this.#pay(Math.max(due, this.#revealed), index, 1);
        const key = paid.keys?.find((one) => one.index === index);
        const bytes = key && fromHex(key.key, KEY_BYTES);
        if (!bytes) throw badAnswer("a payment was answered without its key");
        this.#deliver();
        return { kind: "key", bytes };
      } catch (error) {
        if (!(error instanceof GatewayError)) throw error;
        const step = answerTo(error, { revealed: this.#revealed, maxTicks: this.record.maxTicks, limit });
        if (step.step === "hold" || step.step === "refused") return { kind: "hold", obstacle: step.obstacle };
        if (step.step !== "pay") return { kind: step.step };
        due = step.ticks;
      }
    }
    const what = "The gateway keeps refusing this part of the stream.";
    return { kind: "hold", obstacle: { reason: "refused", what, mend: "Jump to live, or watch something else." } };
  }

  /** Lets go of ticks up to one, for a player that asks for keys itself; of one more if that is what a token takes. */
  async advanceTo(ticks: number): Promise<void> {
    const least = this.token === null ? this.#revealed + 1 : this.#revealed;
    const target = Math.min(Math.max(ticks, least), this.record.maxTicks);
    if (target > this.#revealed || this.token === null) await this.#pay(target, 0, 0);
  }

  /** Asks the gateway how the session stands. Answers ticks that keys were given for, by its word. */
  async look(): Promise<number> {
    this.#hear(await this.#world.counter.session(this.record.session));
    return this.#usedAsTold;
  }

  close(): void {
    this.#isOver = true;
    this.#line.close();
  }

  /** Begins with a key, or goes on with it. Answers the highest tick that may be let go of for it. */
  #begin(index: number, costTicks: number): number {
    const before = this.#begun;
    if (before && before.index !== index) {
      const gone = Math.min(this.#revealed - this.#deliveredAt, before.costTicks + ROUNDING_TICKS);
      this.#lost = Math.max(this.#lost, gone);
    }
    if (before?.index !== index) this.#begun = { index, costTicks };
    return this.#deliveredAt + this.#lost + costTicks + ROUNDING_TICKS;
  }

  /** A key has come: only now it counts as paid for. */
  #deliver(): void {
    this.#begun = null;
    this.#lost = 0;
    this.#deliveredAt = this.#revealed;
    this.#used = this.#usedAsTold;
  }

  async #pay(ticks: number, index: number, count: number): Promise<Paid> {
    const proof = await this.#world.ticks.proof(this.record.session, ticks);
    if (ticks > this.#revealed) {
      // Written down first: after a reload nobody may believe that less was let go of.
      await noteProgress(this.record.session, ticks, this.token);
      if (this.#isOver) throw badAnswer("the session was closed meanwhile");
      this.#revealed = ticks;
      this.#tell();
    }
    const tokenBefore = this.token;
    const paid = await this.#line.pay({ index, count, ticks, proof: toHex(proof) });
    this.#hear(paid.session);
    if (this.token !== tokenBefore) await noteProgress(this.record.session, this.#revealed, this.token);
    return paid;
  }

  #hear(view: SessionView): void {
    this.#settled = Math.max(this.#settled, view.settled_ticks);
    // More than was let go of cannot have been used: a higher number would only make us pay ahead.
    this.#usedAsTold = Math.min(view.used_ticks, this.#revealed);
    this.#isIncluded ||= view.phase !== "offered";
    if (view.phase === "closing" || view.phase === "closed" || view.phase === "dead") this.#isOver = true;
    this.#tell();
  }

  #tell(): void {
    this.#onNews(this.news);
  }
}

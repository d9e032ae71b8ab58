// Keeps tick chains: makes seeds, writes them down before an anchor is told, and tells proofs. Runs in the Web Worker, so
// that hashing an hour of ticks never takes a frame from the video, and so that seeds stay out of the page's scripts.

import { fromHex } from "../common/bytes";
import { WordedError } from "../common/errors";
import { change, read } from "./database";
import { SESSION_ID_BYTES } from "./hashing";
import { TickChain } from "./tickChain";

/** Chains kept ready at the same time; the one used longest ago is made again from its seed when needed. */
const MAX_READY_CHAINS = 8;

interface KeptSeed {
  readonly seed: Uint8Array;
  readonly length: number;
}

export class TickKeeper {
  readonly #ready = new Map<string, TickChain>();

  /** Makes a chain from a fresh seed and answers its anchor. The seed is on disk before that. A session that has one gets
   * a new one: that is how a ticket that was never taken is replaced. */
  async make(session: string, length: number): Promise<Uint8Array> {
    const seed = crypto.getRandomValues(new Uint8Array(32));
    const chain = new TickChain(idOf(session), seed, length);
    await change<KeptSeed>("seeds", session, () => ({ seed, length }));
    this.#keepReady(session, chain);
    return chain.anchor;
  }

  /** The proof of a tick. */
  async proof(session: string, tick: number): Promise<Uint8Array> {
    const chain = this.#ready.get(session) ?? (await this.#load(session));
    const proof = chain.proof(tick);
    if (!proof) throw new WordedError("ticks", `The session has ${chain.length} ticks; there is no tick ${tick}.`);
    return proof;
  }

  /** Forgets a session that is over. */
  async forget(session: string): Promise<void> {
    this.#ready.delete(session);
    await change<KeptSeed>("seeds", session, () => null);
  }

  async #load(session: string): Promise<TickChain> {
    const kept = await read<KeptSeed>("seeds", session);
    if (!kept) {
      throw new WordedError("ticks", "This browser has no ticks for the session.", "Begin a new session.");
    }
    const chain = new TickChain(idOf(session), kept.seed, kept.length);
    this.#keepReady(session, chain);
    return chain;
  }

  #keepReady(session: string, chain: TickChain): void {
    this.#ready.delete(session);
    this.#ready.set(session, chain);
    const [oldest] = this.#ready.keys();
    if (this.#ready.size > MAX_READY_CHAINS && oldest !== undefined) this.#ready.delete(oldest);
  }
}

function idOf(session: string): Uint8Array {
  const id = fromHex(session, SESSION_ID_BYTES);
  if (!id) throw new WordedError("ticks", `'${session}' is not a session.`);
  return id;
}

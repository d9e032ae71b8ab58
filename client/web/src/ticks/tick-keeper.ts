// Makes and keeps tick chains, and gives their proofs. It runs in a Web Worker, so that hashing an hour of ticks does
// not take a frame from the video, and so that the page's scripts never see a seed.

import { fromHex } from "../common/bytes";
import { UserError } from "../common/errors";
import { change, read } from "./database";
import { SESSION_ID_BYTES } from "./hashing";
import { TickChain } from "./tick-chain";

/** Maximum number of chains in memory. The one used longest ago is made again from its seed when it is needed. */
const MAX_CHAINS_IN_MEMORY = 8;

interface StoredSeed {
  readonly seed: Uint8Array;
  readonly length: number;
}

export class TickKeeper {
  readonly #chains = new Map<string, TickChain>();

  /**
   * Makes a chain from a fresh seed and returns its anchor. The seed is stored before that. A session that has a chain
   * gets a new one: a ticket that was never accepted is replaced this way.
   */
  async make(session: string, length: number): Promise<Uint8Array> {
    const seed = crypto.getRandomValues(new Uint8Array(32));
    const chain = new TickChain(parseSession(session), seed, length);
    await change<StoredSeed>("seeds", session, () => ({ seed, length }));
    this.#remember(session, chain);
    return chain.anchor;
  }

  /** Returns the proof of a tick. */
  async proof(session: string, tick: number): Promise<Uint8Array> {
    const chain = this.#chains.get(session) ?? (await this.#load(session));
    const proof = chain.proof(tick);
    if (!proof) throw new UserError("ticks", `The session has ${chain.length} ticks; there is no tick ${tick}.`);
    return proof;
  }

  /** Deletes the seed of a session that is over. */
  async forget(session: string): Promise<void> {
    this.#chains.delete(session);
    await change<StoredSeed>("seeds", session, () => null);
  }

  async #load(session: string): Promise<TickChain> {
    const stored = await read<StoredSeed>("seeds", session);
    if (!stored) throw new UserError("ticks", "This browser has no ticks for the session.", "Start a new session.");
    const chain = new TickChain(parseSession(session), stored.seed, stored.length);
    this.#remember(session, chain);
    return chain;
  }

  #remember(session: string, chain: TickChain): void {
    this.#chains.delete(session);
    this.#chains.set(session, chain);
    const [oldest] = this.#chains.keys();
    if (this.#chains.size > MAX_CHAINS_IN_MEMORY && oldest !== undefined) this.#chains.delete(oldest);
  }
}

function parseSession(session: string): Uint8Array {
  const id = fromHex(session, SESSION_ID_BYTES);
  if (!id) throw new UserError("ticks", `'${session}' is not a session id.`);
  return id;
}

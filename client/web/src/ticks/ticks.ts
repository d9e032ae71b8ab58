// The page's side of the tick worker: asks, and waits for the answer. The worker starts when it is first needed.

import { WordedError } from "../common/errors";
import type { FromWorker, ToWorker } from "./messages";

/** What the paying layer needs of tick chains. */
export interface Ticks {
  /** Makes a chain of so many ticks for a session, and answers its anchor. */
  make(session: string, length: number): Promise<Uint8Array>;
  /** The proof of a tick. */
  proof(session: string, tick: number): Promise<Uint8Array>;
  /** Forgets a session that is over. */
  forget(session: string): Promise<void>;
}

interface Waiting {
  readonly resolve: (bytes: Uint8Array | null) => void;
  readonly reject: (error: WordedError) => void;
}

/** Distributes over the members of a union, so that each keeps its own fields. */
type WithoutId<M> = M extends unknown ? Omit<M, "id"> : never;

class WorkerTicks implements Ticks {
  #worker: Worker | null = null;
  #lastId = 0;
  /** Bounded by its callers: a purse has one request under way at a time. */
  readonly #waiting = new Map<number, Waiting>();

  async make(session: string, length: number): Promise<Uint8Array> {
    return bytesOf(await this.#ask({ do: "make", session, length }));
  }

  async proof(session: string, tick: number): Promise<Uint8Array> {
    return bytesOf(await this.#ask({ do: "proof", session, tick }));
  }

  async forget(session: string): Promise<void> {
    await this.#ask({ do: "forget", session });
  }

  #ask(message: WithoutId<ToWorker>): Promise<Uint8Array | null> {
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#running().postMessage({ ...message, id });
    });
  }

  #running(): Worker {
    if (this.#worker) return this.#worker;
    const worker = new Worker(new URL("./ticks.worker.ts", import.meta.url), { type: "module", name: "ticks" });
    worker.onmessage = (event: MessageEvent<FromWorker>) => this.#settle(event.data);
    worker.onerror = () => this.#fail();
    this.#worker = worker;
    return worker;
  }

  #settle(answer: FromWorker): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if ("code" in answer) waiting?.reject(new WordedError(answer.code, answer.what, answer.mend));
    else waiting?.resolve(answer.bytes);
  }

  /** The worker is gone: everybody who waits is told, and the next request starts another one. */
  #fail(): void {
    this.#worker?.terminate();
    this.#worker = null;
    const error = new WordedError(
      "ticks",
      "The part of the page that makes ticks has stopped.",
      "Load the page again.",
    );
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}

function bytesOf(bytes: Uint8Array | null): Uint8Array {
  if (!bytes) throw new WordedError("ticks", "The part of the page that makes ticks gave no answer.", "Try again.");
  return bytes;
}

/** The page's tick chains. */
export const ticks: Ticks = new WorkerTicks();

// The page's side of the tick worker: sends requests and waits for the answers. The worker starts with the first
// request.

import { UserError } from "../common/errors";
import type { FromWorker, ToWorker } from "./worker-messages";

/** Tick chains, as the paying layer uses them. */
export interface Ticks {
  /** Makes a chain of `length` ticks for a session, and returns its anchor. */
  make(session: string, length: number): Promise<Uint8Array>;
  /** Returns the proof of a tick. */
  proof(session: string, tick: number): Promise<Uint8Array>;
  /** Deletes the chain of a session that is over. */
  forget(session: string): Promise<void>;
}

interface PendingRequest {
  readonly resolve: (bytes: Uint8Array | null) => void;
  readonly reject: (error: UserError) => void;
}

/** `Omit<M, "id">` applied to each member of a union, so that each keeps its own fields. */
type WithoutId<M> = M extends unknown ? Omit<M, "id"> : never;

class WorkerTicks implements Ticks {
  #worker: Worker | null = null;
  #lastId = 0;
  /** Bounded by the callers: a key provider has one request pending at a time. */
  readonly #pending = new Map<number, PendingRequest>();

  async make(session: string, length: number): Promise<Uint8Array> {
    return bytesOf(await this.#request({ do: "make", session, length }));
  }

  async proof(session: string, tick: number): Promise<Uint8Array> {
    return bytesOf(await this.#request({ do: "proof", session, tick }));
  }

  async forget(session: string): Promise<void> {
    await this.#request({ do: "forget", session });
  }

  #request(message: WithoutId<ToWorker>): Promise<Uint8Array | null> {
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
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
    const pending = this.#pending.get(answer.id);
    this.#pending.delete(answer.id);
    if ("code" in answer) pending?.reject(new UserError(answer.code, answer.message, answer.hint));
    else pending?.resolve(answer.bytes);
  }

  /** Rejects all pending requests after the worker has stopped. The next request starts another worker. */
  #fail(): void {
    this.#worker?.terminate();
    this.#worker = null;
    const error = new UserError("ticks", "The page's payment worker has stopped.", "Load the page again.");
    for (const { reject } of this.#pending.values()) reject(error);
    this.#pending.clear();
  }
}

function bytesOf(bytes: Uint8Array | null): Uint8Array {
  if (!bytes) throw new UserError("ticks", "The page's payment worker gave no answer.", "Load the page again.");
  return bytes;
}

/** The page's tick chains. */
export const ticks: Ticks = new WorkerTicks();

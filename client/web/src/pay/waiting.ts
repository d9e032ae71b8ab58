// Waiting for things to change: what holds a key until money, permission or the gateway is there.

import { abortError } from "../common/errors";

/** Wakes whoever waits. */
export class Bell {
  /** Bounded by the keys that a player asks for at the same time. */
  readonly #waiting = new Set<() => void>();
  #rings = 0;

  /** How often it has rung: whoever looked around before knows by it whether something has changed meanwhile. */
  get rings(): number {
    return this.#rings;
  }

  ring(): void {
    this.#rings++;
    for (const wake of [...this.#waiting]) wake();
  }

  /** Resolves when the bell rings, or after `timeoutMs`; rejects when called off. */
  wait(timeoutMs: number | null, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(abortError());
        return;
      }
      const timer = timeoutMs === null ? undefined : setTimeout(() => done(resolve), timeoutMs);
      const wake = () => done(resolve);
      const callOff = () => done(() => reject(abortError()));
      const done = (settle: () => void) => {
        clearTimeout(timer);
        this.#waiting.delete(wake);
        signal?.removeEventListener("abort", callOff);
        settle();
      };
      this.#waiting.add(wake);
      signal?.addEventListener("abort", callOff);
    });
  }
}

/** Lets one piece of work in at a time, in the order of asking. */
export class Turnstile {
  #last: Promise<void> = Promise.resolve();

  async pass<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const before = this.#last;
    let leave: () => void = () => {};
    this.#last = new Promise((resolve) => {
      leave = resolve;
    });
    await before;
    try {
      if (signal?.aborted) throw abortError();
      return await work();
    } finally {
      leave();
    }
  }
}

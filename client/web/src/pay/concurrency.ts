// Waiting for changes, and doing one thing at a time.

import { abortError } from "../common/errors";

/** Wakes those who wait for a change. */
export class ChangeNotifier {
  /** Bounded by the number of keys that a player requests at the same time. */
  readonly #waiting = new Set<() => void>();
  #count = 0;

  /** Number of changes so far. Compare it with an earlier value to see whether something has changed in between. */
  get count(): number {
    return this.#count;
  }

  notify(): void {
    this.#count++;
    for (const wake of [...this.#waiting]) wake();
  }

  /** Resolves with the next change, or after `timeoutMs` (null: never). Rejects with an `AbortError` when cancelled. */
  wait(timeoutMs: number | null, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(abortError());
        return;
      }
      const timer = timeoutMs === null ? undefined : setTimeout(() => settle(resolve), timeoutMs);
      const wake = () => settle(resolve);
      const cancel = () => settle(() => reject(abortError()));
      const settle = (finish: () => void) => {
        clearTimeout(timer);
        this.#waiting.delete(wake);
        signal?.removeEventListener("abort", cancel);
        finish();
      };
      this.#waiting.add(wake);
      signal?.addEventListener("abort", cancel);
    });
  }
}

/** Runs one task at a time, in the order of the calls. */
export class Mutex {
  #last: Promise<void> = Promise.resolve();

  /** Waits for its turn, then runs `work`. Rejects with an `AbortError` if it was cancelled before its turn. */
  async run<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const before = this.#last;
    let release: () => void = () => {};
    this.#last = new Promise((resolve) => {
      release = resolve;
    });
    await before;
    try {
      if (signal?.aborted) throw abortError();
      return await work();
    } finally {
      release();
    }
  }
}

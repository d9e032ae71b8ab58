// Locks between the tabs of a browser: only one tab may pay for a stream. A lock is freed when its tab closes.

/** A lock that this tab has taken. */
export interface HeldLock {
  /** False once the lock was released, or another tab has taken it. */
  readonly isHeld: boolean;
  /** Resolves when another tab takes the lock; never after it was released. */
  readonly taken: Promise<void>;
  release(): void;
}

class Lock implements HeldLock {
  isHeld = true;
  readonly taken: Promise<void>;
  /** The browser keeps the lock for as long as this is pending. */
  readonly released: Promise<void>;
  #resolveReleased!: () => void;
  #resolveTaken!: () => void;

  constructor() {
    this.released = new Promise((resolve) => {
      this.#resolveReleased = resolve;
    });
    this.taken = new Promise((resolve) => {
      this.#resolveTaken = resolve;
    });
  }

  release(): void {
    this.isHeld = false;
    this.#resolveReleased();
  }

  wasTaken(): void {
    if (!this.isHeld) return;
    this.isHeld = false;
    this.#resolveTaken();
  }
}

/**
 * Takes a lock. Resolves with null if another tab holds it; with `steal`, takes it from that tab. In a browser without
 * Web Locks (or outside a secure context) it always succeeds: two tabs are not kept apart there.
 */
export function takeLock(name: string, steal = false): Promise<HeldLock | null> {
  if (!("locks" in navigator)) return Promise.resolve(new Lock());
  return new Promise((resolve, reject) => {
    const held = new Lock();
    const options: LockOptions = steal ? { steal: true } : { ifAvailable: true };
    navigator.locks
      .request(name, options, (lock) => {
        if (!lock) {
          resolve(null);
          return undefined;
        }
        resolve(held);
        return held.released;
      })
      // Stealing a lock rejects the request of the tab that held it.
      .catch((error: unknown) => {
        held.wasTaken();
        reject(error);
      });
  });
}

/** Waits for a lock, and holds it while `work` runs. */
export async function withLock<T>(name: string, work: () => Promise<T>): Promise<T> {
  return "locks" in navigator ? await navigator.locks.request(name, async () => await work()) : await work();
}

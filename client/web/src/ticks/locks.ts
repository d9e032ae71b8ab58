// One tab pays for a stream, not two: whoever holds the stream's lock may let go of ticks. Locks vanish with their tab.

/** A lock that is held. */
export interface HeldLock {
  /** False once another tab has taken it. */
  readonly isHeld: boolean;
  /** Resolves when another tab takes it; never when it is released. */
  readonly taken: Promise<void>;
  release(): void;
}

class Held implements HeldLock {
  isHeld = true;
  readonly taken: Promise<void>;
  /** Keeps the lock for as long as it is pending. */
  readonly kept: Promise<void>;
  #letGo!: () => void;
  #tell!: () => void;

  constructor() {
    this.kept = new Promise((resolve) => {
      this.#letGo = resolve;
    });
    this.taken = new Promise((resolve) => {
      this.#tell = resolve;
    });
  }

  release(): void {
    this.isHeld = false;
    this.#letGo();
  }

  wasTaken(): void {
    if (!this.isHeld) return;
    this.isHeld = false;
    this.#tell();
  }
}

/** A lock for those browsers that have none: pages without a secure context. There, two tabs are not kept apart. */
function freely(): HeldLock {
  return new Held();
}

/** Takes the lock if nobody has it; null when another tab has. With `steal` it is taken from that tab. */
export function takeLock(name: string, steal = false): Promise<HeldLock | null> {
  if (!("locks" in navigator)) return Promise.resolve(freely());
  return new Promise((resolve, reject) => {
    const held = new Held();
    const options: LockOptions = steal ? { steal: true } : { ifAvailable: true };
    navigator.locks
      .request(name, options, (lock) => {
        if (!lock) {
          resolve(null);
          return undefined;
        }
        resolve(held);
        return held.kept;
      })
      // A lock that was stolen rejects its holder's request.
      .catch((error: unknown) => {
        held.wasTaken();
        reject(error);
      });
  });
}

/** Does something while no other tab does the same. */
export async function alone<T>(name: string, work: () => Promise<T>): Promise<T> {
  return "locks" in navigator ? await navigator.locks.request(name, async () => await work()) : await work();
}

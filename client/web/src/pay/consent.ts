// What the viewer has agreed to pay without being asked again: for each creator, up to a price per second. It begins
// with a press on Start and holds over streams and reloads. After Stop, nothing is paid until Start is pressed again.
// The limits on chain bound what can be spent; consent is about not being charged for what one has not chosen.

import { batch, effect, type ReadonlySignal, signal } from "@preact/signals";
import { readStored, writeStored } from "../common/storage";

/** What a viewer has agreed to. */
export interface Consent {
  /** False after Stop, in any tab, and before the first Start. */
  readonly isPaying: ReadonlySignal<boolean>;
  /** Highest price per second to which the viewer has agreed for a creator; null if there is none. Reads signals. */
  agreedPrice(creator: string): bigint | null;
  /** Starts paying, and agrees to a price for a creator's streams. A higher one that was agreed before stays. */
  agree(creator: string, pricePerTick: bigint): void;
  stop(): void;
}

const PAYING_KEY = "vilokanam.pays";
const YES = "yes";
const AGREED_KEY = "vilokanam.agreed";
/** Maximum number of creators whose prices are remembered. The one agreed to longest ago is forgotten first. */
const MAX_CREATORS = 200;

type Agreed = ReadonlyMap<string, bigint>;

/** Reads what was agreed to. Whatever cannot be read was not agreed to. */
function readAgreed(): Agreed {
  try {
    const stored: unknown = JSON.parse(readStored(AGREED_KEY) ?? "[]");
    if (!Array.isArray(stored)) return new Map();
    return new Map(stored.flatMap((entry: unknown) => (isEntry(entry) ? [[entry[0], BigInt(entry[1])] as const] : [])));
  } catch {
    return new Map();
  }
}

function isEntry(entry: unknown): entry is readonly [creator: string, price: string] {
  if (!Array.isArray(entry)) return false;
  const [creator, price]: readonly unknown[] = entry;
  return typeof creator === "string" && typeof price === "string" && /^\d{1,39}$/.test(price);
}

function writeAgreed(agreed: Agreed): void {
  writeStored(AGREED_KEY, JSON.stringify([...agreed].map(([creator, price]) => [creator, price.toString()])));
}

/** Adds an agreement as the newest one. */
function withAgreement(agreed: Agreed, creator: string, price: bigint): Agreed {
  const before = agreed.get(creator) ?? 0n;
  const others = [...agreed].filter(([other]) => other !== creator).slice(1 - MAX_CREATORS);
  return new Map([...others, [creator, price > before ? price : before]]);
}

/** Consent that the browser remembers. */
class StoredConsent implements Consent {
  readonly isPaying = signal(readStored(PAYING_KEY) === YES);
  readonly #agreed = signal(readAgreed());

  constructor() {
    effect(() => writeStored(PAYING_KEY, this.isPaying.value ? YES : null));
    if (typeof window === "undefined") return;
    // Stop applies to every tab. Start applies to its own tab and to pages loaded later: another open tab, which waits
    // for the viewer, does not begin to pay because of it.
    window.addEventListener("storage", ({ key, newValue }) => {
      if ((key === PAYING_KEY || key === null) && newValue !== YES) this.isPaying.value = false;
      if (key === null) this.#agreed.value = new Map();
    });
  }

  agreedPrice(creator: string): bigint | null {
    return this.#agreed.value.get(creator) ?? null;
  }

  agree(creator: string, pricePerTick: bigint): void {
    // Other tabs have added theirs in between. Those take effect there and in pages loaded later.
    writeAgreed(withAgreement(readAgreed(), creator, pricePerTick));
    batch(() => {
      this.#agreed.value = withAgreement(this.#agreed.peek(), creator, pricePerTick);
      this.isPaying.value = true;
    });
  }

  stop(): void {
    this.isPaying.value = false;
  }
}

/** The consent of this browser. */
export const consent: Consent = new StoredConsent();

/** No price is as high as this. */
const ANY_PRICE = 1n << 128n;

/** Consent to spend a gift: opening its link was the choice, and its limits on chain are those of its giver. */
export class GiftConsent implements Consent {
  readonly isPaying = signal(true);

  agreedPrice(): bigint {
    return ANY_PRICE;
  }

  agree(): void {
    this.isPaying.value = true;
  }

  stop(): void {
    this.isPaying.value = false;
  }
}

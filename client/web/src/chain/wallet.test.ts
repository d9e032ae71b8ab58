import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Wallet } from "./types";

const ALICE = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
const BOB = "5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty";
const MEMORY = "vilokanam.wallet";

let shown: string[];
let kept: Map<string, string>;

beforeEach(() => {
  shown = [ALICE, BOB];
  kept = new Map();
  vi.resetModules();
  vi.stubGlobal("localStorage", {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  });
  const accounts = {
    get: async () => shown.map((address) => ({ address, type: "sr25519" })),
    subscribe: () => () => {},
  };
  const enable = async () => ({ accounts, signer: {} });
  vi.stubGlobal("window", { injectedWeb3: { talisman: { enable } } });
});
afterEach(() => vi.unstubAllGlobals());

async function freshWallet(): Promise<Wallet> {
  return (await import("./wallet")).wallet;
}

describe("connecting a wallet", () => {
  it("chooses the first account when none was remembered, and remembers it", async () => {
    const wallet = await freshWallet();
    await wallet.connect("talisman");
    expect(wallet.account.value).toMatchObject({ address: ALICE, canSign: true });
    expect(kept.get(MEMORY)).toContain(ALICE);
  });

  it("keeps the remembered account", async () => {
    kept.set(MEMORY, JSON.stringify({ extension: "talisman", address: BOB, name: "Bob" }));
    const wallet = await freshWallet();
    await wallet.connect("talisman");
    expect(wallet.account.value).toMatchObject({ address: BOB, canSign: true });
  });

  it("does not take another account for a remembered one that it does not show: it says so", async () => {
    kept.set(MEMORY, JSON.stringify({ extension: "talisman", address: BOB, name: "Bob" }));
    shown = [ALICE];
    const wallet = await freshWallet();
    await expect(wallet.connect("talisman")).rejects.toMatchObject({
      code: "account-hidden",
      message: "The wallet does not show the account Bob.",
    });
    expect(wallet.account.value).toMatchObject({ address: BOB, canSign: false });
    // It can be chosen by hand.
    wallet.choose(ALICE);
    expect(wallet.account.value).toMatchObject({ address: ALICE, canSign: true });
  });

  it("works in a browser that blocks the site's data", async () => {
    const blocked = () => {
      throw new DOMException("The operation is insecure.", "SecurityError");
    };
    const before = Object.getOwnPropertyDescriptor(globalThis, "localStorage");
    Object.defineProperty(globalThis, "localStorage", { configurable: true, get: blocked });
    try {
      const wallet = await freshWallet();
      await wallet.connect("talisman");
      expect(wallet.account.value?.address).toBe(ALICE);
    } finally {
      if (before) Object.defineProperty(globalThis, "localStorage", before);
    }
  });
});

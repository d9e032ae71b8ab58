import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Wallet } from "./types";

const ALICE = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
const BOB = "5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty";
const CHOICE_KEY = "vilokanam.wallet";

let shown: string[];
let signRaw: ((raw: unknown) => Promise<unknown>) | undefined;
let stored: Map<string, string>;

beforeEach(() => {
  shown = [ALICE, BOB];
  signRaw = undefined;
  stored = new Map();
  vi.resetModules();
  vi.stubGlobal("localStorage", {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => void stored.set(key, value),
    removeItem: (key: string) => void stored.delete(key),
  });
  const accounts = {
    get: async () => shown.map((address) => ({ address, type: "sr25519" })),
    subscribe: () => () => {},
  };
  const enable = async () => ({ accounts, signer: { signRaw } });
  vi.stubGlobal("window", { injectedWeb3: { talisman: { enable } } });
});
afterEach(() => vi.unstubAllGlobals());

async function freshWallet(): Promise<Wallet> {
  return (await import("./wallet")).wallet;
}

describe("connecting a wallet", () => {
  it("chooses and remembers the first account if none was remembered", async () => {
    const wallet = await freshWallet();
    await wallet.connect("talisman");
    expect(wallet.account.value).toMatchObject({ address: ALICE, canSign: true });
    expect(stored.get(CHOICE_KEY)).toContain(ALICE);
  });

  it("keeps the remembered account", async () => {
    stored.set(CHOICE_KEY, JSON.stringify({ extension: "talisman", address: BOB, name: "Bob" }));
    const wallet = await freshWallet();
    await wallet.connect("talisman");
    expect(wallet.account.value).toMatchObject({ address: BOB, canSign: true });
  });

  it("rejects, and keeps the remembered account, if the wallet does not show it", async () => {
    stored.set(CHOICE_KEY, JSON.stringify({ extension: "talisman", address: BOB, name: "Bob" }));
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

describe("signing a message", () => {
  const sign = async () => {
    const wallet = await freshWallet();
    await wallet.connect("talisman");
    return wallet.signBytes(Uint8Array.of(1)).catch((error: unknown) => error);
  };

  it("returns the signature with its kind", async () => {
    signRaw = async () => ({ signature: `0x${"07".repeat(64)}` });
    expect(await sign()).toBe(`0x01${"07".repeat(64)}`);
  });

  it("that the owner does not want is cancelled", async () => {
    for (const words of ["Cancelled", "Rejected by user", "User denied request"]) {
      signRaw = async () => Promise.reject(new Error(words));
      expect(await sign()).toMatchObject({ code: "not-signed" });
    }
  });

  it("is not possible with wallets that sign transactions only", async () => {
    expect(await sign()).toMatchObject({ code: "signs-no-messages" });
    signRaw = async () => Promise.reject(new Error("Raw signing is not supported by this device"));
    expect(await sign()).toMatchObject({ code: "signs-no-messages" });
  });
});

describe("the development accounts", () => {
  it("are a wallet that needs no extension, and are remembered", async () => {
    vi.stubGlobal("window", {});
    const wallet = await freshWallet();
    await wallet.connect("development", BOB);
    expect(wallet.account.value).toMatchObject({ address: BOB, name: "Bob", canSign: true });
    expect(await wallet.signBytes(Uint8Array.of(1))).toMatch(/^0x01[0-9a-f]{128}$/);
    vi.resetModules();
    const later = await freshWallet();
    await later.find();
    expect(later.account.value).toMatchObject({ address: BOB, canSign: true });
  });
});

import "fake-indexeddb/auto";
import { ed25519 } from "@noble/curves/ed25519.js";
import { describe, expect, it, vi } from "vitest";
import { toHex } from "../common/bytes";
import { ensureSessionKey, sessionKey } from "./sessionKey";

const GENESIS = `0x${"a5".repeat(32)}`;
const message = new TextEncoder().encode("a ticket");

describe("session keys", () => {
  it("are made once and sign", async () => {
    expect(await sessionKey(GENESIS, "once")).toBeNull();
    const key = await ensureSessionKey(GENESIS, "once");
    expect(ed25519.verify(await key.sign(message), message, key.account)).toBe(true);
    const again = await ensureSessionKey(GENESIS, "once");
    expect(toHex(again.account)).toBe(toHex(key.account));
    expect((await sessionKey(GENESIS, "once"))?.address).toBe(key.address);
  });

  it("differ by viewer and chain", async () => {
    const key = await ensureSessionKey(GENESIS, "Alice");
    expect((await ensureSessionKey(GENESIS, "Bob")).address).not.toBe(key.address);
    expect((await ensureSessionKey(`0x${"00".repeat(32)}`, "Alice")).address).not.toBe(key.address);
  });

  it("are kept with the browser's word, for which it is asked once", async () => {
    vi.stubGlobal("indexedDB", new IDBFactory());
    vi.resetModules();
    const persist = vi.fn(async () => true);
    vi.stubGlobal("navigator", { storage: { persist } });
    const { ensureSessionKey } = await import("./sessionKey");
    await ensureSessionKey(GENESIS, "first");
    await vi.waitFor(() => expect(persist).toHaveBeenCalledOnce());
    await ensureSessionKey(GENESIS, "first");
    await ensureSessionKey(GENESIS, "second");
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(persist).toHaveBeenCalledOnce();
    vi.unstubAllGlobals();
  });

  it("are made in browsers that do not know the curve", async () => {
    vi.spyOn(crypto.subtle, "generateKey").mockRejectedValue(new DOMException("unknown", "NotSupportedError"));
    const key = await ensureSessionKey(GENESIS, "old browser");
    expect(ed25519.verify(await key.sign(message), message, key.account)).toBe(true);
    const kept = await sessionKey(GENESIS, "old browser");
    expect(kept?.address).toBe(key.address);
  });
});

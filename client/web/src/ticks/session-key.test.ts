import "fake-indexeddb/auto";
import { ed25519 } from "@noble/curves/ed25519.js";
import { describe, expect, it, vi } from "vitest";
import { toHex } from "../common/bytes";
import { ensureSessionKey, sessionKey } from "./session-key";

const GENESIS = `0x${"a5".repeat(32)}`;
const message = new TextEncoder().encode("a ticket");

describe("session keys", () => {
  it("are made once, and sign", async () => {
    expect(await sessionKey(GENESIS, "once")).toBeNull();
    const key = await ensureSessionKey(GENESIS, "once");
    expect(ed25519.verify(await key.sign(message), message, key.account)).toBe(true);
    const again = await ensureSessionKey(GENESIS, "once");
    expect(toHex(again.account)).toBe(toHex(key.account));
    expect((await sessionKey(GENESIS, "once"))?.address).toBe(key.address);
  });

  it("differ between viewers and chains", async () => {
    const key = await ensureSessionKey(GENESIS, "Alice");
    expect((await ensureSessionKey(GENESIS, "Bob")).address).not.toBe(key.address);
    expect((await ensureSessionKey(`0x${"00".repeat(32)}`, "Alice")).address).not.toBe(key.address);
  });

  it("ask the browser for persistent storage once", async () => {
    vi.stubGlobal("indexedDB", new IDBFactory());
    vi.resetModules();
    const persist = vi.fn(async () => true);
    vi.stubGlobal("navigator", { storage: { persist } });
    const { ensureSessionKey } = await import("./session-key");
    await ensureSessionKey(GENESIS, "first");
    await vi.waitFor(() => expect(persist).toHaveBeenCalledOnce());
    await ensureSessionKey(GENESIS, "first");
    await ensureSessionKey(GENESIS, "second");
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(persist).toHaveBeenCalledOnce();
    vi.unstubAllGlobals();
  });

  it("are made in browsers that do not know Ed25519", async () => {
    vi.spyOn(crypto.subtle, "generateKey").mockRejectedValue(new DOMException("unknown", "NotSupportedError"));
    const key = await ensureSessionKey(GENESIS, "old browser");
    expect(ed25519.verify(await key.sign(message), message, key.account)).toBe(true);
    const stored = await sessionKey(GENESIS, "old browser");
    expect(stored?.address).toBe(key.address);
  });
});

import { afterEach, describe, expect, it, vi } from "vitest";
import { readStored, writeStored } from "./storage";

afterEach(() => vi.unstubAllGlobals());

/** The browser's storage, in memory. */
function fakeStorage() {
  const kept = new Map<string, string>();
  return {
    kept,
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  };
}

describe("stored texts", () => {
  it("are read as they were written, and can be removed", () => {
    const storage = fakeStorage();
    vi.stubGlobal("localStorage", storage);
    expect(readStored("a")).toBeNull();
    writeStored("a", "1");
    expect(readStored("a")).toBe("1");
    writeStored("a", null);
    expect(storage.kept.size).toBe(0);
  });

  it("are null where the browser blocks the site's data and throws at the name of its storage", () => {
    const before = Object.getOwnPropertyDescriptor(globalThis, "localStorage");
    const blocked = () => {
      throw new DOMException("The operation is insecure.", "SecurityError");
    };
    Object.defineProperty(globalThis, "localStorage", { configurable: true, get: blocked });
    try {
      expect(readStored("a")).toBeNull();
      expect(() => writeStored("a", "1")).not.toThrow();
      expect(() => writeStored("a", null)).not.toThrow();
    } finally {
      Reflect.deleteProperty(globalThis, "localStorage");
      if (before) Object.defineProperty(globalThis, "localStorage", before);
    }
  });
});

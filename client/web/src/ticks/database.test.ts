import "fake-indexeddb/auto";
import { openDB } from "idb";
import { beforeEach, describe, expect, it, vi } from "vitest";

beforeEach(() => {
  vi.stubGlobal("indexedDB", new IDBFactory());
  vi.resetModules();
});

const database = () => import("./database");

describe("the database", () => {
  it("reads what was written, and null for what was removed", async () => {
    const { change, read, readAll } = await database();
    expect(await read("seeds", "a")).toBeNull();
    expect(await change<number>("seeds", "a", (before) => (before ?? 0) + 1)).toBe(1);
    expect(await change<number>("seeds", "a", (before) => (before ?? 0) + 1)).toBe(2);
    expect(await readAll("seeds")).toEqual([2]);
    expect(await change("seeds", "a", () => null)).toBeNull();
    expect(await read("seeds", "a")).toBeNull();
  });

  it("does not lose a change that is made at the same time as another", async () => {
    const { change, read } = await database();
    await Promise.all(Array.from({ length: 10 }, () => change<number>("nonces", "n", (before) => (before ?? 0) + 1)));
    expect(await read("nonces", "n")).toBe(10);
  });

  it("keeps the sessions that version 1 has stored", async () => {
    const old = await openDB("vilokanam", 1, {
      upgrade(db) {
        for (const store of ["keys", "seeds", "sessions", "nonces"]) db.createObjectStore(store);
      },
    });
    await old.put("sessions", { session: "0x01", revealed: 7, token: "t" }, "0x01");
    await old.put("seeds", { length: 60 }, "0x01");
    old.close();
    const { read } = await database();
    expect(await read("sessions", "0x01")).toEqual({ session: "0x01", revealedTicks: 7, token: "t" });
    expect(await read("seeds", "0x01")).toEqual({ length: 60 });
  });

  it("makes way for a newer version of the pages, and is opened again afterwards", async () => {
    const { change, read } = await database();
    await change("seeds", "a", () => 1);
    const newer = await openDB("vilokanam", 3);
    newer.close();
    // The older pages cannot open the newer database any more, and say so.
    await expect(read("seeds", "a")).rejects.toMatchObject({ name: "UserError", code: "storage" });
  });

  it("says what to do when the browser forbids it", async () => {
    vi.stubGlobal("indexedDB", {
      open: () => {
        throw new DOMException("The operation is insecure.", "SecurityError");
      },
    });
    const { read } = await database();
    await expect(read("seeds", "a")).rejects.toMatchObject({ code: "storage" });
  });
});

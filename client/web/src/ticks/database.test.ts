import "fake-indexeddb/auto";
import { openDB } from "idb";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { encodeAddress } from "../common/ss58";

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

  it.each([
    { version: 1, revealed: { revealed: 7 } },
    { version: 2, revealed: { revealedTicks: 7 } },
  ])(
    "keeps keys and sessions of version $version, and names the session key of each",
    async ({ version, revealed }) => {
      const old = await openDB("vilokanam", version, {
        upgrade(db) {
          for (const store of ["keys", "seeds", "sessions", "nonces"]) db.createObjectStore(store);
        },
      });
      const key = { kind: "seed", account: `0x${"01".repeat(32)}`, seed: new Uint8Array(32) };
      await old.put("keys", key, "0xa5/Alice");
      const session = { session: "0x01", genesis: "0xa5", viewer: "Alice", token: "t" };
      await old.put("sessions", { ...session, ...revealed }, "0x01");
      await old.put("sessions", { ...session, ...revealed, ticket: "0xff" }, "0x02");
      await old.put("sessions", { ...session, ...revealed, viewer: "Bob" }, "0x03");
      await old.put("seeds", { length: 60 }, "0x01");
      await old.put("nonces", 5n, "0xa5/Alice");
      old.close();
      const { read } = await database();
      expect(await read("keys", "0xa5/Alice")).toEqual(key);
      const sessionKey = encodeAddress(new Uint8Array(32).fill(1));
      expect(await read("sessions", "0x01")).toEqual({ ...session, sessionKey, revealedTicks: 7 });
      expect(await read("seeds", "0x01")).toEqual({ length: 60 });
      // A ticket of the old format, and a session without a key, are of no use any more.
      expect(await read("sessions", "0x02")).toBeNull();
      expect(await read("sessions", "0x03")).toBeNull();
      expect(await read("nonces", "0xa5/Alice")).toBeNull();
    },
  );

  it("makes way for a newer version of the pages, and is opened again afterwards", async () => {
    const { change, read } = await database();
    await change("seeds", "a", () => 1);
    const newer = await openDB("vilokanam", 4);
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

import "fake-indexeddb/auto";
import { describe, expect, it } from "vitest";
import { toHex } from "../common/bytes";
import { UserError } from "../common/errors";
import { leadsTo } from "./hashing";
import { TickKeeper } from "./tick-keeper";
import { bytes } from "./vectors.test-data";

const SESSION = `0x${"ab".repeat(16)}`;

describe("the tick keeper", () => {
  it("makes chains whose proofs lead to the anchor", async () => {
    const keeper = new TickKeeper();
    const anchor = await keeper.make(SESSION, 200);
    expect(leadsTo(bytes(SESSION), await keeper.proof(SESSION, 130), 130, anchor)).toBe(true);
  });

  it("gives the same proofs after a reload", async () => {
    await new TickKeeper().make(SESSION, 100);
    const before = await new TickKeeper().proof(SESSION, 77);
    expect(toHex(await new TickKeeper().proof(SESSION, 77))).toBe(toHex(before));
  });

  it("takes a fresh seed each time", async () => {
    const keeper = new TickKeeper();
    const first = await keeper.make(SESSION, 10);
    expect(toHex(await keeper.make(SESSION, 10))).not.toBe(toHex(first));
  });

  it("serves more chains than it keeps in memory", async () => {
    const keeper = new TickKeeper();
    const sessions = Array.from({ length: 12 }, (_, at) => `0x${at.toString(16).padStart(32, "0")}`);
    const anchors = await Promise.all(sessions.map((session) => keeper.make(session, 5)));
    for (const [at, session] of sessions.entries()) {
      const anchor = anchors[at] ?? new Uint8Array();
      expect(leadsTo(bytes(session), await keeper.proof(session, 5), 5, anchor)).toBe(true);
    }
  });

  it("refuses forgotten sessions, ticks beyond the end, and invalid session ids", async () => {
    const keeper = new TickKeeper();
    await keeper.make(SESSION, 10);
    await expect(keeper.proof(SESSION, 11)).rejects.toThrow(UserError);
    await keeper.forget(SESSION);
    await expect(keeper.proof(SESSION, 1)).rejects.toThrow(UserError);
    await expect(keeper.make("0x12", 1)).rejects.toThrow(UserError);
  });
});

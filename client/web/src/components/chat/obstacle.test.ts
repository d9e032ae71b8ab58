import { describe, expect, it } from "vitest";
import { obstacleOf, type Situation, slowLeftS } from "./obstacle";

const NOW = Date.parse("2026-11-01T10:00:00Z");
const MODE = { slow_s: 0, followers_only: false, payers_only: false };
const me = { account: "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY" };
const may: Situation = {
  me,
  mode: MODE,
  isBanned: false,
  restrictedUntil: null,
  canModerate: false,
  isFollowing: false,
  isPaying: false,
};

describe("what keeps somebody from writing", () => {
  it("is nothing for those who may", () => {
    const strict = { slow_s: 30, followers_only: true, payers_only: true };
    expect(obstacleOf(may, NOW)).toBeNull();
    expect(obstacleOf({ ...may, mode: strict, isFollowing: true, isPaying: true }, NOW)).toBeNull();
    expect(obstacleOf({ ...may, mode: strict, canModerate: true }, NOW)).toBeNull();
    // Whether somebody follows may be unknown. Then the gateway says so.
    expect(obstacleOf({ ...may, mode: { ...MODE, followers_only: true }, isFollowing: null }, NOW)).toBeNull();
  });

  it("is what can be changed about the mode", () => {
    const of = (mode: object, more: Partial<Situation> = {}) =>
      obstacleOf({ ...may, mode: { ...MODE, ...mode }, ...more }, NOW);
    expect(of({ followers_only: true })).toEqual({ kind: "mode", needsFollow: true, needsPayment: false });
    expect(of({ payers_only: true })).toEqual({ kind: "mode", needsFollow: false, needsPayment: true });
    const both = { followers_only: true, payers_only: true };
    expect(of(both)).toEqual({ kind: "mode", needsFollow: true, needsPayment: true });
    expect(of(both, { isPaying: true })).toEqual({ kind: "mode", needsFollow: true, needsPayment: false });
  });

  it("is a sign-in or a ban before anything else", () => {
    expect(obstacleOf({ ...may, me: null, isBanned: true }, NOW)?.kind).toBe("signed-out");
    expect(obstacleOf({ ...may, isBanned: true, mode: { ...MODE, payers_only: true } }, NOW)?.kind).toBe("banned");
  });

  it("is a time-out until its end", () => {
    const restricted = { ...may, restrictedUntil: "2026-11-01T10:10:00Z" };
    expect(obstacleOf(restricted, NOW)).toEqual({ kind: "restricted", untilMs: NOW + 600_000 });
    expect(obstacleOf(restricted, NOW + 600_000)).toBeNull();
  });
});

describe("slow mode", () => {
  it("counts whole seconds down to the next message", () => {
    expect(slowLeftS(NOW, 10, NOW)).toBe(10);
    expect(slowLeftS(NOW, 10, NOW + 9_001)).toBe(1);
    expect(slowLeftS(NOW, 10, NOW + 10_000)).toBe(0);
    expect(slowLeftS(null, 10, NOW)).toBe(0);
    expect(slowLeftS(NOW, 0, NOW)).toBe(0);
  });
});

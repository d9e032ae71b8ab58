import { describe, expect, it } from "vitest";
import type { Deposit } from "../chain/types";
import { costOf } from "./cost";
import { affordableTicks, DEFAULT_SESSION_TICKS, findObstacle, sessionTicks } from "./session-terms";

const KEY = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
const terms = { pricePerTick: 10n, openFee: 5n };

function deposit(free: bigint, allowance: bigint): Deposit {
  const delegation = { sessionKey: KEY, maxPricePerTick: 10n, allowance, expiresAt: 100 };
  return { free, reserved: 0n, delegation, openSessions: 0, nextNonce: 1n };
}

describe("the cost of a key", () => {
  it("is its length in whole seconds, not counting rounding", () => {
    expect([0.2, 1, 1.04, 1.06, 2, 2.03, 2.5].map(costOf)).toEqual([1, 1, 1, 2, 2, 2, 3]);
  });
});

describe("the length of a session", () => {
  it("is the default if there is money, and leaves half for another stream if there is less", () => {
    expect(sessionTicks(deposit(10n ** 9n, 10n ** 9n), terms, 3)).toBe(DEFAULT_SESSION_TICKS);
    expect(sessionTicks(deposit(4_005n, 10n ** 9n), terms, 3)).toBe(200);
    expect(sessionTicks(deposit(1_005n, 10n ** 9n), terms, 3)).toBe(100);
    expect(sessionTicks(deposit(35n, 10n ** 9n), terms, 3)).toBe(3);
  });

  it("is an obstacle without enough money, which names the deposit or the allowance", () => {
    expect(sessionTicks(deposit(34n, 1_000n), terms, 3)).toMatchObject({ reason: "funds" });
    expect(sessionTicks(deposit(1_000n, 34n), terms, 3)).toMatchObject({ reason: "allowance" });
  });

  it("takes the open fee into account, and has no limit at a price of zero", () => {
    expect(affordableTicks(deposit(5n, 100n), terms)).toBe(0);
    expect(affordableTicks(deposit(15n, 100n), terms)).toBe(1);
    expect(affordableTicks(null, terms)).toBe(0);
    expect(affordableTicks(deposit(10n, 10n), { pricePerTick: 0n, openFee: 0n })).toBe(Number.MAX_SAFE_INTEGER);
  });
});

describe("the obstacle to a session", () => {
  it("is null within the limits", () => {
    expect(findObstacle(deposit(1n, 1n), KEY, terms, 99)).toBeNull();
  });

  it("names what is missing", () => {
    expect(findObstacle(null, KEY, terms, 99)?.reason).toBe("deposit");
    expect(findObstacle({ ...deposit(1n, 1n), delegation: null }, KEY, terms, 99)?.reason).toBe("delegation");
    expect(findObstacle(deposit(1n, 1n), null, terms, 99)?.reason).toBe("delegation");
    expect(findObstacle(deposit(1n, 1n), KEY, terms, 100)?.reason).toBe("delegation");
    expect(findObstacle(deposit(1n, 1n), KEY, { ...terms, pricePerTick: 11n }, 99)?.reason).toBe("price");
  });
});

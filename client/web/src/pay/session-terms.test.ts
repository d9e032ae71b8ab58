import { describe, expect, it } from "vitest";
import type { Deposit, DeviceKey } from "../chain/types";
import { costOf } from "./cost";
import {
  affordableTicks,
  DEFAULT_SESSION_TICKS,
  findObstacle,
  furtherSeconds,
  LONE_SESSION_TICKS,
  type Means,
  type SessionTerms,
  sessionTicks,
} from "./session-terms";
import { deviceKey, type KeyChange } from "./test-environment.test-data";

const KEY = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
const OTHER = "5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty";
const terms: SessionTerms = { stream: "7", creator: "creator", gateway: "gateway", pricePerTick: 10n, openFee: 5n };

function depositOf(free: bigint, ...keys: DeviceKey[]): Deposit {
  return { free, reserved: 0n, keys, openSessions: 0 };
}

/** Money of a deposit with one key, which may spend `left`. */
function means(free: bigint, left: bigint, change: KeyChange = {}): Means {
  const key = deviceKey(KEY, { left, maxPricePerTick: 10n, expiresAt: 100, ...change });
  return { deposit: depositOf(free, key), key, best: 50 };
}

describe("the cost of a key", () => {
  it("is its length in whole seconds, not counting rounding", () => {
    expect([0.2, 1, 1.04, 1.06, 2, 2.03, 2.5].map(costOf)).toEqual([1, 1, 1, 2, 2, 2, 3]);
  });
});

describe("the length of a session", () => {
  it("is the default if there is money, and leaves half for another stream if there is less", () => {
    expect(sessionTicks(means(10n ** 9n, 10n ** 9n), terms, 3)).toBe(DEFAULT_SESSION_TICKS);
    expect(sessionTicks(means(4_005n, 10n ** 9n), terms, 3)).toBe(200);
    expect(sessionTicks(means(1_005n, 10n ** 9n), terms, 3)).toBe(100);
    expect(sessionTicks(means(35n, 10n ** 9n), terms, 3)).toBe(3);
  });

  it("is all that is left for a key that may have only one, up to some hours", () => {
    expect(sessionTicks(means(10n ** 9n, 8_005n, { maxSessions: 1 }), terms, 3)).toBe(800);
    expect(sessionTicks(means(10n ** 9n, 10n ** 9n, { maxSessions: 1 }), terms, 3)).toBe(LONE_SESSION_TICKS);
  });

  it("is an obstacle without enough money, which names the deposit or the budget", () => {
    expect(sessionTicks(means(34n, 1_000n), terms, 3)).toMatchObject({ reason: "funds" });
    expect(sessionTicks(means(1_000n, 34n), terms, 3)).toMatchObject({ reason: "allowance" });
  });

  it("takes the open fee into account, and has no limit at a price of zero", () => {
    expect(affordableTicks(means(5n, 100n), terms)).toBe(0);
    expect(affordableTicks(means(15n, 100n), terms)).toBe(1);
    expect(affordableTicks(means(10n, 10n), { ...terms, pricePerTick: 0n, openFee: 0n })).toBe(Number.MAX_SAFE_INTEGER);
  });

  it("follows the renewal of the budget", () => {
    const spent = means(10n ** 9n, 0n);
    const renewal = { everyBlocks: 20, amount: 105n };
    const renewed = (renewedAt: number) => ({
      ...spent,
      key: { ...spent.key, allowance: { left: 0n, renewal, renewedAt } },
    });
    expect(affordableTicks(renewed(40), terms)).toBe(0);
    // Of the next block: that is the first one in which a ticket can be opened.
    expect(affordableTicks(renewed(31), terms)).toBe(10);
  });
});

describe("the seconds that further sessions last", () => {
  it("are none if the next ticket would be refused, unless only the present session is in the way", () => {
    const { deposit } = means(10n ** 9n, 105n, { openSessions: 1, maxSessions: 1 });
    expect(furtherSeconds(deposit, KEY, terms, 50)).toBe(10);
    expect(furtherSeconds(deposit, KEY, terms, 100)).toBe(0);
    expect(furtherSeconds(deposit, OTHER, terms, 50)).toBe(0);
    expect(furtherSeconds(null, KEY, terms, 50)).toBe(0);
  });
});

describe("the obstacle to a session", () => {
  const of = (change: KeyChange, best = 99, to = terms) => findObstacle(means(1n, 1n, change).deposit, KEY, to, best);

  it("is null within the limits", () => {
    expect(of({})).toBeNull();
    expect(of({ scope: { kind: "stream", stream: "7" } })).toBeNull();
    expect(of({ scope: { kind: "creator", account: "creator" } })).toBeNull();
    expect(of({ scope: { kind: "gateway", account: "gateway" } })).toBeNull();
  });

  it("names what is missing", () => {
    expect(findObstacle(null, KEY, terms, 99)?.reason).toBe("deposit");
    expect(findObstacle(depositOf(1n), KEY, terms, 99)?.reason).toBe("key");
    expect(findObstacle(depositOf(1n, deviceKey(OTHER)), KEY, terms, 99)?.reason).toBe("key");
    expect(findObstacle(depositOf(1n, deviceKey(OTHER)), null, terms, 99)?.reason).toBe("key");
    expect(of({}, 100)?.reason).toBe("expired");
    expect(of({}, 99, { ...terms, pricePerTick: 11n })?.reason).toBe("price");
    expect(of({ openSessions: 2, maxSessions: 2 })?.reason).toBe("key-sessions");
    expect(of({ scope: { kind: "stream", stream: "8" } })?.reason).toBe("scope");
    expect(of({ scope: { kind: "creator", account: "gateway" } })?.reason).toBe("scope");
    expect(of({ scope: { kind: "gateway", account: "creator" } })?.reason).toBe("scope");
  });

  it("is about this browser's key, not about those of other devices", () => {
    const { deposit } = means(1n, 1n);
    const both = { ...deposit, keys: [deviceKey(OTHER, { expiresAt: 1, openSessions: 16 }), ...deposit.keys] };
    expect(findObstacle(both, KEY, terms, 99)).toBeNull();
  });
});

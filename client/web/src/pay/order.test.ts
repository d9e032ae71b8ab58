import { describe, expect, it } from "vitest";
import type { Deposit } from "../chain/types";
import { GatewayError } from "../gateway/problem";
import { costOf } from "./cost";
import { affordableTicks, obstacle, ticksToOrder, USUAL_TICKS } from "./order";
import { answerTo } from "./refusal";

const KEY = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
const terms = { pricePerTick: 10n, openFee: 5n };

function deposit(free: bigint, allowance: bigint): Deposit {
  const delegation = { sessionKey: KEY, maxPricePerTick: 10n, allowance, expiresAt: 100 };
  return { free, reserved: 0n, delegation, openSessions: 0, nextNonce: 1n };
}

describe("what a key costs", () => {
  it("is its length in whole seconds, rounding left out", () => {
    expect([0.2, 1, 1.04, 1.06, 2, 2.03, 2.5].map(costOf)).toEqual([1, 1, 1, 2, 2, 2, 3]);
  });
});

describe("the size of a session", () => {
  it("is the usual one when there is money, and leaves half for another stream when there is less", () => {
    expect(ticksToOrder(deposit(10n ** 9n, 10n ** 9n), terms, 3)).toBe(USUAL_TICKS);
    expect(ticksToOrder(deposit(4_005n, 10n ** 9n), terms, 3)).toBe(200);
    expect(ticksToOrder(deposit(1_005n, 10n ** 9n), terms, 3)).toBe(100);
    expect(ticksToOrder(deposit(35n, 10n ** 9n), terms, 3)).toBe(3);
  });

  it("is none without money, and says whose end it is", () => {
    expect(ticksToOrder(deposit(34n, 1_000n), terms, 3)).toMatchObject({ reason: "funds" });
    expect(ticksToOrder(deposit(1_000n, 34n), terms, 3)).toMatchObject({ reason: "allowance" });
  });

  it("counts the fee of opening, and a price of nothing as no limit", () => {
    expect(affordableTicks(deposit(5n, 100n), terms)).toBe(0);
    expect(affordableTicks(deposit(15n, 100n), terms)).toBe(1);
    expect(affordableTicks(null, terms)).toBe(0);
    expect(affordableTicks(deposit(10n, 10n), { pricePerTick: 0n, openFee: 0n })).toBe(Number.MAX_SAFE_INTEGER);
  });
});

describe("what stands in the way", () => {
  it("is nothing within the limits", () => {
    expect(obstacle(deposit(1n, 1n), KEY, terms, 99)).toBeNull();
  });

  it("is said by its kind", () => {
    expect(obstacle(null, KEY, terms, 99)?.reason).toBe("deposit");
    expect(obstacle({ ...deposit(1n, 1n), delegation: null }, KEY, terms, 99)?.reason).toBe("delegation");
    expect(obstacle(deposit(1n, 1n), null, terms, 99)?.reason).toBe("delegation");
    expect(obstacle(deposit(1n, 1n), KEY, terms, 100)?.reason).toBe("delegation");
    expect(obstacle(deposit(1n, 1n), KEY, { ...terms, pricePerTick: 11n }, 99)?.reason).toBe("price");
  });
});

describe("the answer to a refusal", () => {
  const standing = { revealed: 4, maxTicks: 10, limit: 7 };
  const refused = (code: string, ticks_due?: number, status = 402) =>
    answerTo(new GatewayError({ code, status, detail: "No.", ...(ticks_due ? { ticks_due } : {}) }), standing);

  it("is to pay what is due, within what the key costs", () => {
    expect(refused("out-of-prepaid-ticks", 7)).toEqual({ step: "pay", ticks: 7 });
    expect(refused("out-of-prepaid-ticks", 8)).toMatchObject({ step: "refused" });
    expect(refused("out-of-prepaid-ticks")).toMatchObject({ step: "refused" });
    expect(refused("token-missing")).toEqual({ step: "pay", ticks: 5 });
  });

  it("is another session when this one sells no more", () => {
    const codes = ["deposit-spent", "session-closing", "dead-ticket", "no-session", "wrong-stream", "too-many-gaps"];
    for (const code of codes) expect(refused(code)).toEqual({ step: "renew" });
    expect(
      answerTo(new GatewayError({ code: "ticks-due", status: 402, detail: "", ticks_due: 11 }), {
        ...standing,
        limit: 20,
      }),
    ).toEqual({ step: "renew" });
  });

  it("is to wait when time mends it", () => {
    for (const code of ["credit-used-up", "deposit-uncovered", "too-fast", "too-far-ahead"]) {
      expect(refused(code)).toMatchObject({ step: "hold", obstacle: { reason: "block", mend: null } });
    }
    expect(refused("unavailable", undefined, 503)).toMatchObject({ step: "hold", obstacle: { reason: "gateway" } });
    expect(refused("not-found", undefined, 404)).toEqual({ step: "gone" });
    expect(refused("proof-invalid")).toMatchObject({ step: "refused" });
  });
});

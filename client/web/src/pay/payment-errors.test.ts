import { describe, expect, it } from "vitest";
import { GatewayError } from "../gateway/problem";
import { nextStep } from "./payment-errors";

const state = { revealedTicks: 4, maxTicks: 10, limit: 7 };

function refused(code: string, requiredTicks?: number, status = 402) {
  const required = requiredTicks === undefined ? {} : { required_ticks: requiredTicks };
  return nextStep(new GatewayError({ code, status, detail: "No.", ...required }), state);
}

describe("the next step after a refused payment", () => {
  it("is to pay the required ticks, up to what the key costs", () => {
    expect(refused("out-of-prepaid-ticks", 7)).toEqual({ step: "pay", ticks: 7 });
    expect(refused("out-of-prepaid-ticks", 8)).toMatchObject({ step: "refused" });
    expect(refused("out-of-prepaid-ticks")).toMatchObject({ step: "refused" });
    expect(refused("token-missing")).toEqual({ step: "pay", ticks: 5 });
  });

  it("is another session if this one gives no more keys", () => {
    const codes = [
      "deposit-spent",
      "session-closing",
      "ticket-rejected",
      "no-session",
      "wrong-stream",
      "too-many-gaps",
    ];
    for (const code of codes) expect(refused(code)).toEqual({ step: "renew" });
    const beyondSession = new GatewayError({
      code: "out-of-prepaid-ticks",
      status: 402,
      detail: "",
      required_ticks: 11,
    });
    expect(nextStep(beyondSession, { ...state, limit: 20 })).toEqual({ step: "renew" });
  });

  it("is to wait if the refusal resolves by itself", () => {
    for (const code of ["credit-used-up", "deposit-uncovered", "too-fast", "too-far-ahead"]) {
      expect(refused(code)).toMatchObject({ step: "hold", obstacle: { reason: "block", hint: null } });
    }
    expect(refused("unavailable", undefined, 503)).toMatchObject({ step: "hold", obstacle: { reason: "gateway" } });
  });

  it("is to give up the key if the gateway does not have it or refuses for another reason", () => {
    expect(refused("not-found", undefined, 404)).toEqual({ step: "gone" });
    expect(refused("proof-invalid")).toMatchObject({ step: "refused" });
  });
});

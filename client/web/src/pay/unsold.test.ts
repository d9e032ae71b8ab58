import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { GatewayError } from "../gateway/problem";
import type { HoldReason } from "./types";
import { NONCE_TAKEN, unsold } from "./unsold";

const SOON_MS = 1_000;
const LATE_MS = 60_000;

function told(code: string, lastedMs: number) {
  return unsold(new GatewayError({ code, status: 422, detail: "No.", mend: null }), lastedMs);
}

describe("what follows from a refused ticket", () => {
  it.each<[string, HoldReason, HoldReason]>([
    ["ticket-pending", "block", "block"],
    ["too-many-unopened", "block", "block"],
    ["gateway-full", "gateway", "gateway"],
    ["nonce-refused", "block", "refused"],
    ["price-too-low", "block", "refused"],
    ["expires-too-soon", "block", "refused"],
    ["expires-too-late", "block", "refused"],
    ["stream-unknown", "block", "refused"],
    ["no-deposit", "block", "deposit"],
    ["no-delegation", "block", "delegation"],
    ["delegation-expired", "block", "delegation"],
    ["signature-invalid", "block", "delegation"],
    ["price-above-delegation", "block", "price"],
    ["allowance-too-low", "block", "allowance"],
    ["funds-too-low", "block", "funds"],
    ["too-many-sessions", "sessions", "sessions"],
    ["stream-not-open", "refused", "refused"],
    ["wrong-gateway", "refused", "refused"],
    ["ticks-out-of-range", "refused", "refused"],
    ["cost-overflow", "refused", "refused"],
    ["of-tomorrow", "refused", "refused"],
  ])("%s: %s at first, %s when it lasts", (code, soon, late) => {
    expect(told(code, SOON_MS).reason).toBe(soon);
    expect(told(code, LATE_MS).reason).toBe(late);
  });

  it("says what to do wherever something can be done, and tries again by itself", () => {
    for (const code of ["no-deposit", "funds-too-low", "too-many-sessions", "stream-not-open", "of-tomorrow"]) {
      expect(told(code, LATE_MS).mend).toMatch(/\.$/);
    }
    for (const code of ["no-deposit", "no-delegation", "funds-too-low", "allowance-too-low", "too-many-sessions"]) {
      expect(told(code, LATE_MS).retryMs).toBeGreaterThan(0);
    }
  });

  it("is known for every code that the gateway has", () => {
    const source = readFileSync(new URL("../../../gateway/paywall/src/error.rs", import.meta.url), "utf8");
    const refusals = source.slice(source.indexOf("impl OfferRefusal"), source.indexOf("pub enum OpenError"));
    const codes = [...refusals.matchAll(/=> "([a-z-]+)"/g)].map(([, code]) => code ?? "");
    expect(codes.length).toBeGreaterThan(15);
    // What no waiting and nobody at the page can mend is told in the gateway's own words.
    const inItsWords = new Set(["ticks-out-of-range", "cost-overflow", NONCE_TAKEN]);
    for (const code of codes) {
      const isKnown = told(code, SOON_MS).what !== "No.";
      expect([code, isKnown]).toEqual([code, !inItsWords.has(code)]);
    }
  });
});

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { GatewayError } from "../gateway/problem";
import { NONCE_TAKEN, ticketObstacle } from "./ticket-errors";
import type { HoldReason } from "./types";

const SOON_MS = 1_000;
const LATE_MS = 60_000;

function obstacle(code: string, lastedMs: number) {
  return ticketObstacle(new GatewayError({ code, status: 422, detail: "No.", hint: null }), lastedMs);
}

describe("the obstacle after a refused ticket", () => {
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
    ["key-unknown", "block", "key"],
    ["key-expired", "block", "expired"],
    ["key-out-of-scope", "block", "scope"],
    ["price-above-key", "block", "price"],
    ["too-many-key-sessions", "block", "key-sessions"],
    ["signature-invalid", "refused", "refused"],
    ["allowance-too-low", "block", "allowance"],
    ["funds-too-low", "block", "funds"],
    ["too-many-sessions", "sessions", "sessions"],
    ["stream-not-open", "refused", "refused"],
    ["stream-not-hosted", "refused", "refused"],
    ["price-below-minimum", "refused", "refused"],
    ["share-below-minimum", "refused", "refused"],
    ["wrong-gateway", "refused", "refused"],
    ["ticks-out-of-range", "refused", "refused"],
    ["cost-overflow", "refused", "refused"],
    ["of-tomorrow", "refused", "refused"],
  ])("for %s is %s at first, and %s if the refusal lasts", (code, soon, late) => {
    expect(obstacle(code, SOON_MS).reason).toBe(soon);
    expect(obstacle(code, LATE_MS).reason).toBe(late);
  });

  it("has a hint where the viewer can do something, and is tried again by itself", () => {
    for (const code of ["no-deposit", "funds-too-low", "too-many-sessions", "stream-not-open", "of-tomorrow"]) {
      expect(obstacle(code, LATE_MS).hint).toMatch(/\.$/);
    }
    for (const code of ["no-deposit", "key-unknown", "funds-too-low", "allowance-too-low", "too-many-sessions"]) {
      expect(obstacle(code, LATE_MS).retryMs).toBeGreaterThan(0);
    }
  });

  it("has a message of its own for every code of the gateway", () => {
    const source = readFileSync(new URL("../../../gateway/paywall/src/error.rs", import.meta.url), "utf8");
    const refusals = source.slice(source.indexOf("impl OfferRefusal"), source.indexOf("pub enum OpenError"));
    const names = [...refusals.matchAll(/=> codes::([A-Z_]+)/g)].map(([, name]) => name ?? "");
    const codes = names.map((name) => name.toLowerCase().replaceAll("_", "-"));
    expect(codes.length).toBeGreaterThan(15);
    // Neither waiting nor the viewer can resolve these: the gateway's own message is shown.
    const withoutOwnMessage = new Set(["ticks-out-of-range", "cost-overflow", "signature-invalid", NONCE_TAKEN]);
    for (const code of codes) {
      const isKnown = obstacle(code, SOON_MS).message !== "No.";
      expect([code, isKnown]).toEqual([code, !withoutOwnMessage.has(code)]);
    }
  });
});

import "fake-indexeddb/auto";
import { ed25519 } from "@noble/curves/ed25519.js";
import { verify } from "@scure/sr25519";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { fromHex } from "../common/bytes";
import type { SignedChallenge } from "../gateway/auth-types";
import { GatewayError } from "../gateway/problem";
import { change } from "../ticks/database";
import { giftKey } from "../ticks/gift-key";
import { ensureSessionKey } from "../ticks/session-key";
import { signInAsGuest, signInBySessionKey } from "./without-prompt";

const parts = vi.hoisted(() => ({ challenge: vi.fn(), signIn: vi.fn() }));
const GENESIS = `0x${"a5".repeat(32)}`;
const MESSAGE = "Vilokanam sign-in";

vi.mock("../gateway/auth", () => ({ auth: parts }));
vi.mock("../gateway/gateway", () => ({ gateway: { info: async () => ({ genesis_hash: `0x${"a5".repeat(32)}` }) } }));

const bytes = new TextEncoder().encode(MESSAGE);

/** The signature that was sent, without its kind. */
function sentSignature(kind: number): Uint8Array {
  const sent: SignedChallenge | undefined = parts.signIn.mock.calls.at(-1)?.[0];
  const typed = fromHex(sent?.signature ?? "", 65) ?? new Uint8Array();
  expect(typed[0]).toBe(kind);
  return typed.slice(1);
}

beforeEach(() => {
  vi.resetAllMocks();
  vi.stubGlobal("navigator", { userAgent: "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0" });
  parts.challenge.mockResolvedValue({ message: MESSAGE, expires_at: "" });
  parts.signIn.mockImplementation(async () => ({ account: "me" }));
});

describe("signing in with a session key", () => {
  it("is not tried without one", async () => {
    expect(await signInBySessionKey("5Nobody")).toBeNull();
    expect(parts.challenge).not.toHaveBeenCalled();
  });

  it("signs the message with the key that this browser has for the account", async () => {
    const key = await ensureSessionKey(GENESIS, "5Alice");
    expect(await signInBySessionKey("5Alice")).toEqual({ account: "me" });
    expect(parts.challenge).toHaveBeenCalledWith({ account: "5Alice", session_key: key.address });
    expect(ed25519.verify(sentSignature(0), bytes, key.account)).toBe(true);
  });

  it("is not possible if the gateway does not accept the key, and fails if the gateway does not answer", async () => {
    await ensureSessionKey(GENESIS, "5Alice");
    parts.signIn.mockRejectedValueOnce(new GatewayError({ code: "x", status: 403, detail: "Not listed." }));
    expect(await signInBySessionKey("5Alice")).toBeNull();
    parts.signIn.mockRejectedValueOnce(new GatewayError({ code: "x", status: 503, detail: "Busy." }));
    await expect(signInBySessionKey("5Alice")).rejects.toMatchObject({ status: 503 });
  });
});

describe("signing in as a guest", () => {
  it("is not tried without a gift on this chain", async () => {
    expect(await signInAsGuest()).toBeNull();
    await change("gifts", "other", () => ({ genesis: "0x00", secret: new Uint8Array(32), receivedAtMs: 1 }));
    expect(await signInAsGuest()).toBeNull();
    expect(parts.challenge).not.toHaveBeenCalled();
  });

  it("uses the gift that was received last", async () => {
    const secrets = [1, 2, 3].map((fill) => new Uint8Array(32).fill(fill));
    for (const [at, receivedAtMs] of [5, 9, 7].entries()) {
      await change("gifts", `gift${at}`, () => ({
        genesis: GENESIS,
        from: `5Giver${at}`,
        secret: secrets[at],
        receivedAtMs,
      }));
    }
    expect(await signInAsGuest()).toEqual({ account: "me" });
    const key = await giftKey(secrets[1] ?? new Uint8Array());
    expect(parts.challenge).toHaveBeenCalledWith({
      account: "5Giver1",
      session_key: key.address,
      guest: true,
    });
    expect(verify(bytes, sentSignature(1), key.account)).toBe(true);
  });
});

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { UserError } from "../common/errors";
import { GatewayError } from "../gateway/problem";
import { signInByWallet } from "./by-wallet";

const parts = vi.hoisted(() => ({
  signBytes: vi.fn(),
  signRemark: vi.fn(),
  challenge: vi.fn(),
  signIn: vi.fn(),
  walletSigner: vi.fn(),
}));

vi.mock("../chain/wallet", () => ({
  SIGNS_NO_MESSAGES: "signs-no-messages",
  wallet: { account: { peek: () => ({ address: "5Alice" }) }, signBytes: parts.signBytes },
  walletSigner: parts.walletSigner,
}));
vi.mock("../chain/chain", () => ({ chain: { signRemark: parts.signRemark } }));
vi.mock("../gateway/auth", () => ({ auth: { challenge: parts.challenge, signIn: parts.signIn } }));
vi.mock("./without-prompt", () => ({ thisDevice: () => "Firefox on Linux" }));

const ME = { account: "5Alice" };
const MINUTE_MS = 60_000;
const refusal = (code: string, status = 401) => new GatewayError({ code, status, detail: "No." });

beforeEach(() => {
  vi.resetAllMocks();
  vi.useFakeTimers();
  parts.challenge.mockImplementation(async () => ({
    message: "Sign this",
    expires_at: new Date(Date.now() + 5 * MINUTE_MS).toISOString(),
  }));
  parts.signBytes.mockResolvedValue("0x01aa");
  parts.signRemark.mockResolvedValue({ signature: "0x01bb", transaction: "0x00cc" });
  parts.signIn.mockResolvedValue(ME);
});
afterEach(() => vi.useRealTimers());

describe("signing in with the wallet", () => {
  it("signs the gateway's message, and names this browser", async () => {
    expect(await signInByWallet()).toBe(ME);
    expect(new TextDecoder().decode(parts.signBytes.mock.calls[0]?.[0])).toBe("Sign this");
    expect(parts.challenge).toHaveBeenCalledWith({ account: "5Alice" });
    expect(parts.signIn).toHaveBeenCalledWith({
      message: "Sign this",
      signature: "0x01aa",
      label: "Firefox on Linux",
    });
    expect(parts.signRemark).not.toHaveBeenCalled();
  });

  it("signs a transaction if the wallet refuses messages for good, or the person asks for it", async () => {
    parts.signBytes.mockRejectedValue(new UserError("signs-no-messages", "No messages."));
    await signInByWallet();
    expect(parts.signRemark).toHaveBeenCalledWith("Sign this");
    expect(parts.signIn).toHaveBeenCalledWith(expect.objectContaining({ signature: "0x01bb", transaction: "0x00cc" }));
    await signInByWallet("transaction");
    expect(parts.signBytes).toHaveBeenCalledTimes(1);
  });

  it("asks for nothing else if the person has cancelled, and for no challenge if the wallet is not there", async () => {
    parts.signBytes.mockRejectedValue(new UserError("not-signed", "Cancelled."));
    await expect(signInByWallet()).rejects.toMatchObject({ code: "not-signed" });
    expect([parts.signRemark.mock.calls.length, parts.signIn.mock.calls.length]).toEqual([0, 0]);
    parts.walletSigner.mockRejectedValue(new UserError("wallet-missing", "Not installed."));
    await expect(signInByWallet()).rejects.toMatchObject({ code: "wallet-missing" });
    expect(parts.challenge).toHaveBeenCalledTimes(1);
  });

  it("waits for a wallet that takes its time", async () => {
    parts.signBytes.mockImplementation(() => new Promise((resolve) => setTimeout(resolve, 90_000, "0x01aa")));
    const signing = signInByWallet();
    await vi.advanceTimersByTimeAsync(90_000);
    expect(await signing).toBe(ME);
  });

  it("says that it took too long if the challenge has expired meanwhile, and can be repeated with a new one", async () => {
    parts.signBytes.mockImplementation(() => new Promise((resolve) => setTimeout(resolve, 6 * MINUTE_MS, "0x01aa")));
    parts.signIn.mockRejectedValueOnce(refusal("sign-in-refused"));
    const signing = signInByWallet().catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(6 * MINUTE_MS);
    expect(await signing).toMatchObject({ code: "signed-too-late", hint: expect.stringContaining("Sign again") });
    parts.signBytes.mockResolvedValue("0x01aa");
    expect(await signInByWallet()).toBe(ME);
    expect(parts.challenge).toHaveBeenCalledTimes(2);
  });

  it("goes by the time that has passed, whatever time it is on this device", async () => {
    parts.challenge.mockResolvedValue({ message: "Sign this", expires_at: new Date(0).toISOString() });
    parts.signIn.mockRejectedValueOnce(refusal("sign-in-refused"));
    await expect(signInByWallet()).rejects.toMatchObject({ code: "sign-in-refused" });
  });

  it("says what the gateway says if it refuses for another reason, or cannot be reached", async () => {
    for (const [code, status] of [
      ["bad-signature", 401],
      ["unreachable", 0],
    ] as const) {
      parts.signIn.mockRejectedValueOnce(refusal(code, status));
      await expect(signInByWallet()).rejects.toMatchObject({ code });
    }
  });
});

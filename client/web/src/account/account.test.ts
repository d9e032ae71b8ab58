import { type Signal, signal } from "@preact/signals";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Me } from "../gateway/auth-types";

const parts = vi.hoisted(() => ({
  account: null as unknown as Signal<{ readonly address: string } | null>,
  money: null as unknown as Signal<unknown>,
  signedIn: null as unknown as Signal<Me | null | undefined>,
  access: vi.fn(),
  signOut: vi.fn(),
  note: vi.fn(),
  bySessionKey: vi.fn(),
  asGuest: vi.fn(),
}));

vi.mock("../chain/wallet", () => ({ wallet: parts }));
vi.mock("../chain/chain", () => ({ chain: parts }));
vi.mock("../gateway/auth", () => ({
  access: parts.access,
  auth: { signOut: parts.signOut },
  followTabs: vi.fn(),
  get signedIn() {
    return parts.signedIn;
  },
  signInNote: parts.note,
}));
vi.mock("./without-prompt", () => ({ signInBySessionKey: parts.bySessionKey, signInAsGuest: parts.asGuest }));

const me = (account: string, by: Me["by"] = "wallet") => ({ account, by, is_guest: by === "guest" }) as unknown as Me;
const ALICE = { address: "5Alice" };
const BOB = { address: "5Bob" };

/** What signing in does: somebody is signed in afterwards. */
const signsIn = (who: Me) => async () => {
  parts.signedIn.value = who;
  return who;
};

async function load() {
  vi.resetModules();
  return import("./account");
}

beforeEach(() => {
  vi.resetAllMocks();
  parts.account = signal(null);
  parts.money = signal(null);
  parts.signedIn = signal<Me | null | undefined>(null);
  parts.bySessionKey.mockResolvedValue(null);
  parts.asGuest.mockResolvedValue(null);
  parts.signOut.mockImplementation(async () => {
    parts.signedIn.value = null;
  });
});

describe("signing in without a prompt", () => {
  it("takes the sign-in that the cookie renews", async () => {
    parts.account.value = ALICE;
    parts.access.mockImplementation(signsIn(me("5Alice")));
    const { signInQuietly } = await load();
    expect(await signInQuietly()).toEqual(me("5Alice"));
    expect(parts.bySessionKey).not.toHaveBeenCalled();
  });

  it("uses this browser's session key if nobody, or another account, is signed in", async () => {
    parts.account.value = ALICE;
    parts.bySessionKey.mockImplementation(signsIn(me("5Alice", "session-key")));
    const { signInQuietly } = await load();
    expect((await signInQuietly())?.by).toBe("session-key");
    parts.signedIn.value = me("5Bob");
    expect((await signInQuietly())?.account).toBe("5Alice");
    expect(parts.bySessionKey.mock.calls).toEqual([["5Alice"], ["5Alice"]]);
    expect(parts.asGuest).not.toHaveBeenCalled();
  });

  it("is that of a gift's guest if no account is chosen", async () => {
    parts.asGuest.mockImplementation(signsIn(me("5Gift", "guest")));
    const { signInQuietly } = await load();
    expect((await signInQuietly())?.is_guest).toBe(true);
    expect(parts.bySessionKey).not.toHaveBeenCalled();
  });

  it("is not enough where the wallet itself has to sign", async () => {
    parts.account.value = ALICE;
    parts.signedIn.value = me("5Alice", "session-key");
    const { signInQuietly } = await load();
    expect(await signInQuietly({ by: "wallet" })).toBeNull();
    expect(parts.bySessionKey).not.toHaveBeenCalled();
    parts.signedIn.value = me("5Alice");
    expect(await signInQuietly({ by: "wallet" })).toEqual(me("5Alice"));
  });
});

describe("a need for a sign-in", () => {
  it("asks nobody if a quiet way is enough", async () => {
    parts.account.value = ALICE;
    parts.bySessionKey.mockImplementation(signsIn(me("5Alice", "session-key")));
    const { ensureSignedIn, signInQuestion } = await load();
    expect((await ensureSignedIn()).account).toBe("5Alice");
    expect(signInQuestion.value).toBeNull();
  });

  it("waits for the person's answer otherwise", async () => {
    const { ensureSignedIn, signInQuestion } = await load();
    const waiting = ensureSignedIn({ reason: "Because.", by: "wallet" });
    await vi.waitFor(() => expect(signInQuestion.value).toMatchObject({ reason: "Because.", by: "wallet" }));
    signInQuestion.value?.answer(me("5Alice"));
    expect(await waiting).toEqual(me("5Alice"));
    expect(signInQuestion.value).toBeNull();
  });

  it("is given up without an error that is shown if the person does not want to", async () => {
    const { ensureSignedIn, signInQuestion } = await load();
    const waiting = ensureSignedIn();
    await vi.waitFor(() => expect(signInQuestion.value).not.toBeNull());
    signInQuestion.value?.cancel();
    await expect(waiting).rejects.toMatchObject({ name: "AbortError" });
    expect(signInQuestion.value).toBeNull();
  });

  it("does not ask twice at the same time, unless the first answer is not enough", async () => {
    const { ensureSignedIn, signInQuestion } = await load();
    const first = ensureSignedIn();
    await vi.waitFor(() => expect(signInQuestion.value).not.toBeNull());
    const second = ensureSignedIn();
    const third = ensureSignedIn({ by: "wallet" });
    await new Promise((resolve) => setTimeout(resolve, 5));
    signInQuestion.value?.answer(me("5Alice", "session-key"));
    expect([(await first).account, (await second).account]).toEqual(["5Alice", "5Alice"]);
    await vi.waitFor(() => expect(signInQuestion.value?.by).toBe("wallet"));
    signInQuestion.value?.answer(me("5Alice"));
    expect((await third).by).toBe("wallet");
  });
});

describe("the sign-in of these pages", () => {
  it("is tried quietly at the start, but not after signing out", async () => {
    parts.account.value = ALICE;
    parts.note.mockReturnValue("out");
    await (await load()).startAccount();
    expect([parts.access.mock.calls.length, parts.bySessionKey.mock.calls.length]).toEqual([1, 0]);
    parts.money.value = { deposit: { keys: [{ address: "5Key" }] } };
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(parts.bySessionKey).not.toHaveBeenCalled();
    parts.note.mockReturnValue(null);
    await (await load()).startAccount();
    expect(parts.bySessionKey).toHaveBeenCalledWith("5Alice");
  });

  it("follows the account that is chosen", async () => {
    parts.account.value = ALICE;
    parts.access.mockImplementation(async () => undefined);
    parts.signedIn.value = me("5Alice");
    parts.bySessionKey.mockImplementation(signsIn(me("5Bob", "session-key")));
    await (await load()).startAccount();
    expect(parts.signOut).not.toHaveBeenCalled();
    parts.account.value = BOB;
    await vi.waitFor(() => expect(parts.signedIn.value?.account).toBe("5Bob"));
    expect(parts.signOut).toHaveBeenCalledTimes(1);
    parts.account.value = null;
    expect(parts.signOut).toHaveBeenCalledTimes(1);
  });

  it("begins as soon as this browser is among the account's devices", async () => {
    parts.account.value = ALICE;
    await (await load()).startAccount();
    parts.bySessionKey.mockClear();
    parts.money.value = { deposit: { keys: [{ address: "5Key" }] } };
    await vi.waitFor(() => expect(parts.bySessionKey).toHaveBeenCalledWith("5Alice"));
  });
});

import { type Signal, signal } from "@preact/signals";
import { h } from "preact";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { SignInQuestion } from "../account";
import { UserError } from "../common/errors";
import type { Me } from "../gateway";
import { draw, type FakeElement, fakeDocument } from "../ui/fake-dom.test-data";
import { RequireSignIn, SignInPrompt } from "./sign-in";

const parts = vi.hoisted(() => ({
  me: null as unknown as Signal<Me | null | undefined>,
  question: null as unknown as Signal<SignInQuestion | null>,
  account: null as unknown as Signal<{ readonly address: string; readonly name: string } | null>,
  ensureSignedIn: vi.fn(),
  signInByWallet: vi.fn(),
  isDevelopment: vi.fn(),
  connect: vi.fn(),
}));

vi.mock("../account", () => ({
  get me() {
    return parts.me;
  },
  get signInQuestion() {
    return parts.question;
  },
  ensureSignedIn: parts.ensureSignedIn,
  isEnough: (who: Me | null | undefined, need: { readonly by?: string }) =>
    who != null && (need.by === undefined || who.by === need.by),
  signInByWallet: parts.signInByWallet,
  signOut: vi.fn(),
}));
vi.mock("../chain", () => ({
  chain: { isDevelopment: parts.isDevelopment },
  DEVELOPMENT: "development",
  DEVELOPMENT_ACCOUNTS: [{ name: "Alice", address: "5Alice" }],
  shortAddress: (address: string) => address,
  wallet: {
    get account() {
      return parts.account;
    },
    extensions: { value: [] },
    find: vi.fn(async () => undefined),
    connect: parts.connect,
  },
}));
vi.mock("../gateway", () => ({ imageUrl: () => null }));

const me = (by: Me["by"]) => ({ account: "5Alice", by }) as unknown as Me;
let body: FakeElement;
let answer: ReturnType<typeof vi.fn>;

const buttons = () => body.all("button").map(({ textContent }) => textContent);

async function press(text: string): Promise<void> {
  const button = body.all("button").find((one) => one.textContent === text);
  if (!button) throw new Error(`there is no button ${text}`);
  button.dispatchEvent(new Event("click"));
  await vi.advanceTimersByTimeAsync(100);
}

async function ask(): Promise<void> {
  parts.question.value = { reason: "To write, sign in.", answer, cancel: vi.fn() } as unknown as SignInQuestion;
  draw(h(SignInPrompt, {}), body);
  await vi.advanceTimersByTimeAsync(100);
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.resetAllMocks();
  body = fakeDocument().body;
  answer = vi.fn();
  parts.me = signal<Me | null | undefined>(null);
  parts.question = signal<SignInQuestion | null>(null);
  parts.account = signal<{ readonly address: string; readonly name: string } | null>(null);
  parts.isDevelopment.mockResolvedValue(false);
});
afterEach(() => {
  draw(null, body);
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("the dialog of a sign-in", () => {
  it("says why, and asks the wallet only after a press", async () => {
    parts.account.value = { address: "5Alice", name: "Alice" };
    parts.signInByWallet.mockResolvedValue(me("wallet"));
    await ask();
    expect(body.textContent).toContain("To write, sign in.");
    expect(parts.signInByWallet).not.toHaveBeenCalled();
    await press("Sign in as Alice");
    expect(parts.signInByWallet).toHaveBeenCalledWith("message");
    expect(answer).toHaveBeenCalledWith(me("wallet"));
  });

  it("offers to sign again after a failure, with what was wrong", async () => {
    parts.account.value = { address: "5Alice", name: "Alice" };
    parts.signInByWallet.mockRejectedValueOnce(
      new UserError("signed-too-late", "Signing took too long.", "Sign again."),
    );
    parts.signInByWallet.mockResolvedValueOnce(me("wallet"));
    await ask();
    await press("Sign in as Alice");
    expect(answer).not.toHaveBeenCalled();
    await press("Sign again");
    expect(answer).toHaveBeenCalledWith(me("wallet"));
  });

  it("offers a transaction for hardware wallets", async () => {
    parts.account.value = { address: "5Alice", name: "Alice" };
    parts.signInByWallet.mockResolvedValue(me("wallet"));
    await ask();
    await press("Sign in with a transaction");
    expect(parts.signInByWallet).toHaveBeenCalledWith("transaction");
  });

  it("is answered by itself if another way was enough meanwhile", async () => {
    await ask();
    expect(answer).not.toHaveBeenCalled();
    parts.me.value = me("session-key");
    draw(h(SignInPrompt, {}), body);
    await vi.advanceTimersByTimeAsync(100);
    expect(answer).toHaveBeenCalledWith(me("session-key"));
  });

  it("offers the development accounts on chains for development only", async () => {
    await ask();
    expect(buttons()).not.toContain("Alice");
    draw(null, body);
    parts.isDevelopment.mockResolvedValue(true);
    await ask();
    expect(body.textContent).toContain("For development only");
    await press("Alice");
    expect(parts.connect).toHaveBeenCalledWith("development", "5Alice");
  });
});

describe("content that needs a sign-in", () => {
  const content = () =>
    h(RequireSignIn, { why: "Only for you.", by: "wallet", children: (who: Me) => `Hello ${who.account}` });

  it("is shown to those who are signed in as needed", () => {
    parts.me.value = me("wallet");
    draw(content(), body);
    expect(body.textContent).toBe("Hello 5Alice");
  });

  it("is offered otherwise, once it is known who is signed in", async () => {
    parts.me.value = undefined;
    draw(content(), body);
    expect(buttons()).toEqual([]);
    parts.me.value = me("session-key");
    draw(content(), body);
    expect(body.textContent).toContain("Only for you.");
    await press("Sign in");
    expect(parts.ensureSignedIn).toHaveBeenCalledWith({ reason: "Only for you.", by: "wallet" });
  });
});

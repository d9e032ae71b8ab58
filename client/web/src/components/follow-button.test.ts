import { signal } from "@preact/signals";
import { h } from "preact";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { abortError } from "../common/errors";
import { type PersonView, people } from "../gateway";
import { FailureContext } from "../ui/failures";
import { draw, type FakeElement, fakeDocument } from "../ui/fake-dom.test-data";
import { FollowButton } from "./follow-button";

const account = vi.hoisted(() => ({ me: null as unknown, ensureSignedIn: vi.fn() }));
vi.mock("../account", () => ({
  get me() {
    return account.me;
  },
  ensureSignedIn: account.ensureSignedIn,
}));
vi.mock("../chain", () => ({ wallet: { account: { value: null } }, shortAddress: (address: string) => address }));
vi.mock("../gateway", () => ({
  people: { person: vi.fn(), follow: vi.fn(), unfollow: vi.fn() },
  imageUrl: () => null,
}));

const me = signal<{ readonly account: string } | null>(null);
const report = vi.fn();
let body: FakeElement;

const person = (isFollowed: boolean) =>
  ({
    account: "5Creator",
    name: "Sarangi",
    links: [],
    followers: 1,
    is_followed_by_me: isFollowed,
  }) as unknown as PersonView;

async function drawn(): Promise<FakeElement> {
  const button = h(FollowButton, { account: "5Creator" });
  const failures = { report, clear: () => undefined, textOf: () => null };
  draw(h(FailureContext.Provider, { value: failures, children: button }), body);
  await vi.advanceTimersByTimeAsync(1_000);
  return body.all("button")[0] as FakeElement;
}

async function press(button: FakeElement): Promise<void> {
  button.dispatchEvent(new Event("click"));
  await vi.advanceTimersByTimeAsync(1_000);
}

beforeEach(() => {
  vi.useFakeTimers();
  body = fakeDocument().body;
  me.value = null;
  account.me = me;
  account.ensureSignedIn.mockResolvedValue({ account: "5Viewer" });
  vi.mocked(people.person).mockResolvedValue(person(false));
});

afterEach(() => {
  draw(null, body);
  vi.clearAllMocks();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("the button to follow", () => {
  it("asks for a sign-in when it is pressed, then follows, and ends that with the next press", async () => {
    const button = await drawn();
    expect(account.ensureSignedIn).not.toHaveBeenCalled();
    await press(button);
    expect(account.ensureSignedIn).toHaveBeenCalledTimes(1);
    expect(people.follow).toHaveBeenCalledWith("5Creator");
    expect(body.textContent).toBe("Following");
    await press(button);
    expect(people.unfollow).toHaveBeenCalledWith("5Creator");
    expect(body.textContent).toBe("Follow");
  });

  it("does not follow if the person does not sign in", async () => {
    account.ensureSignedIn.mockRejectedValue(abortError());
    await press(await drawn());
    expect(people.follow).not.toHaveBeenCalled();
    expect(body.textContent).toBe("Follow");
    expect(report).toHaveBeenCalledTimes(1);
  });

  it("shows whether the person follows already, and nothing to the creator", async () => {
    vi.mocked(people.person).mockResolvedValue(person(true));
    await drawn();
    expect(body.textContent).toBe("Following");
    me.value = { account: "5Creator" };
    await vi.advanceTimersByTimeAsync(1_000);
    expect(body.textContent).toBe("");
  });
});

import { signal } from "@preact/signals";
import { h } from "preact";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Hold, KeyProvider, OpenSession, PaymentPhase } from "../pay";
import { draw, type FakeElement, fakeDocument } from "../ui/fake-dom.test-data";
import { HoldCard } from "./hold-card";
import { LiveJump } from "./live-jump";
import { Meter } from "./meter";
import type { Engine } from "./types";

const STREAM_PRICE = 3_000_000_000n;

function fakeKeyProvider() {
  return {
    isGift: false,
    offer: signal({ stream: "7", creator: "creator", pricePerTick: STREAM_PRICE }),
    phase: signal<PaymentPhase>("paying"),
    hold: signal<Hold | null>(null),
    isStarted: signal(true),
    previewLeftS: signal(null),
    session: signal<Pick<OpenSession, "pricePerTick" | "revealedTicks"> | null>(null),
    spent: signal(0n),
    fees: signal(0n),
    leftS: signal<number | null>(null),
    warning: signal(null),
    lastPaidMs: signal(null),
    start: vi.fn(),
  };
}

const asKeyProvider = (keyProvider: ReturnType<typeof fakeKeyProvider>) => keyProvider as unknown as KeyProvider;
let body: FakeElement;

/** Presses the button with these words. */
const press = (words: string) =>
  body
    .all("button")
    .find((button) => button.textContent === words)
    ?.dispatchEvent(new Event("click"));

beforeEach(() => {
  vi.useFakeTimers();
  body = fakeDocument().body;
});

afterEach(() => {
  draw(null, body);
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("the meter", () => {
  const meter = (keyProvider: ReturnType<typeof fakeKeyProvider>) =>
    h(Meter, { keyProvider: asKeyProvider(keyProvider), engine: null, onTopUp: vi.fn() });

  it("shows the price of the open session, not that of a new one", () => {
    const keyProvider = fakeKeyProvider();
    draw(meter(keyProvider), body);
    expect(body.textContent).toContain("0.003 VLK/s");
    keyProvider.session.value = { pricePerTick: 2_000_000_000n, revealedTicks: 3 };
    draw(meter(keyProvider), body);
    expect(body.textContent).toContain("0.002 VLK/s");
    expect(body.textContent).not.toContain("0.003");
  });

  it("agrees to the price that it shows", () => {
    const keyProvider = fakeKeyProvider();
    keyProvider.isStarted.value = false;
    draw(meter(keyProvider), body);
    press("Start");
    expect(keyProvider.start.mock.calls).toEqual([[STREAM_PRICE]]);
  });

  it("shows what is left of a gift, and offers no deposit", () => {
    const keyProvider = { ...fakeKeyProvider(), isGift: true };
    keyProvider.leftS.value = 581;
    draw(meter(keyProvider), body);
    expect(body.textContent).toContain("9:41");
    expect(body.textContent).not.toContain("Top up");
    keyProvider.phase.value = "preview";
    draw(meter(keyProvider), body);
    expect(body.textContent).toContain("then your gift pays for 9 min");
  });

  it("announces that paying has stopped", () => {
    const keyProvider = fakeKeyProvider();
    draw(meter(keyProvider), body);
    keyProvider.phase.value = "stopped";
    draw(meter(keyProvider), body);
    const status = body.all("p").find((line) => Reflect.get(line, "role") === "status");
    expect(status?.textContent).toBe("Stopped: you are not paying.");
  });
});

describe("the card over a held picture", () => {
  it("remembers a requested jump to live, and asks for the money first", () => {
    const keyProvider = fakeKeyProvider();
    keyProvider.hold.value = { reason: "funds", message: "It is used up.", hint: "Top up.", sinceMs: 0 };
    const engine = { canResume: signal(true), isBehind: signal(true), goLive: vi.fn() };
    const liveJump = new LiveJump();
    const onTopUp = vi.fn();
    const props = {
      keyProvider: asKeyProvider(keyProvider),
      engine: engine as unknown as Engine,
      liveJump,
      walletList: null,
    };
    draw(h(HoldCard, { ...props, isLive: true, onTopUp, onLeaveGift: vi.fn() }), body);
    press("Jump to live");
    expect(onTopUp).toHaveBeenCalledTimes(1);
    expect(engine.goLive).not.toHaveBeenCalled();
    expect(liveJump.takeIfReady(false, "playing")).toBe(true);
    press("Jump to live");
    press("Top up and resume where I stopped");
    expect(liveJump.takeIfReady(false, "playing")).toBe(false);
  });

  const card = (keyProvider: ReturnType<typeof fakeKeyProvider>, onLeaveGift = vi.fn()) =>
    h(HoldCard, {
      keyProvider: asKeyProvider(keyProvider),
      engine: null,
      liveJump: new LiveJump(),
      walletList: null,
      isLive: true,
      onTopUp: vi.fn(),
      onLeaveGift,
    });

  it.each(["consent", "dearer"] as const)("for %s has a button that names the price to which it agrees", (reason) => {
    const keyProvider = fakeKeyProvider();
    keyProvider.hold.value = { reason, message: "It is paid for.", hint: null, sinceMs: 0 };
    draw(card(keyProvider), body);
    press("Watch for 0.18 VLK per minute");
    expect(keyProvider.start.mock.calls).toEqual([[STREAM_PRICE]]);
  });

  it("says that a gift is used up, and how to go on", () => {
    const keyProvider = fakeKeyProvider();
    const onLeaveGift = vi.fn();
    keyProvider.hold.value = { reason: "gift-used-up", message: "All of it.", hint: "Go on.", sinceMs: 0 };
    draw(card(keyProvider, onLeaveGift), body);
    expect(body.textContent).toContain("The gift is used up");
    press("Watch with my own wallet");
    expect(onLeaveGift).toHaveBeenCalledTimes(1);
  });
});

import { signal } from "@preact/signals";
import { h } from "preact";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Hold, OpenSession, Purse, PursePhase } from "../pay";
import { draw, type FakeElement, fakeDocument } from "../ui/tree.test-data";
import { HoldCard } from "./hold-card";
import { LiveWish } from "./live-wish";
import { Meter } from "./meter";
import type { Engine } from "./types";

const STREAM_PRICE = 3_000_000_000n;

function fakePurse() {
  return {
    phase: signal<PursePhase>("paying"),
    hold: signal<Hold | null>(null),
    isStarted: signal(true),
    previewLeftS: signal(null),
    session: signal<Pick<OpenSession, "pricePerTick" | "paidTicks"> | null>(null),
    spent: signal(0n),
    fees: signal(0n),
    leftS: signal(null),
    warning: signal(null),
    lastPaidMs: signal(null),
    start: vi.fn(),
  };
}

const asPurse = (purse: ReturnType<typeof fakePurse>) => purse as unknown as Purse;
let body: FakeElement;

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
  const meter = (purse: ReturnType<typeof fakePurse>) =>
    h(Meter, { purse: asPurse(purse), engine: null, pricePerTick: STREAM_PRICE, onTopUp: vi.fn() });

  it("shows what a second of the open session costs, not what it would cost to open another", () => {
    const purse = fakePurse();
    draw(meter(purse), body);
    expect(body.textContent).toContain("0.003 VLK/s");
    purse.session.value = { pricePerTick: 2_000_000_000n, paidTicks: 3 };
    draw(meter(purse), body);
    expect(body.textContent).toContain("0.002 VLK/s");
    expect(body.textContent).not.toContain("0.003");
  });

  it("says aloud that paying has stopped", () => {
    const purse = fakePurse();
    draw(meter(purse), body);
    purse.phase.value = "stopped";
    draw(meter(purse), body);
    const status = body.all("p").find((line) => Reflect.get(line, "role") === "status");
    expect(status?.textContent).toBe("Stopped: nothing is paid.");
  });
});

describe("the card over a frozen picture", () => {
  it("only remembers the wish to jump to live, and asks for the money", () => {
    const purse = fakePurse();
    purse.hold.value = { reason: "funds", what: "It is used up.", mend: "Top up.", sinceMs: 0 };
    const engine = { canResume: signal(true), isBehind: signal(true), goLive: vi.fn() };
    const wish = new LiveWish();
    const onTopUp = vi.fn();
    const props = { purse: asPurse(purse), engine: engine as unknown as Engine, wish, pricePerTick: STREAM_PRICE };
    draw(h(HoldCard, { ...props, isLive: true, onTopUp }), body);
    const press = (words: string) =>
      body
        .all("button")
        .find((button) => button.textContent === words)
        ?.dispatchEvent(new Event("click"));
    press("Jump to live");
    expect(onTopUp).toHaveBeenCalledTimes(1);
    expect(engine.goLive).not.toHaveBeenCalled();
    expect(wish.comesTrue(false, "playing")).toBe(true);
    press("Jump to live");
    press("Top up and resume where I stopped");
    expect(wish.comesTrue(false, "playing")).toBe(false);
  });
});

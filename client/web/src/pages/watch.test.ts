import { signal } from "@preact/signals";
import { h } from "preact";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { chain } from "../chain";
import { gateway, type RecordingView, type StreamView } from "../gateway";
import type { Hold } from "../pay";
import { draw, type FakeElement, fakeDocument } from "../ui/tree.test-data";
import Watch from "./watch";

interface Given {
  readonly pricePerTick: bigint;
  readonly onTopUp: () => void;
}

const drawn = vi.hoisted(() => ({ player: null as unknown, fund: null as unknown }));
const hold = signal<Hold | null>(null);

vi.mock("../gateway", () => ({
  gateway: { stream: vi.fn(), recordings: vi.fn(), storyboard: vi.fn(), live: vi.fn() },
}));
vi.mock("../chain", () => ({
  chain: { money: { value: null, peek: vi.fn() }, start: async () => undefined },
  wallet: { account: { value: null } },
}));
vi.mock("../pay", () => ({ openPurse: () => ({ hold, dispose: async () => undefined }) }));
vi.mock("../player/player", () => ({
  Player: (props: unknown) => {
    drawn.player = props;
    return null;
  },
}));
vi.mock("../player/meter", () => ({ Meter: () => null }));
vi.mock("./watch-about", () => ({ About: () => null }));
vi.mock("./watch-aside", () => ({ Aside: () => null }));
vi.mock("../ui/stream-card", () => ({ pictureOf: () => null, titleOf: () => "A stream" }));
vi.mock("../ui/fund-dialog", () => ({
  FundDialog: (props: unknown) => {
    drawn.fund = props;
    return null;
  },
}));

const stream = (price: string, isLive: boolean) =>
  ({ stream: "7", price_per_tick: price, is_live_here: isLive, viewers: 0, metadata: {} }) as unknown as StreamView;
const recording = { number: 2, playlist: "/r/2.m3u8", storyboard: "/r/2.vtt" } as unknown as RecordingView;
const player = () => drawn.player as Given | null;
let body: FakeElement;

/** As long as it says, a second at a time: answers come and components are drawn in between. */
async function passed(seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second++) await vi.advanceTimersByTimeAsync(1_000);
}

beforeEach(() => {
  vi.useFakeTimers();
  body = fakeDocument().body;
  drawn.player = null;
  drawn.fund = null;
  hold.value = null;
  vi.mocked(gateway.live).mockImplementation(
    () => ({ counts: signal(new Map()), isConnected: signal(false), close: () => undefined }) as never,
  );
  vi.mocked(gateway.recordings).mockResolvedValue({ items: [recording] });
  vi.mocked(gateway.storyboard).mockResolvedValue([]);
});

afterEach(() => {
  draw(null, body);
  vi.clearAllMocks();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("the page of a stream", () => {
  it("hears of a new price while it is on air", async () => {
    vi.mocked(gateway.stream).mockResolvedValue(stream("2", true));
    draw(h(Watch, { params: { stream: "7" } }), body);
    await passed(2);
    expect(player()?.pricePerTick).toBe(2n);
    vi.mocked(gateway.stream).mockResolvedValue(stream("3", true));
    await passed(31);
    expect(player()?.pricePerTick).toBe(3n);
    expect(gateway.stream).toHaveBeenCalledTimes(2);
  });

  it("asks for a recording and its pictures once", async () => {
    vi.mocked(gateway.stream).mockResolvedValue(stream("2", false));
    draw(h(Watch, { params: { stream: "7", recording: "2" } }), body);
    await passed(62);
    expect(gateway.stream).toHaveBeenCalledTimes(3);
    expect(gateway.recordings).toHaveBeenCalledTimes(1);
    expect(gateway.storyboard).toHaveBeenCalledTimes(1);
  });

  it("offers a limit without a deposit when only the limit is wanting", async () => {
    vi.mocked(gateway.stream).mockResolvedValue(stream("2", true));
    vi.mocked(chain.money.peek).mockReturnValue({ deposit: { free: 1n } } as never);
    draw(h(Watch, { params: { stream: "7" } }), body);
    await passed(2);
    hold.value = { reason: "price", what: "", mend: null, sinceMs: 0 };
    player()?.onTopUp();
    await passed(1);
    expect(drawn.fund).toMatchObject({ isAmountOptional: true });
  });
});

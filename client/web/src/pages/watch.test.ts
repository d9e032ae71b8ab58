import { signal } from "@preact/signals";
import { h } from "preact";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { chain } from "../chain";
import { gateway, type Recording, type StreamView, video } from "../gateway";
import type { Hold } from "../pay";
import { draw, type FakeElement, fakeDocument } from "../ui/fake-dom.test-data";
import Watch from "./watch";

interface PlayerProps {
  readonly title: string;
  readonly poster: string | null;
  readonly dvr: unknown;
  readonly source: unknown;
  readonly onTopUp: () => void;
  readonly onLeaveGift: () => void;
}

const rendered = vi.hoisted(() => ({ player: null as unknown, fund: null as unknown }));
const hold = signal<Hold | null>(null);

vi.mock("../gateway", () => ({
  gateway: {
    info: async () => ({ genesis_hash: "0x" }),
    stream: vi.fn(),
    storyboard: vi.fn(),
    live: vi.fn(),
    probeBandwidth: async () => null,
    reportPlayback: vi.fn(),
  },
  video: { recording: vi.fn(), dvrStart: vi.fn() },
  imageUrl: (hash: string | null) => hash,
  referenceOf: ({ number }: { readonly number: number }) => String(number),
  recordingSubject: (id: string, number: number) => `recording:${id}:${number}`,
  streamSubject: (id: string) => `stream:${id}`,
}));
const progress = vi.hoisted(() => ({ resumePosition: vi.fn(), useProgress: vi.fn() }));
vi.mock("../components/use-progress", () => ({ ...progress, continuesAt: (positionS: number | null) => positionS }));
vi.mock("../chain", () => ({
  chain: { money: { value: null, peek: vi.fn() }, start: async () => undefined },
  wallet: { account: { value: null } },
}));
const pay = vi.hoisted(() => ({ openKeyProvider: vi.fn(), giftFor: vi.fn(), forgetGift: vi.fn(), update: vi.fn() }));
vi.mock("../pay", () => ({ ...pay, priceOf: (view: StreamView) => BigInt(view.price_per_tick) }));
vi.mock("../player/player", () => ({
  Player: (props: unknown) => {
    rendered.player = props;
    return null;
  },
}));
vi.mock("../player/meter", () => ({ Meter: () => null }));
vi.mock("./watch-about", () => ({ About: () => null }));
vi.mock("./watch-aside", () => ({ Aside: () => null }));
vi.mock("./watch-community", () => ({ WatchChat: () => null, WatchComments: () => null }));
vi.mock("../components/stream-card", () => ({ pictureOf: () => null, titleOf: () => "A stream" }));
vi.mock("../components/fund-dialog", () => ({
  FundDialog: (props: unknown) => {
    rendered.fund = props;
    return null;
  },
}));

const stream = (price: string, isLive: boolean) =>
  ({ stream: "7", price_per_tick: price, is_live_here: isLive, viewers: 0, metadata: {} }) as unknown as StreamView;
const recording = { number: 2, playlist: "/r/2.m3u8", storyboard: "/r/2.vtt" } as unknown as Recording;
const player = () => rendered.player as PlayerProps | null;
let body: FakeElement;

/** Advances the time, one second at a time, so that answers arrive and components are rendered in between. */
async function passed(seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second++) await vi.advanceTimersByTimeAsync(1_000);
}

beforeEach(() => {
  vi.useFakeTimers();
  body = fakeDocument().body;
  rendered.player = null;
  rendered.fund = null;
  hold.value = null;
  pay.openKeyProvider.mockImplementation(() => ({ hold, update: pay.update, dispose: async () => undefined }));
  progress.resumePosition.mockResolvedValue(null);
  pay.giftFor.mockResolvedValue(null);
  pay.forgetGift.mockResolvedValue(undefined);
  vi.mocked(gateway.live).mockImplementation(
    () => ({ counts: signal(new Map()), isConnected: signal(false), close: () => undefined }) as never,
  );
  vi.mocked(video.recording).mockResolvedValue(recording);
  vi.mocked(video.dvrStart).mockResolvedValue(null);
  vi.mocked(gateway.storyboard).mockResolvedValue([]);
});

afterEach(() => {
  draw(null, body);
  vi.clearAllMocks();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("the page of a stream", () => {
  it("shows a new price while the stream is on air", async () => {
    vi.mocked(gateway.stream).mockResolvedValue(stream("2", true));
    draw(h(Watch, { params: { stream: "7" } }), body);
    await passed(2);
    expect(pay.update.mock.lastCall).toMatchObject([{ pricePerTick: 2n }]);
    vi.mocked(gateway.stream).mockResolvedValue(stream("3", true));
    await passed(31);
    expect(pay.update.mock.lastCall).toMatchObject([{ pricePerTick: 3n }]);
    expect(pay.openKeyProvider).toHaveBeenCalledTimes(1);
    expect(gateway.stream).toHaveBeenCalledTimes(2);
  });

  it("loads a recording and its storyboard once", async () => {
    vi.mocked(gateway.stream).mockResolvedValue(stream("2", false));
    draw(h(Watch, { params: { stream: "7", recording: "2" } }), body);
    await passed(62);
    expect(gateway.stream).toHaveBeenCalledTimes(3);
    expect(video.recording).toHaveBeenCalledTimes(1);
    expect(gateway.storyboard).toHaveBeenCalledTimes(1);
  });

  it("shows a recording with its own title and poster", async () => {
    vi.mocked(video.recording).mockResolvedValue({ ...recording, title: "The final", poster: "ab" });
    vi.mocked(gateway.stream).mockResolvedValue(stream("2", false));
    draw(h(Watch, { params: { stream: "7", recording: "2" } }), body);
    await passed(2);
    expect(player()).toMatchObject({
      title: "The final",
      poster: "ab",
      dvr: null,
      source: { playlist: "/r/2.m3u8", isLive: false },
    });
    expect(video.dvrStart).not.toHaveBeenCalled();
  });

  it("continues a recording where the viewer has stopped, and reports from there", async () => {
    progress.resumePosition.mockResolvedValue(61.5);
    vi.mocked(gateway.stream).mockResolvedValue(stream("2", false));
    draw(h(Watch, { params: { stream: "7", recording: "2-0af" } }), body);
    await passed(2);
    expect(progress.resumePosition).toHaveBeenCalledWith("recording:7:2");
    expect(player()).toMatchObject({ source: { playlist: "/r/2.m3u8", startS: 61.5 } });
    expect(progress.useProgress.mock.lastCall?.[0]).toBe("recording:7:2");
  });

  it("reports no position in a broadcast", async () => {
    vi.mocked(gateway.stream).mockResolvedValue(stream("2", true));
    draw(h(Watch, { params: { stream: "7" } }), body);
    await passed(2);
    expect(player()).not.toBeNull();
    expect(progress.useProgress.mock.lastCall?.[0]).toBeNull();
  });

  it("waits for a video that the gateway prepares, and says if that failed", async () => {
    vi.mocked(video.recording).mockResolvedValue({ ...recording, state: "processing" });
    vi.mocked(gateway.stream).mockResolvedValue(stream("2", false));
    draw(h(Watch, { params: { stream: "7", recording: "2" } }), body);
    await passed(2);
    expect([player(), body.textContent.includes("being prepared")]).toEqual([null, true]);
    vi.mocked(video.recording).mockResolvedValue({ ...recording, state: "ready" });
    await passed(6);
    expect(player()).not.toBeNull();
    vi.mocked(video.recording).mockResolvedValue({ ...recording, state: "failed" });
    draw(null, body);
    draw(h(Watch, { params: { stream: "7", recording: "2" } }), body);
    await passed(2);
    expect(body.textContent).toContain("could not be prepared");
  });

  it("offers the earlier part of a broadcast as soon as there is one", async () => {
    vi.mocked(gateway.stream).mockResolvedValue({ ...stream("2", true), dvr_playlist: "/dvr/7" } as StreamView);
    draw(h(Watch, { params: { stream: "7" } }), body);
    await passed(2);
    expect(player()?.dvr).toBeNull();
    vi.mocked(video.dvrStart).mockResolvedValue(1_000);
    await passed(22);
    expect(player()?.dvr).toEqual({ playlist: "/dvr/7", startMs: 1_000 });
    expect(video.dvrStart).toHaveBeenCalledTimes(2);
  });

  it("asks for a limit without an amount if only the limit is missing", async () => {
    vi.mocked(gateway.stream).mockResolvedValue(stream("2", true));
    vi.mocked(chain.money.peek).mockReturnValue({ deposit: { free: 1n } } as never);
    draw(h(Watch, { params: { stream: "7" } }), body);
    await passed(2);
    hold.value = { reason: "price", message: "", hint: null, sinceMs: 0 };
    player()?.onTopUp();
    await passed(1);
    expect(rendered.fund).toMatchObject({ isAmountOptional: true });
  });

  it("is paid by a gift for it, until the viewer goes on with a wallet", async () => {
    const gift = { address: "gift" };
    pay.giftFor.mockResolvedValue(gift);
    vi.mocked(gateway.stream).mockResolvedValue(stream("2", true));
    draw(h(Watch, { params: { stream: "7" } }), body);
    await passed(2);
    expect(pay.openKeyProvider.mock.lastCall?.[1]).toBe(gift);
    pay.giftFor.mockResolvedValue(null);
    player()?.onLeaveGift();
    await passed(2);
    expect(pay.forgetGift).toHaveBeenCalledWith("gift");
    expect(pay.openKeyProvider.mock.lastCall?.[1]).toBeNull();
  });

  it("is shown in a browser that keeps no gifts", async () => {
    pay.giftFor.mockRejectedValue(new Error("blocked"));
    vi.mocked(gateway.stream).mockResolvedValue(stream("2", true));
    draw(h(Watch, { params: { stream: "7" } }), body);
    await passed(2);
    expect(player()).not.toBeNull();
  });
});

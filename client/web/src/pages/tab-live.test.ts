import { h } from "preact";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { UserError } from "../common/errors";
import { gateway, loadPublishing, type PublishOptions, type StreamView } from "../gateway";
import { FailureContext } from "../ui/failures";
import { draw, type FakeElement, fakeDocument } from "../ui/fake-dom.test-data";
import { TabLive } from "./tab-live";

vi.mock("../gateway", () => ({ gateway: { createPublishKey: vi.fn() }, loadPublishing: vi.fn() }));
vi.mock("../chain", () => ({ chain: {}, wallet: { account: { value: null } } }));
vi.mock("../account", () => ({ ensureSignedIn: vi.fn() }));

const report = vi.fn();
const stop = vi.fn(async () => undefined);
const replace = vi.fn(async () => undefined);
const startPublishing = vi.fn(async (options: PublishOptions) => {
  options.onState("live");
  return { stop, replace };
});
const track = (kind: string) => ({ kind, stop: vi.fn() });
let number = 0;
let body: FakeElement;

const STREAM = () => ({ stream: String(++number) }) as unknown as StreamView;
const state = () => body.querySelector("[data-state]");

async function press(text: string): Promise<void> {
  const button = body.all("button").find((one) => one.textContent === text);
  if (!button) throw new Error(`there is no button ${text}`);
  button.dispatchEvent(new Event("click"));
  await vi.advanceTimersByTimeAsync(100);
}

async function open(stream: StreamView): Promise<void> {
  const value = { report, clear: () => undefined, textOf: () => null };
  draw(h(FailureContext.Provider, { value, children: h(TabLive, { stream }) }), body);
  await press("Start the camera");
}

beforeEach(() => {
  vi.useFakeTimers();
  body = fakeDocument().body;
  vi.mocked(gateway.createPublishKey).mockResolvedValue({ key: "secret" } as never);
  vi.mocked(loadPublishing).mockResolvedValue({ startPublishing } as never);
  vi.stubGlobal("addEventListener", vi.fn());
  vi.stubGlobal("removeEventListener", vi.fn());
  vi.stubGlobal("navigator", {
    mediaDevices: {
      getUserMedia: async ({ audio, video }: MediaStreamConstraints) => {
        const tracks = [...(video ? [track("video")] : []), ...(audio ? [track("audio")] : [])];
        return { getTracks: () => tracks };
      },
      enumerateDevices: async () => [
        { kind: "videoinput", deviceId: "a", label: "Front camera" },
        { kind: "audioinput", deviceId: "b", label: "" },
      ],
    },
  });
});
afterEach(() => {
  draw(null, body);
  vi.clearAllMocks();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("going live from a tab", () => {
  it("publishes nothing before the creator goes live", async () => {
    await open(STREAM());
    expect(body.textContent).toContain("Front camera");
    expect(body.textContent).toContain("Microphone 1");
    expect([startPublishing.mock.calls.length, vi.mocked(gateway.createPublishKey).mock.calls.length]).toEqual([0, 0]);
  });

  it("makes one key, also if the creator goes live again", async () => {
    await open(STREAM());
    await press("Go live");
    expect(startPublishing.mock.calls[0]?.[0]).toMatchObject({ key: "secret" });
    expect(Reflect.get(state() ?? {}, "data-state")).toBe("live");
    await press("End the broadcast");
    expect(stop).toHaveBeenCalledTimes(1);
    await press("Go live");
    expect(startPublishing).toHaveBeenCalledTimes(2);
    expect(gateway.createPublishKey).toHaveBeenCalledTimes(1);
  });

  it("that is refused ends nothing, and makes another key the next time", async () => {
    startPublishing.mockImplementationOnce(async (options) => {
      options.onState("connecting");
      options.onState("ended");
      throw new UserError("forbidden", "The key has been revoked.");
    });
    await open(STREAM());
    await press("Go live");
    expect(state()).toBeNull();
    expect(report).toHaveBeenCalledTimes(1);
    await press("Go live");
    expect(Reflect.get(state() ?? {}, "data-state")).toBe("live");
    expect(gateway.createPublishKey).toHaveBeenCalledTimes(2);
  });

  it("ends the broadcast when its connection is lost for good, and when the page is left", async () => {
    await open(STREAM());
    await press("Go live");
    startPublishing.mock.calls[0]?.[0].onState("interrupted");
    await vi.advanceTimersByTimeAsync(100);
    expect([stop.mock.calls.length, body.textContent.includes("interrupted")]).toEqual([0, true]);
    startPublishing.mock.calls[0]?.[0].onState("ended");
    await vi.advanceTimersByTimeAsync(100);
    expect(stop).toHaveBeenCalledTimes(1);
    await press("Go live");
    draw(null, body);
    await vi.advanceTimersByTimeAsync(100);
    expect(stop).toHaveBeenCalledTimes(2);
  });
});

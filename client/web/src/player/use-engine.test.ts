import { signal } from "@preact/signals";
import { h } from "preact";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { KeyProvider } from "../pay";
import { draw, fakeDocument } from "../ui/fake-dom.test-data";
import { startEngine } from "./engine";
import type { Engine } from "./types";
import { type EngineHook, useEngine } from "./use-engine";
import type { VideoState } from "./video-state";

vi.mock("./engine", () => ({ startEngine: vi.fn() }));

const reload = vi.fn();
const source = { playlist: "/v1/streams/0/hls/master.m3u8", isLive: true };
const state = { autoplay: signal("allowed") } as unknown as VideoState;
const video = { play: async () => undefined } as unknown as HTMLVideoElement;
const engine = { destroy: vi.fn() } as unknown as Engine;

let hook: EngineHook | undefined;

function User() {
  hook = useEngine(video, { source, keyProvider: KEY_PROVIDER, state, onEngine: () => undefined });
  return null;
}

const KEY_PROVIDER = {} as KeyProvider;

async function settled(): Promise<void> {
  await vi.advanceTimersByTimeAsync(200);
}

describe("the player's engine", () => {
  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal("location", { reload });
  });

  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it("that could not be loaded is marked as failed, and can be loaded again", async () => {
    const { body } = fakeDocument();
    vi.mocked(startEngine).mockRejectedValueOnce(new TypeError("Failed to fetch"));
    draw(h(User, {}), body);
    await settled();
    expect(hook?.hasFailed).toBe(true);
    vi.mocked(startEngine).mockResolvedValueOnce(engine);
    hook?.retry();
    await settled();
    expect(hook).toMatchObject({ hasFailed: false, engine });
    draw(null, body);
    await settled();
    expect(engine.destroy).toHaveBeenCalledTimes(1);
  });

  it("that fails a second time is loaded with the whole page", async () => {
    const { body } = fakeDocument();
    vi.mocked(startEngine).mockRejectedValue(new TypeError("Failed to fetch"));
    draw(h(User, {}), body);
    await settled();
    hook?.retry();
    await settled();
    expect(hook?.hasFailed).toBe(true);
    expect(reload).not.toHaveBeenCalled();
    hook?.retry();
    expect(reload).toHaveBeenCalledTimes(1);
    draw(null, body);
  });
});

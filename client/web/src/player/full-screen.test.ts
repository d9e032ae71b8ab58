import { afterEach, describe, expect, it, vi } from "vitest";
import { toggleFullScreen } from "./full-screen";

afterEach(() => vi.unstubAllGlobals());

describe("full screen", () => {
  it("is for what was named, and ends when asked for again", () => {
    const exitFullscreen = vi.fn(async () => undefined);
    const whole = { requestFullscreen: vi.fn(async () => undefined) };
    vi.stubGlobal("document", { fullscreenElement: null, exitFullscreen });
    toggleFullScreen(whole as unknown as HTMLElement, null);
    expect(whole.requestFullscreen).toHaveBeenCalledTimes(1);
    vi.stubGlobal("document", { fullscreenElement: whole, exitFullscreen });
    toggleFullScreen(whole as unknown as HTMLElement, null);
    expect(exitFullscreen).toHaveBeenCalledTimes(1);
    expect(whole.requestFullscreen).toHaveBeenCalledTimes(1);
  });

  it("is the video's own where browsers know no other", () => {
    vi.stubGlobal("document", {});
    const webkitEnterFullscreen = vi.fn();
    toggleFullScreen({} as HTMLElement, { webkitEnterFullscreen } as unknown as HTMLVideoElement);
    expect(webkitEnterFullscreen).toHaveBeenCalledTimes(1);
    webkitEnterFullscreen.mockImplementation(() => {
      throw new DOMException("no picture yet", "InvalidStateError");
    });
    expect(() =>
      toggleFullScreen({} as HTMLElement, { webkitEnterFullscreen } as unknown as HTMLVideoElement),
    ).not.toThrow();
  });
});

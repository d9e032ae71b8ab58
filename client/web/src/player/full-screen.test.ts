import { afterEach, describe, expect, it, vi } from "vitest";
import { toggleFullScreen } from "./full-screen";

afterEach(() => vi.unstubAllGlobals());

describe("full screen", () => {
  it("is entered with the container, and left the second time", () => {
    const exitFullscreen = vi.fn(async () => undefined);
    const container = { requestFullscreen: vi.fn(async () => undefined) };
    vi.stubGlobal("document", { fullscreenElement: null, exitFullscreen });
    toggleFullScreen(container as unknown as HTMLElement, null);
    expect(container.requestFullscreen).toHaveBeenCalledTimes(1);
    vi.stubGlobal("document", { fullscreenElement: container, exitFullscreen });
    toggleFullScreen(container as unknown as HTMLElement, null);
    expect(exitFullscreen).toHaveBeenCalledTimes(1);
    expect(container.requestFullscreen).toHaveBeenCalledTimes(1);
  });

  it("is the video's own in browsers without the standard function", () => {
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

import { afterEach, describe, expect, it, vi } from "vitest";
import { probeBandwidth, reportPlayback } from "./playback";

const signal = new AbortController().signal;

/** An answer whose pieces arrive at these times, in milliseconds. */
function answer(pieces: readonly (readonly [atMs: number, bytes: number])[], isBroken = false): Response {
  const now = vi.spyOn(performance, "now");
  let at = 0;
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const piece = pieces[at++];
        if (!piece) return isBroken ? controller.error(new Error("aborted")) : controller.close();
        now.mockReturnValue(piece[0]);
        return controller.enqueue(new Uint8Array(piece[1]));
      },
    },
    { highWaterMark: 0 },
  );
  return new Response(body);
}

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

describe("a probe", () => {
  it("measures the time between its first and its last piece", async () => {
    vi.stubGlobal("fetch", () =>
      Promise.resolve(
        answer([
          [0, 1_000],
          [500, 50_000],
          [1_000, 75_000],
        ]),
      ),
    );
    expect(await probeBandwidth(signal)).toBe(1_000_000);
  });

  it("counts what has arrived when its time is over", async () => {
    vi.stubGlobal("fetch", () =>
      Promise.resolve(
        answer(
          [
            [0, 1_000],
            [800, 20_000],
          ],
          true,
        ),
      ),
    );
    expect(await probeBandwidth(signal)).toBe(200_000);
  });

  it("says nothing if too little has arrived, or the gateway refuses", async () => {
    vi.stubGlobal("fetch", () =>
      Promise.resolve(
        answer(
          [
            [0, 9_000],
            [800, 9_000],
          ],
          true,
        ),
      ),
    );
    expect(await probeBandwidth(signal)).toBeNull();
    vi.stubGlobal("fetch", () => Promise.resolve(new Response("{}", { status: 503 })));
    expect(await probeBandwidth(signal)).toBeNull();
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("offline")));
    expect(await probeBandwidth(signal)).toBeNull();
  });
});

describe("a report", () => {
  const report = { stalls: 0, stall_ms: 0, renditions: {}, dropped_frames: 0, frames: 1, player: "hls.js" };

  it("is a beacon, and a request if the browser refuses that", () => {
    const sendBeacon = vi.fn(() => true);
    const fetched = vi.fn(() => Promise.resolve(new Response(null, { status: 202 })));
    vi.stubGlobal("fetch", fetched);
    vi.stubGlobal("navigator", { sendBeacon });
    reportPlayback("3", report);
    expect(sendBeacon).toHaveBeenCalledWith("/v1/streams/3/quality", JSON.stringify(report));
    expect(fetched).not.toHaveBeenCalled();
    sendBeacon.mockReturnValue(false);
    reportPlayback("3", report);
    expect(fetched).toHaveBeenCalledOnce();
  });
});

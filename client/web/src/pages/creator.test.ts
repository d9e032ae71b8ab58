import { beforeEach, describe, expect, it, vi } from "vitest";
import { type Recording, type RecordingKind, video } from "../gateway";
import { linkText } from "./creator-about";
import { nextClips } from "./creator-library";

vi.mock("../gateway", () => ({ gateway: {}, people: {}, video: { findRecordings: vi.fn() } }));
vi.mock("../chain", () => ({ chain: {}, wallet: {} }));

const recording = (number: number, kind: RecordingKind) => ({ stream: "7", number, kind }) as unknown as Recording;

beforeEach(() => {
  vi.mocked(video.findRecordings).mockReset();
});

describe("the page of a creator", () => {
  it("finds clips on later pages of the recordings", async () => {
    vi.mocked(video.findRecordings)
      .mockResolvedValueOnce({ items: [recording(9, "upload")], next_cursor: "a" })
      .mockResolvedValueOnce({ items: [recording(8, "clip"), recording(7, "broadcast")], next_cursor: "b" });
    const page = await nextClips("5Creator", undefined);
    expect(page.items.map(({ number }) => number)).toEqual([8]);
    expect(page.next_cursor).toBe("b");
    expect(vi.mocked(video.findRecordings).mock.calls.map(([query]) => query.cursor)).toEqual([undefined, "a"]);
  });

  it("does not search endlessly for a clip", async () => {
    vi.mocked(video.findRecordings).mockResolvedValue({ items: [recording(1, "upload")], next_cursor: "more" });
    expect(await nextClips("5Creator", undefined)).toEqual({ items: [], next_cursor: "more" });
    expect(video.findRecordings).toHaveBeenCalledTimes(4);
  });

  it("shows where a link leads, and no link that is not to a secure page", () => {
    expect(linkText("https://example.org/music/")).toBe("example.org/music");
    for (const url of ["http://example.org", "javascript:alert(1)", "data:text/html,hi", "example.org", ""]) {
      expect(linkText(url)).toBeNull();
    }
  });
});

import { afterEach, describe, expect, it, vi } from "vitest";
import { fileName, saveAs } from "./save-file";

afterEach(() => vi.unstubAllGlobals());

describe("the name of a saved file", () => {
  it("is the title without what systems refuse", () => {
    expect(fileName('Talk: part 1/2 "live"?', "mp4")).toBe("Talk part 1 2 live.mp4");
    expect(fileName("..", "mp4")).toBe("video.mp4");
    expect(fileName("a\u0000b", "mp4")).toBe("a b.mp4");
    expect(fileName("x".repeat(300), "mp4")).toHaveLength(104);
  });
});

describe("saving a video", () => {
  it("asks for a place first, and writes the answer there", async () => {
    const written: Uint8Array[] = [];
    const steps: string[] = [];
    const file = new WritableStream<Uint8Array>({ write: (chunk) => void written.push(chunk) });
    vi.stubGlobal("window", {
      showSaveFilePicker: async ({ suggestedName }: { readonly suggestedName: string }) => {
        steps.push(suggestedName);
        return { createWritable: async () => file };
      },
    });
    await saveAs("a.mp4", async () => {
      steps.push("load");
      return new Response(new Uint8Array([1, 2, 3]));
    });
    expect(steps).toEqual(["a.mp4", "load"]);
    expect(written.flatMap((chunk) => [...chunk])).toEqual([1, 2, 3]);
  });

  it("loads nothing if no place is chosen", async () => {
    const load = vi.fn();
    vi.stubGlobal("window", {
      showSaveFilePicker: async () => {
        throw new DOMException("Cancelled", "AbortError");
      },
    });
    await expect(saveAs("a.mp4", load)).rejects.toThrow("Cancelled");
    expect(load).not.toHaveBeenCalled();
  });
});

import { describe, expect, it } from "vitest";
import type { Recording } from "../gateway";
import { changeOf, draftOf } from "./recording-edit";

const RECORDING = { number: 2, title: "The final", visibility: "unlisted", poster: null } as unknown as Recording;

describe("editing a recording", () => {
  const before = draftOf(RECORDING);

  it("begins with what it has, and sends nothing without a change", () => {
    expect(before).toEqual({ title: "The final", description: "", visibility: "unlisted", poster: "" });
    expect(changeOf(before, { ...before, title: " The final ", description: "  " })).toEqual({});
  });

  it("sends only what has changed", () => {
    expect(changeOf(before, { ...before, title: "Final", poster: "ab12" })).toEqual({ title: "Final", poster: "ab12" });
    expect(changeOf(before, { ...before, visibility: "public" })).toEqual({ visibility: "public" });
  });

  it("can take a title or a poster away", () => {
    const withPoster = draftOf({ ...RECORDING, poster: "ab12" });
    expect(changeOf(withPoster, { ...withPoster, title: "", poster: "" })).toEqual({ title: "", poster: "" });
  });

  it("treats a recording of an older gateway as public", () => {
    expect(draftOf({ number: 1 } as unknown as Recording).visibility).toBe("public");
  });
});

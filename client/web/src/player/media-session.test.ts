import { describe, expect, it } from "vitest";
import { mediaOf } from "./media-session";

const BASE = "https://gateway.example/watch/7";

describe("what the system shows", () => {
  it("has the title, and the picture with its whole address", () => {
    expect(mediaOf("Night train", "/v1/streams/7/thumbnail.jpg?at=1", BASE)).toMatchObject({
      title: "Night train",
      artwork: [{ src: "https://gateway.example/v1/streams/7/thumbnail.jpg?at=1" }],
    });
  });

  it("has no picture when the stream has none", () => {
    expect(mediaOf("Night train", null, BASE).artwork).toEqual([]);
  });
});

import { describe, expect, it } from "vitest";
import { mediaOf } from "./media-session";

const BASE = "https://gateway.example/watch/7";

describe("the system's description of the video", () => {
  it("has the title, and the absolute URL of the picture", () => {
    expect(mediaOf("Night train", "/v1/streams/7/thumbnail.jpg?at=1", BASE)).toMatchObject({
      title: "Night train",
      artwork: [{ src: "https://gateway.example/v1/streams/7/thumbnail.jpg?at=1" }],
    });
  });

  it("has no picture if the stream has none", () => {
    expect(mediaOf("Night train", null, BASE).artwork).toEqual([]);
  });
});

import { describe, expect, it } from "vitest";
import { chosenPicture, pictureByHash } from "./chosen-picture";

describe("the picture that a creator has chosen", () => {
  it("is part of the metadata, or kept by the gateway", () => {
    expect(chosenPicture("data:image/webp;base64,AAAA", null)).toBe("data:image/webp;base64,AAAA");
    expect(chosenPicture("/pictures/1.jpg", "7")).toBe("/pictures/1.jpg");
    const hash = "ab".repeat(32);
    expect(chosenPicture(pictureByHash(hash), "7")).toBe(`/v1/images/${hash}?width=640`);
  });

  it("on another server is fetched by the gateway, once the stream is on chain", () => {
    expect(chosenPicture("https://example.org/a.png", "7")).toBe("/v1/images/remote?stream=7");
    expect(chosenPicture("https://example.org/a.png", null)).toBeNull();
  });

  it("is not shown if it is something else", () => {
    for (const picture of ["", "image:../x", "http://example.org/a.png", "//example.org/a.png", "javascript:alert(1)"])
      expect(chosenPicture(picture, "7")).toBeNull();
  });
});

import { describe, expect, it } from "vitest";
import type { PersonView } from "../gateway";
import { changeOf, draftOf, handleError, linksError } from "./me-draft";

const PROFILE: PersonView = {
  account: "5Alice",
  handle: "alice",
  name: "Alice",
  links: ["https://alice.example/"],
  followers: 0,
  is_creator: false,
};

describe("a changed profile", () => {
  const before = draftOf(PROFILE);

  it("has only the fields that differ", () => {
    expect(changeOf(before, before)).toEqual({});
    expect(changeOf(before, { ...before, name: " Alice B. ", bio: "Hello" })).toEqual({
      name: "Alice B.",
      bio: "Hello",
    });
  });

  it("removes a field with an empty text, and links with an empty list", () => {
    expect(changeOf(before, { ...before, handle: "", links: " \n" })).toEqual({ handle: "", links: [] });
  });

  it("writes a handle as it is stored", () => {
    expect(changeOf(before, { ...before, handle: "@Bob_1" })).toEqual({ handle: "bob_1" });
    expect(changeOf(before, { ...before, handle: "@ALICE" })).toEqual({});
  });
});

describe("a handle", () => {
  it("has 3 to 30 letters, digits, underscores and hyphens, of any script", () => {
    for (const right of ["", "abc", "@Abc", "a-b_9", "\u0939\u093f\u0928\u094d\u0926\u0940", "x".repeat(30)]) {
      expect([right, handleError(right)]).toEqual([right, null]);
    }
    for (const wrong of ["ab", "x".repeat(31), "a b c", "a.b", "a/b", "a\u200bbc"]) {
      expect([wrong, handleError(wrong) !== null]).toEqual([wrong, true]);
    }
  });
});

describe("links", () => {
  it("are at most five, with https", () => {
    expect(linksError("")).toBeNull();
    expect(linksError("https://a.example\n\nhttps://b.example/c?d=e")).toBeNull();
    for (const wrong of [
      "http://a.example",
      "javascript:alert(1)",
      "a.example",
      `https://a.example/${"x".repeat(200)}`,
    ])
      expect(linksError(wrong)).toContain("https://");
    expect(linksError(Array.from({ length: 6 }, (_, at) => `https://${at}.example`).join("\n"))).toContain("5 links");
  });
});

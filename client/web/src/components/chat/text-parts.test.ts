import { describe, expect, it } from "vitest";
import { EMOJI, insertAt } from "./emoji";
import { textParts } from "./text-parts";

const links = (text: string) => textParts(text).filter(({ href }) => href !== undefined);
const joined = (text: string) =>
  textParts(text)
    .map((part) => part.text)
    .join("");

describe("texts of strangers", () => {
  it("become links only where they name an address with https", () => {
    expect(textParts("see https://example.org/a?b=1, or not")).toEqual([
      { text: "see " },
      { text: "https://example.org/a?b=1", href: "https://example.org/a?b=1" },
      { text: ", or not" },
    ]);
    expect(textParts("")).toEqual([{ text: "" }]);
    const odd = [
      "http://example.org",
      "javascript:alert(1)",
      "//example.org",
      "data:text/html,x",
      "https://",
      "https://vilokanam.org@evil.example/",
      "<a href='x'>https</a>",
    ];
    for (const text of odd) {
      expect(links(text), text).toEqual([]);
      expect(joined(text), text).toBe(text);
    }
  });

  it("show where a link leads that only looks like another", () => {
    // The first letter is Cyrillic.
    const [link] = links("https://\u0430pple.com/");
    expect(link?.text).toMatch(/^https:\/\/xn--/);
    expect(link?.text).toBe(link?.href);
  });

  it("have a limited number of links, and lose nothing", () => {
    const text = Array.from({ length: 20 }, (_, at) => `https://example.org/${at}`).join(" ");
    expect(links(text)).toHaveLength(5);
    expect(joined(text)).toBe(text);
  });
});

describe("emoji", () => {
  it("are inserted at the caret, unless the text becomes too long", () => {
    expect(insertAt("ab", "👍", 1, 1, 10)).toEqual({ text: "a👍b", caret: 3 });
    expect(insertAt("abc", "👍", 0, 3, 10)).toEqual({ text: "👍", caret: 2 });
    expect(insertAt("abc", "👍", 3, 3, 4)).toEqual({ text: "abc", caret: 3 });
  });

  it("have names, and none is offered twice", () => {
    expect(new Set(EMOJI.map(([emoji]) => emoji)).size).toBe(EMOJI.length);
    expect(new Set(EMOJI.map(([, name]) => name)).size).toBe(EMOJI.length);
  });
});

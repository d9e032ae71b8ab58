import { describe, expect, it } from "vitest";
import { asWebVtt, canonicalTag, isLanguageTag, readCaptions } from "./captions-editor";

describe("a file of captions", () => {
  it("in WebVTT is taken as it is", () => {
    const text = "WEBVTT\n\n00:01.000 --> 00:02.000\nHello\n";
    expect(asWebVtt(text)).toBe(text);
    expect(asWebVtt(`\uFEFF${text.replaceAll("\n", "\r\n")}`)).toBe(text);
    expect(asWebVtt("WEBVTT - a title\n\n")).toContain("a title");
  });

  it("in SubRip is converted", () => {
    const subRip = "1\n0:00:01,500 --> 00:00:02,000\nOne, two, three\n";
    expect(asWebVtt(subRip)).toBe("WEBVTT\n\n1\n00:00:01.500 --> 00:00:02.000\nOne, two, three\n");
  });

  it("of another kind is refused, and so is one that is too large", async () => {
    expect(() => asWebVtt("just words")).toThrow("has no captions");
    expect(() => asWebVtt("WEBVTTX")).toThrow("has no captions");
    await expect(readCaptions({ size: 3_000_000, text: async () => "WEBVTT" })).rejects.toThrow("larger than 2 MiB");
  });
});

describe("the language of captions", () => {
  it("is a tag of the usual forms", () => {
    for (const tag of ["en", "pt-BR", "zh-Hans", "zh-hant-TW", "es-419"]) expect(isLanguageTag(tag)).toBe(true);
    for (const tag of ["", "english", "e", "en_US", "../en"]) expect(isLanguageTag(tag)).toBe(false);
  });

  it("is written as usual", () => {
    expect(canonicalTag(" PT-br ")).toBe("pt-BR");
    expect(canonicalTag("zh-hans")).toBe("zh-Hans");
  });
});

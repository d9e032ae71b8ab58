import { describe, expect, it } from "vitest";
import {
  type CaptionTrackLike,
  choiceFor,
  choicesOf,
  languageName,
  NO_CAPTIONS_ID,
  rememberedAs,
  shownChoice,
  showOnly,
} from "./captions";

const track = (language: string, label: string, more: Partial<CaptionTrackLike> = {}): CaptionTrackLike => ({
  id: "",
  kind: "subtitles",
  language,
  label,
  mode: "disabled",
  ...more,
});

describe("the captions that can be chosen", () => {
  it("are those of the video, each once, also after a restart has added them again", () => {
    const tracks = [
      track("", "", { id: NO_CAPTIONS_ID, kind: "captions" }),
      track("en", "English"),
      track("", "chapters", { kind: "chapters" }),
      track("de", "Deutsch", { kind: "captions" }),
      track("en", "English"),
    ];
    expect(choicesOf(tracks)).toEqual([
      { language: "en", name: "English" },
      { language: "de", name: "Deutsch" },
    ]);
  });

  it("have the name of their language if they have none of their own", () => {
    expect(choicesOf([track("hi", "")])[0]?.name).toBe(languageName("hi"));
    expect(choicesOf([track("hi", "HI")])[0]?.name).toBe(languageName("hi"));
    expect(choicesOf([track("hi", "For the hard of hearing")])[0]?.name).toBe("For the hard of hearing");
    expect(languageName("not a tag")).toBe("not a tag");
    expect(languageName("und")).toBe("Unknown language");
  });
});

describe("the remembered language", () => {
  const choices = choicesOf([
    track("de-AT", "Deutsch"),
    track("en", "English"),
    track("en-GB", "UK"),
    track("", "CC1"),
  ]);

  it("is chosen again, and another form of it where it is missing", () => {
    expect(choiceFor("en-GB", choices)?.name).toBe("UK");
    expect(choiceFor("en-US", choices)?.name).toBe("English");
    expect(choiceFor("de", choices)?.name).toBe("Deutsch");
  });

  it("is the name for captions without a language", () => {
    const choice = choices.at(-1);
    expect(choice && rememberedAs(choice)).toBe("CC1");
    expect(choiceFor("CC1", choices)).toBe(choice);
  });

  it("is not replaced by another language", () => {
    expect(choiceFor("fr", choices)).toBeNull();
    expect(choiceFor("off", choices)).toBeNull();
    expect(choiceFor(null, choices)).toBeNull();
  });
});

describe("the captions of a viewer who has never chosen", () => {
  it("are those that the creator shows to everyone", () => {
    expect(shownChoice([track("en", "English"), track("de", "Deutsch", { mode: "showing" })])?.language).toBe("de");
    expect(shownChoice([track("en", "English", { mode: "hidden" })])).toBeNull();
  });
});

describe("showing captions", () => {
  it("shows the newest track of the choice alone", () => {
    const tracks = [track("en", "English", { mode: "showing" }), track("de", "Deutsch"), track("en", "English")];
    showOnly(tracks, { language: "en", name: "English" });
    expect(tracks.map(({ mode }) => mode)).toEqual(["disabled", "disabled", "showing"]);
    showOnly(tracks, null);
    expect(tracks.map(({ mode }) => mode)).toEqual(["disabled", "disabled", "disabled"]);
  });

  it("leaves other tracks as they are", () => {
    const tracks = [track("", "", { kind: "metadata", mode: "hidden" })];
    showOnly(tracks, { language: "en", name: "English" });
    expect(tracks[0]?.mode).toBe("hidden");
  });
});

import { describe, expect, it } from "vitest";
import { hasTracks } from "./library";

const STREAM = '#EXT-X-STREAM-INF:BANDWIDTH=1000000,AUDIO="aac"\nv/720p.m3u8\n';
const AUDIO = '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="aac",NAME="Deutsch",LANGUAGE="de",URI="a/de.m3u8"\n';
const OWN_AUDIO = '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="aac",NAME="English",LANGUAGE="en",DEFAULT=YES\n';
const CAPTIONS = '#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="subs",NAME="English",LANGUAGE="en",URI="c/en.m3u8"\n';

describe("the full library", () => {
  it("is needed for separate audio and for captions in the playlist", () => {
    expect(hasTracks(`#EXTM3U\n${AUDIO}${STREAM}`)).toBe(true);
    expect(hasTracks(`#EXTM3U\n${CAPTIONS}${STREAM}`)).toBe(true);
    expect(hasTracks(`#EXTM3U\n${AUDIO}${CAPTIONS}${STREAM}`)).toBe(true);
  });

  it("is not needed for audio in the picture's segments", () => {
    expect(hasTracks(`#EXTM3U\n${STREAM}`)).toBe(false);
    expect(hasTracks(`#EXTM3U\n${OWN_AUDIO}${STREAM}`)).toBe(false);
    // The library cannot play another track in its place.
    expect(hasTracks(`#EXTM3U\n${OWN_AUDIO}${AUDIO}${STREAM}`)).toBe(false);
  });
});

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { firstDate, firstRendition, keyRangeIn, video } from "./video-requests";

const MASTER =
  "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1000\ndvr/720p.m3u8\n#EXT-X-STREAM-INF:BANDWIDTH=9\ndvr/360p.m3u8\n";
const MEDIA = [
  "#EXTM3U",
  "#EXT-X-PLAYLIST-TYPE:EVENT",
  "#EXT-X-PROGRAM-DATE-TIME:2030-01-01T12:00:00.500Z",
  '#EXT-X-KEY:METHOD=AES-128,URI="/v1/streams/7/keys/41?v=1"',
  "#EXTINF:2,",
  "41.m4s",
  '#EXT-X-KEY:METHOD=AES-128,URI="/v1/streams/7/keys/42"',
  "#EXTINF:2,",
  "42.m4s",
].join("\n");

interface Sent {
  readonly url: string;
  readonly init: RequestInit;
}

let sent: Sent[];

/** Answers requests by their paths. */
function answer(answers: Readonly<Record<string, string | (() => Response)>>): void {
  vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
    sent.push({ url, init });
    if (url === "/v1/gateway") return new Response('{"genesis_hash":"0xaa"}');
    const found = answers[url.split("#")[0] ?? ""];
    if (found === undefined) return new Response('{"code":"not-found","detail":"No."}', { status: 404 });
    return typeof found === "string" ? new Response(found) : found();
  });
}

const headersOf = ({ init }: Sent) => init.headers as Record<string, string>;

beforeEach(() => {
  sent = [];
});
afterEach(() => vi.unstubAllGlobals());

describe("playlists", () => {
  it("name their first rendition relative to themselves", () => {
    const base = "/v1/streams/7/hls/master.m3u8?dvr=1";
    expect(firstRendition(MASTER, base)).toBe("/v1/streams/7/hls/dvr/720p.m3u8");
    expect(firstRendition("#EXTM3U\r\n/v1/a.m3u8?x=1\r\n", base)).toBe("/v1/a.m3u8?x=1");
    expect(firstRendition("#EXTM3U\n", base)).toBeNull();
  });

  it("say when they begin", () => {
    expect(firstDate(MEDIA)).toBe(Date.UTC(2030, 0, 1, 12, 0, 0, 500));
    expect(firstDate("#EXTM3U\n#EXT-X-PROGRAM-DATE-TIME:soon\n")).toBeNull();
    expect(firstDate("#EXTM3U\n")).toBeNull();
  });

  it("have a first and a last key", () => {
    expect(keyRangeIn(MEDIA)).toEqual({ first: 41, last: 42 });
    expect(keyRangeIn("#EXTM3U\n#EXTINF:2,\n1.m4s\n")).toBeNull();
  });
});

describe("the part of a broadcast that can be watched again", () => {
  it("begins with the first picture of its playlist", async () => {
    answer({ "/v1/s/master.m3u8?dvr=1": MASTER, "/v1/s/dvr/720p.m3u8": MEDIA });
    expect(await video.dvrStart("/v1/s/master.m3u8?dvr=1")).toBe(Date.UTC(2030, 0, 1, 12, 0, 0, 500));
  });

  it("is not read to its end, however long it is", async () => {
    const cancel = vi.fn();
    const endless = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new TextEncoder().encode(MEDIA)),
      pull: (controller) => controller.enqueue(new TextEncoder().encode("#EXTINF:2,\n43.m4s\n")),
      cancel,
    });
    answer({ "/v1/s/master.m3u8?dvr=1": MASTER, "/v1/s/dvr/720p.m3u8": () => new Response(endless) });
    expect(await video.dvrStart("/v1/s/master.m3u8?dvr=1")).not.toBeNull();
    expect(cancel).toHaveBeenCalledOnce();
  });

  it("is unknown if the gateway has none", async () => {
    answer({});
    expect(await video.dvrStart("/v1/s/master.m3u8?dvr=1")).toBeNull();
  });
});

describe("a creator's requests", () => {
  it("send a change as JSON", async () => {
    answer({ "/v1/streams/7/recordings/2": "{}" });
    await video.changeRecording("7", 2, { title: "Final" });
    expect(sent.at(-1)?.init).toMatchObject({ method: "PATCH", body: '{"title":"Final"}' });
    expect(headersOf(sent.at(-1) as Sent)["content-type"]).toBe("application/json");
  });

  it("send captions as they are, and what is said about them in the query", async () => {
    answer({ "/v1/streams/7/recordings/2/captions/pt-BR?label=a+b&default=true": "" });
    await video.storeCaptions("7", 2, { language: "pt-BR", label: "a b", text: "WEBVTT", isDefault: true });
    expect(sent.at(-1)?.init).toMatchObject({ method: "PUT", body: "WEBVTT" });
  });

  it("send a picture as it is, with its type", async () => {
    answer({ "/v1/images": '{"hash":"ab","widths":[],"url":""}' });
    const picture = new Blob([new Uint8Array([1, 2, 3])], { type: "image/png" });
    expect((await video.storeImage(picture)).hash).toBe("ab");
    expect(sent.at(-1)?.init.body).toEqual(new Uint8Array([1, 2, 3]));
    expect(headersOf(sent.at(-1) as Sent)["content-type"]).toBe("image/png");
  });
});

describe("bought keys", () => {
  const proof = { viewer: "5Viewer", session_key: "5Key", time_ms: 5, signature: "0x00" };

  it("are 16 bytes each, in their order", async () => {
    const bytes = new Uint8Array(32).fill(1, 0, 16).fill(2, 16);
    answer({ "/v1/streams/7/keys/bought": () => new Response(bytes) });
    const keys = await video.boughtKeys("7", 41, 2, proof);
    expect(keys.map((key) => [key.length, key[0]])).toEqual([
      [16, 1],
      [16, 2],
    ]);
    expect(JSON.parse(String(sent.at(-1)?.init.body))).toEqual({ ...proof, first: 41, count: 2 });
  });

  it("are refused if some are missing", async () => {
    answer({ "/v1/streams/7/keys/bought": () => new Response(new Uint8Array(16)) });
    await expect(video.boughtKeys("7", 41, 2, proof)).rejects.toThrow("wrong length");
  });
});

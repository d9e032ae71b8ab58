import { afterEach, describe, expect, it, vi } from "vitest";
import { gateway } from "./gateway";
import { request, requestJson, withQuery } from "./http";
import { GatewayError, problemOf } from "./problem";
import { freeKey } from "./session-requests";
import { parseStoryboard } from "./storyboard";

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

const answer = (body: unknown, init: ResponseInit = {}) =>
  vi.stubGlobal("fetch", async () => new Response(typeof body === "string" ? body : JSON.stringify(body), init));

describe("requests", () => {
  it("return parsed JSON", async () => {
    answer({ a: 1 });
    expect(await requestJson("/v1/chain")).toEqual({ a: 1 });
  });

  it("fail with the gateway's message and hint", async () => {
    const problem = {
      type: "/problems/not-found",
      title: "t",
      status: 404,
      code: "not-found",
      detail: "No.",
      hint: "M.",
    };
    answer(problem, { status: 404 });
    const error = await request("/v1/streams/9").catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(GatewayError);
    expect(error).toMatchObject({ code: "not-found", status: 404, message: "No.", hint: "M.", isTransient: false });
  });

  it("fail with a status code when something other than the gateway answers", async () => {
    answer("<html>bad gateway</html>", { status: 502 });
    await expect(request("/v1/streams")).rejects.toMatchObject({ code: "status-502", isTransient: true });
  });

  it("fail as unreachable without an answer, and with an AbortError when cancelled", async () => {
    vi.stubGlobal("fetch", async () => Promise.reject(new TypeError("network")));
    await expect(request("/v1/streams")).rejects.toMatchObject({ code: "unreachable", status: 0, isTransient: true });
    await expect(request("/v1/streams", { signal: AbortSignal.abort() })).rejects.toMatchObject({ name: "AbortError" });
  });

  it("can be cancelled in browsers without AbortSignal.any", async () => {
    const known = AbortSignal.any;
    Reflect.deleteProperty(AbortSignal, "any");
    const asked = vi.fn();
    vi.stubGlobal("fetch", (path: string, { signal }: { signal: AbortSignal }) => {
      asked(path);
      return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    });
    const calling = new AbortController();
    const asking = request("/v1/streams", { signal: calling.signal });
    await vi.waitFor(() => expect(asked).toHaveBeenCalled());
    calling.abort();
    await expect(asking).rejects.toMatchObject({ name: "AbortError" });
    Object.defineProperty(AbortSignal, "any", { configurable: true, writable: true, value: known });
  });

  it("carry the values of a query, without undefined ones", () => {
    expect(withQuery("/v1/streams", { q: "a b&c", live: true, limit: undefined })).toBe(
      "/v1/streams?q=a+b%26c&live=true",
    );
    expect(withQuery("/v1/streams", {})).toBe("/v1/streams");
  });
});

describe("preview keys", () => {
  it("are 16 bytes long, and come with the ticks left of the preview", async () => {
    vi.stubGlobal(
      "fetch",
      async () => new Response(new Uint8Array(16), { headers: { "x-vilokanam-preview-ticks-left": "6" } }),
    );
    expect(await freeKey("7", 3)).toEqual({ bytes: new Uint8Array(16), ticksLeft: 6 });
    vi.stubGlobal("fetch", async () => new Response(new Uint8Array(15)));
    await expect(freeKey("7", 3)).rejects.toMatchObject({ code: "bad-answer" });
  });
});

describe("problems", () => {
  it("carry the required ticks", () => {
    expect(problemOf({ code: "out-of-prepaid-ticks", detail: "Pay.", required_ticks: 8 }, 402)).toMatchObject({
      status: 402,
      requiredTicks: 8,
    });
    for (const strange of [null, "text", {}, { code: 1, detail: "x" }]) expect(problemOf(strange, 402)).toBeNull();
  });
});

describe("storyboards", () => {
  const base = "/v1/streams/7/storyboard.vtt";

  it("are parsed with the position of each picture", () => {
    const text = [
      "WEBVTT",
      "",
      "00:00:00.000 --> 00:00:10.000",
      "sprites/0.jpg#xywh=0,0,160,90",
      "",
      "2",
      "01:00:10.000 --> 01:00:20.500 align:start",
      "sprites/0.jpg#xywh=pixel:160,0,160,90",
      "",
    ].join("\r\n");
    expect(parseStoryboard(text, base)).toEqual([
      { startS: 0, endS: 10, url: "/v1/streams/7/sprites/0.jpg", x: 0, y: 0, width: 160, height: 90 },
      { startS: 3_610, endS: 3_620.5, url: "/v1/streams/7/sprites/0.jpg", x: 160, y: 0, width: 160, height: 90 },
    ]);
  });

  it("are parsed in browsers without URL.canParse", () => {
    vi.spyOn(URL, "canParse").mockImplementation(() => {
      throw new TypeError("URL.canParse is not a function");
    });
    const text = "WEBVTT\n\n00:00.000 --> 00:10.000\nsprites/0.jpg#xywh=0,0,1,1\n";
    expect(parseStoryboard(text, base)).toHaveLength(1);
    expect(parseStoryboard(text.replace("sprites", "http://["), base)).toEqual([]);
  });

  it("skip pictures of other origins and cues that are not understood", () => {
    const cue = (target: string) => `00:00.000 --> 00:10.000\n${target}\n`;
    for (const target of [
      "//elsewhere.example/a.jpg#xywh=0,0,1,1",
      "sprites/0.jpg",
      "data:image/png,x#xywh=0,0,1,1",
      "",
    ]) {
      expect(parseStoryboard(`WEBVTT\n\n${cue(target)}`, base)).toEqual([]);
    }
    expect(parseStoryboard("", base)).toEqual([]);
  });
});

describe("the gateway's terms", () => {
  it("are asked for once, again when they may have changed, and again after a failure", async () => {
    vi.useFakeTimers();
    let fee = 1;
    const fetched = vi.fn(async () => new Response(JSON.stringify({ open_fee: String(fee) })));
    vi.stubGlobal("fetch", fetched);
    await gateway.info();
    await gateway.info();
    expect(fetched).toHaveBeenCalledTimes(1);

    fee = 2;
    vi.advanceTimersByTime(30_000);
    expect((await gateway.info()).open_fee).toBe("2");
    expect(fetched).toHaveBeenCalledTimes(2);

    vi.advanceTimersByTime(30_000);
    answer("", { status: 502 });
    await expect(gateway.info()).rejects.toMatchObject({ code: "status-502" });
    vi.stubGlobal("fetch", fetched);
    expect((await gateway.info()).open_fee).toBe("2");
  });
});

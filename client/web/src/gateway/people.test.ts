import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { people } from "./people";
import type { ProgressItem } from "./people-types";
import { search } from "./search";
import { spending } from "./spending";
import { recordingSubject, streamSubject, subjectPath } from "./subjects";

const ITEMS: readonly ProgressItem[] = [{ subject: "recording:7:3", position_ms: 1, at: "2026-11-30T12:00:00Z" }];
const asked = vi.fn<typeof fetch>();
const refusal = (status: number) => Response.json({ code: "no", status, detail: "No." }, { status });

beforeEach(() => {
  vi.stubGlobal("fetch", asked);
  asked.mockImplementation(async () => Response.json({ suggestions: [] }));
});

afterEach(() => {
  vi.unstubAllGlobals();
  asked.mockReset();
});

describe("requests about people", () => {
  it("keep names from links within their part of the path", async () => {
    await people.person("../auth/sign-out");
    await people.follow("a/b");
    await people.forget("stream:7");
    expect(asked.mock.calls.map(([path, init]) => [init?.method, path])).toEqual([
      [undefined, "/v1/people/..%2Fauth%2Fsign-out"],
      ["PUT", "/v1/people/a%2Fb/follow"],
      ["DELETE", "/v1/me/history/stream%3A7"],
    ]);
  });

  it("find nobody if the gateway does not know the person", async () => {
    asked.mockImplementation(async () => refusal(404));
    expect(await people.person("nobody")).toBeNull();
    expect(await people.progress("stream:7")).toBeNull();
  });

  it("drop positions that the gateway refuses, and no others", async () => {
    asked.mockImplementation(async () => refusal(400));
    await people.reportProgress(ITEMS, false);
    asked.mockImplementation(async () => refusal(503));
    await expect(people.reportProgress(ITEMS, true)).rejects.toMatchObject({ status: 503 });
    expect(asked.mock.lastCall?.[1]).toMatchObject({ keepalive: true, method: "PUT" });
  });
});

describe("requests for searches and money", () => {
  it("leave out what is not given", async () => {
    await search.suggest("a&b", 8);
    await search.find({ q: "raga", live: true });
    await spending.of({ by: "month", tz: "Asia/Kathmandu" });
    expect(asked.mock.calls.map(([path]) => path)).toEqual([
      "/v1/search/suggest?q=a%26b&limit=8",
      "/v1/search?q=raga&live=true",
      "/v1/me/spending?by=month&tz=Asia%2FKathmandu",
    ]);
  });
});

describe("a subject", () => {
  it("has the address of what it names", () => {
    expect(subjectPath(streamSubject("7"))).toBe("/watch/7");
    expect(subjectPath(recordingSubject("7", 3))).toBe("/watch/7/recordings/3");
  });
});

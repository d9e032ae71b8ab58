import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Me, SignInAnswer } from "./auth-types";

const NOTE = "vilokanam.signed-in";

interface Sent {
  readonly path: string;
  readonly method: string;
  readonly token: string | undefined;
}

let stored: Map<string, string>;
let sent: Sent[];
/** Answers by path; without one, requests succeed with what they sent. */
let answers: Record<string, (request: Sent) => Response | Promise<Response>>;
let tabs: { onmessage: ((event: { data: unknown }) => void) | null; readonly said: unknown[] }[];

const me = (account: string) => ({ account, by: "wallet" }) as unknown as Me;
const answerOf = (token: string, account = "5Alice"): SignInAnswer => ({
  access_token: token,
  expires_at: new Date(Date.now() + 900_000).toISOString(),
  me: me(account),
});
const json = (value: unknown) => new Response(JSON.stringify(value));
const refusal = (code: string, status = 401) =>
  new Response(JSON.stringify({ code, detail: "No.", status }), { status });
const refreshes = () => sent.filter(({ path }) => path === "/v1/auth/refresh").length;

async function load() {
  vi.resetModules();
  return import("./auth");
}

beforeEach(() => {
  stored = new Map();
  sent = [];
  answers = {};
  tabs = [];
  vi.stubGlobal("localStorage", {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => void stored.set(key, value),
    removeItem: (key: string) => void stored.delete(key),
  });
  vi.stubGlobal("navigator", {});
  vi.stubGlobal(
    "BroadcastChannel",
    class {
      onmessage = null;
      readonly said: unknown[] = [];
      constructor() {
        tabs.push(this);
      }
      postMessage(message: unknown) {
        this.said.push(message);
      }
    },
  );
  vi.stubGlobal("fetch", async (path: string, init: RequestInit = {}) => {
    const token = (init.headers as Record<string, string> | undefined)?.["authorization"];
    const request = { path, method: init.method ?? "GET", token };
    sent.push(request);
    return answers[path]?.(request) ?? json({});
  });
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe("requests of a person", () => {
  it("are those of nobody in a browser in which nobody has signed in, without asking for a token", async () => {
    const { authorised, signedIn } = await load();
    expect(signedIn.value).toBeUndefined();
    await authorised("/v1/me/history");
    expect(sent).toEqual([{ path: "/v1/me/history", method: "GET", token: undefined }]);
    expect(signedIn.value).toBeNull();
  });

  it("carry the access token, which the cookie renews once for all requests", async () => {
    stored.set(NOTE, "in");
    answers["/v1/auth/refresh"] = () => json(answerOf("a"));
    const { authorised, authorisedJson, signedIn } = await load();
    answers["/v1/me"] = () => json({ x: 1 });
    const [, value] = await Promise.all([authorised("/v1/a"), authorisedJson("/v1/me"), authorised("/v1/b")]);
    expect(value).toEqual({ x: 1 });
    expect(refreshes()).toBe(1);
    expect(sent.slice(1).map(({ token }) => token)).toEqual(["Bearer a", "Bearer a", "Bearer a"]);
    expect(signedIn.value?.account).toBe("5Alice");
  });

  it("renew a token before its end, and use it for a while even if this device's clock is wrong", async () => {
    vi.useFakeTimers();
    stored.set(NOTE, "in");
    answers["/v1/auth/refresh"] = () => json(answerOf("a"));
    const { authorised } = await load();
    await authorised("/v1/a");
    vi.advanceTimersByTime(860_000);
    await authorised("/v1/a");
    expect(refreshes()).toBe(1);
    vi.advanceTimersByTime(20_000);
    await authorised("/v1/a");
    expect(refreshes()).toBe(2);

    answers["/v1/auth/refresh"] = () => json({ ...answerOf("b"), expires_at: "2001-01-01T00:00:00Z" });
    vi.advanceTimersByTime(900_000);
    await authorised("/v1/a");
    await authorised("/v1/a");
    expect(refreshes()).toBe(3);
  });

  it("are repeated once with a fresh token if the gateway does not accept the first one", async () => {
    stored.set(NOTE, "in");
    let renewed = 0;
    answers["/v1/auth/refresh"] = () => json(answerOf(`t${++renewed}`));
    answers["/v1/x"] = ({ token }) => (token === "Bearer t1" ? refusal("signed-out") : json({ ok: true }));
    const { authorisedJson } = await load();
    expect(await authorisedJson("/v1/x")).toEqual({ ok: true });
    expect(refreshes()).toBe(2);

    answers["/v1/x"] = () => refusal("signed-out");
    await expect(authorisedJson("/v1/x")).rejects.toMatchObject({ code: "signed-out" });
    expect(sent.filter(({ path }) => path === "/v1/x")).toHaveLength(4);
  });

  it("are not repeated for other refusals", async () => {
    stored.set(NOTE, "in");
    answers["/v1/auth/refresh"] = () => json(answerOf("a"));
    answers["/v1/x"] = () => refusal("wallet-needed", 403);
    const { authorised } = await load();
    await expect(authorised("/v1/x")).rejects.toMatchObject({ code: "wallet-needed" });
    expect(refreshes()).toBe(1);
  });
});

describe("a sign-in", () => {
  it("that has ended is forgotten, and not asked for again", async () => {
    stored.set(NOTE, "in");
    answers["/v1/auth/refresh"] = () => refusal("sign-in-revoked");
    const { access, signedIn } = await load();
    expect(await access()).toBeNull();
    expect([signedIn.value, stored.get(NOTE)]).toEqual([null, "out"]);
    expect(await access()).toBeNull();
    expect(refreshes()).toBe(1);
  });

  it("is not lost while the gateway does not answer", async () => {
    stored.set(NOTE, "in");
    answers["/v1/auth/refresh"] = () => refusal("x", 503);
    const { access, signedIn } = await load();
    await expect(access()).rejects.toMatchObject({ status: 503 });
    expect([signedIn.value, stored.get(NOTE)]).toEqual([null, "in"]);
    answers["/v1/auth/refresh"] = () => json(answerOf("a"));
    expect((await access())?.token).toBe("a");
    expect(signedIn.value?.account).toBe("5Alice");
  });

  it("is renewed by one tab at a time", async () => {
    const held: string[] = [];
    vi.stubGlobal("navigator", {
      locks: {
        request: async (name: string, work: () => Promise<unknown>) => {
          held.push(name);
          return work();
        },
      },
    });
    stored.set(NOTE, "in");
    answers["/v1/auth/refresh"] = () => json(answerOf("a"));
    const { access } = await load();
    await access();
    expect(held).toEqual(["vilokanam.auth"]);
  });

  it("and its end are told to other tabs", async () => {
    const { auth, followTabs, signedIn } = await load();
    followTabs();
    answers["/v1/auth/sign-in"] = () => json(answerOf("a"));
    await auth.signIn({ message: "m", signature: "0x" });
    expect([signedIn.value?.account, stored.get(NOTE)]).toEqual(["5Alice", "in"]);
    await auth.signOut();
    expect(sent.at(-1)).toEqual({ path: "/v1/auth/sign-out", method: "POST", token: "Bearer a" });
    expect([signedIn.value, stored.get(NOTE)]).toEqual([null, "out"]);
    expect(tabs[0]?.said).toEqual(["signed-in", "signed-out"]);
  });

  it("in another tab applies to this one, and so does its end", async () => {
    const { followTabs, signedIn, access } = await load();
    followTabs();
    stored.set(NOTE, "in");
    answers["/v1/auth/refresh"] = () => json(answerOf("b", "5Bob"));
    tabs[0]?.onmessage?.({ data: "signed-in" });
    await vi.waitFor(() => expect(signedIn.value?.account).toBe("5Bob"));
    stored.set(NOTE, "out");
    tabs[0]?.onmessage?.({ data: "signed-out" });
    expect(signedIn.value).toBeNull();
    expect(await access()).toBeNull();
  });

  it("that was renewed after signing out is not taken back", async () => {
    stored.set(NOTE, "in");
    let renew: (response: Response) => void = () => {};
    answers["/v1/auth/refresh"] = () => new Promise<Response>((resolve) => (renew = resolve));
    const { access, ended, signedIn } = await load();
    const late = access();
    await vi.waitFor(() => expect(refreshes()).toBe(1));
    ended();
    renew(json(answerOf("a")));
    expect(await late).toBeNull();
    expect(signedIn.value).toBeNull();
  });

  it("that has ended already can be left without an error", async () => {
    const { auth, signedIn } = await load();
    answers["/v1/auth/sign-out"] = () => refusal("signed-out");
    answers["/v1/auth/refresh"] = () => refusal("signed-out");
    await auth.signOut();
    expect(signedIn.value).toBeNull();
    answers["/v1/auth/sign-out"] = () => refusal("x", 503);
    await expect(auth.signOut()).rejects.toMatchObject({ status: 503 });
  });
});

it("a changed profile is shown, but not that of somebody who has signed out meanwhile", async () => {
  stored.set(NOTE, "in");
  answers["/v1/auth/refresh"] = () => json(answerOf("a"));
  const { access, ended, setMe, signedIn } = await load();
  await access();
  const changed = { ...me("5Alice"), unread_notices: 3 };
  setMe(changed);
  expect(signedIn.value).toBe(changed);
  ended();
  setMe(changed);
  expect(signedIn.value).toBeNull();
});

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type ChatEnvironment, ChatSocket } from "./chat-socket";
import type { ChatMessage, ChatRefusal, ChatWelcome } from "./chat-types";

/** A WebSocket that the test controls. */
class FakeSocket {
  static all: FakeSocket[] = [];
  onopen: (() => void) | null = null;
  onclose: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  readonly sent: Record<string, unknown>[] = [];

  constructor(readonly url: string) {
    FakeSocket.all.push(this);
  }

  send(data: string): void {
    this.sent.push(JSON.parse(data) as Record<string, unknown>);
  }

  close(): void {
    this.onclose?.();
  }

  receive(message: object): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }
}

const ANNA = { account: "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY" };
const MODE = { slow_s: 0, followers_only: false, payers_only: false };

const message = (id: number, more: Partial<ChatMessage> = {}): ChatMessage => ({
  id: String(id),
  text: `message ${id}`,
  at: "2026-11-01T10:00:00Z",
  author: ANNA,
  badges: [],
  ...more,
});

const welcome = (messages: readonly ChatMessage[], more: Partial<ChatWelcome> = {}) => ({
  type: "welcome",
  me: ANNA,
  mode: MODE,
  pinned: null,
  messages,
  can_say: true,
  can_moderate: false,
  is_banned: false,
  people: 3,
  ...more,
});

const newest = (): FakeSocket => {
  const socket = FakeSocket.all.at(-1);
  if (!socket) throw new Error("no socket was opened");
  return socket;
};

/** Opens the newest socket, and waits until the hello was sent. */
async function greeted(): Promise<FakeSocket> {
  const socket = newest();
  socket.onopen?.();
  await vi.advanceTimersByTimeAsync(0);
  return socket;
}

let token = "first";
let history: readonly ChatMessage[] = [];
let refusals: ChatRefusal[] = [];
const environment: ChatEnvironment = {
  token: async () => ({ token, expiresAtMs: Date.now() + 900_000 }),
  history: async (before, limit) => history.filter(({ id }) => Number(id) < Number(before)).slice(-limit),
};
const enter = (of = environment) => new ChatSocket("7", of, (refusal) => refusals.push(refusal));
const idsOf = (room: ChatSocket) => room.messages.value.map(({ id }) => Number(id));

beforeEach(() => {
  FakeSocket.all = [];
  token = "first";
  history = [];
  refusals = [];
  vi.useFakeTimers();
  vi.stubGlobal("WebSocket", FakeSocket);
  vi.stubGlobal("location", { href: "http://127.0.0.1:8080/" });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("a chat", () => {
  it("is entered with the access token, and shows what the gateway sends", async () => {
    const room = enter();
    expect(newest().url).toBe("ws://127.0.0.1:8080/v1/streams/7/chat");
    const socket = await greeted();
    expect(socket.sent).toEqual([{ type: "hello", token: "first" }]);
    expect(room.status.value).toBe("connecting");
    socket.receive(welcome([message(1)], { restricted_until: "2026-11-01T11:00:00Z" }));
    expect(room.status.value).toBe("connected");
    expect(room.people.value).toBe(3);
    expect(room.restrictedUntil.value).toBe("2026-11-01T11:00:00Z");
    socket.receive({ type: "messages", messages: [message(3), message(2)] });
    socket.receive({ type: "pinned", message: message(2) });
    socket.receive({ type: "deleted", ids: ["2"] });
    socket.receive({ type: "people", people: 9 });
    socket.receive({ type: "restricted", until: null, is_banned: true });
    expect(idsOf(room)).toEqual([1, 3]);
    expect(room.pinned.value).toBeNull();
    expect(room.people.value).toBe(9);
    expect([room.restrictedUntil.value, room.isBanned.value, room.canSay.value]).toEqual([null, true, false]);
    room.close();
  });

  it("can be read without a token", async () => {
    const room = enter({ ...environment, token: async () => null });
    const socket = await greeted();
    expect(socket.sent).toEqual([{ type: "hello" }]);
    socket.receive(welcome([], { me: null, can_say: false }));
    expect(room.canSay.value).toBe(false);
    room.close();
  });

  it("gets a fresh token before the present one expires, and no token twice", async () => {
    const room = enter();
    const socket = await greeted();
    socket.receive(welcome([]));
    await vi.advanceTimersByTimeAsync(880_000);
    expect(socket.sent).toHaveLength(1);
    token = "second";
    await vi.advanceTimersByTimeAsync(880_000);
    expect(socket.sent.at(-1)).toEqual({ type: "token", token: "second" });
    expect(socket.sent).toHaveLength(2);
    room.close();
  });

  it("is entered again after the connection was lost, and shows what was missed once", async () => {
    const room = enter();
    (await greeted()).receive(welcome([message(1), message(2)]));
    newest().close();
    expect(room.status.value).toBe("reconnecting");
    await vi.advanceTimersByTimeAsync(1_000);
    expect(FakeSocket.all).toHaveLength(2);
    // The gateway sends the latest messages only. Message 1 was deleted long ago, which cannot be known.
    history = [2, 3, 4, 5, 6].map((id) => message(id));
    (await greeted()).receive(welcome([message(5), message(6)]));
    await vi.advanceTimersByTimeAsync(0);
    newest().receive({ type: "messages", messages: [message(6), message(7)] });
    expect(idsOf(room)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    room.close();
  });

  it("begins after the gap if too much was missed", async () => {
    const room = enter();
    (await greeted()).receive(welcome([message(1)]));
    newest().close();
    await vi.advanceTimersByTimeAsync(1_000);
    history = Array.from({ length: 2_000 }, (_, at) => message(at + 1));
    (await greeted()).receive(welcome([message(2_001)]));
    await vi.advanceTimersByTimeAsync(0);
    const ids = idsOf(room);
    expect(ids).toHaveLength(501);
    expect([ids[0], ids.at(-1)]).toEqual([1_501, 2_001]);
    expect(room.hasOlder.value).toBe(true);
    room.close();
  });

  it("waits longer after each failure, and not for a gateway that never answers", async () => {
    const room = enter();
    for (let failures = 0; failures < 10; failures++) {
      newest().close();
      await vi.advanceTimersByTimeAsync(30_000);
    }
    const count = FakeSocket.all.length;
    newest().onopen?.();
    await vi.advanceTimersByTimeAsync(45_000);
    expect(FakeSocket.all.length).toBeGreaterThan(count);
    room.close();
    const closed = FakeSocket.all.length;
    await vi.advanceTimersByTimeAsync(120_000);
    expect(FakeSocket.all).toHaveLength(closed);
  });
});

describe("own messages", () => {
  it("wait for a connection, and are sent again under the same id until they arrive", async () => {
    const room = enter();
    room.say("hello", null);
    const [pending] = room.pending.value;
    const first = await greeted();
    first.receive(welcome([]));
    const said = { type: "say", client_id: pending?.clientId, text: "hello" };
    expect(first.sent.at(-1)).toEqual(said);
    first.close();
    await vi.advanceTimersByTimeAsync(1_000);
    const second = await greeted();
    second.receive(welcome([]));
    expect(second.sent.at(-1)).toEqual(said);
    second.receive({ type: "messages", messages: [message(1, { client_id: pending?.clientId ?? "" })] });
    expect(room.pending.value).toEqual([]);
    expect(room.lastSaidMs.value).toBe(Date.now());
    // It arrives once more with the messages of everybody.
    second.receive({ type: "messages", messages: [message(1)] });
    expect(idsOf(room)).toEqual([1]);
    room.close();
  });

  it("are not sent again if they have arrived before the connection was lost", async () => {
    const room = enter();
    (await greeted()).receive(welcome([]));
    room.say("hello", message(4));
    const clientId = room.pending.value[0]?.clientId ?? "";
    expect(newest().sent.at(-1)).toMatchObject({ text: "hello", reply_to: "4" });
    newest().close();
    await vi.advanceTimersByTimeAsync(1_000);
    const second = await greeted();
    second.receive(welcome([message(5, { client_id: clientId })]));
    expect(second.sent.map(({ type }) => type)).toEqual(["hello"]);
    expect(room.pending.value).toEqual([]);
    room.close();
  });

  it("that are refused say why, and can be sent again or discarded", async () => {
    const room = enter();
    const socket = await greeted();
    socket.receive(welcome([]));
    room.say("one", null);
    room.say("two", null);
    const [one, two] = room.pending.value;
    const refusal = { code: "too-fast", detail: "You write too fast." };
    for (const of of [one, two]) socket.receive({ type: "refused", client_id: of?.clientId, ...refusal });
    expect(room.pending.value.map((pending) => pending.refusal?.code)).toEqual(["too-fast", "too-fast"]);
    room.discard(one?.clientId ?? "");
    room.retry(two?.clientId ?? "");
    expect(room.pending.value.map(({ text, refusal }) => [text, refusal])).toEqual([["two", null]]);
    expect(socket.sent.at(-1)).toMatchObject({ type: "say", text: "two" });
    expect(refusals).toEqual([]);
    room.close();
  });

  it("are limited in number while they wait", () => {
    const room = enter();
    for (let at = 0; at < 10; at++) room.say("hello", null);
    expect(() => room.say("hello", null)).toThrow("Too many");
    room.close();
  });
});

describe("actions of moderators", () => {
  it("need a connection, and their refusals are reported", async () => {
    const room = enter();
    expect(() => room.act({ type: "delete", id: "1" })).toThrow("not connected");
    const socket = await greeted();
    socket.receive(welcome([], { can_moderate: true }));
    room.act({ type: "time_out", person: ANNA.account, seconds: 600 });
    expect(socket.sent.at(-1)).toEqual({ type: "time_out", person: ANNA.account, seconds: 600 });
    socket.receive({ type: "refused", code: "not-allowed", detail: "No." });
    expect(refusals.map(({ code }) => code)).toEqual(["not-allowed"]);
    room.close();
  });

  it("change who can write", async () => {
    const room = enter();
    const socket = await greeted();
    socket.receive(welcome([]));
    socket.receive({ type: "mode", mode: { ...MODE, slow_s: 10 } });
    socket.receive({ type: "restricted", until: "2026-11-01T11:00:00Z", is_banned: false });
    expect([room.mode.value.slow_s, room.canSay.value]).toEqual([10, false]);
    socket.receive({ type: "restricted", until: null, is_banned: false });
    expect(room.canSay.value).toBe(true);
    room.close();
  });
});

describe("earlier messages", () => {
  it("are read until there are none", async () => {
    const room = enter();
    history = [message(1), message(2)];
    (await greeted()).receive(welcome([message(3)]));
    await room.loadOlder();
    expect(idsOf(room)).toEqual([1, 2, 3]);
    await room.loadOlder();
    expect(room.hasOlder.value).toBe(false);
    room.close();
  });
});

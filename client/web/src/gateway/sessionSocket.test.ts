import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { SessionSocket } from "./sessionSocket";
import type { SessionView } from "./types";

const SESSION = `0x${"ab".repeat(16)}`;
const view: SessionView = {
  session: SESSION,
  stream: "7",
  viewer: "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY",
  phase: "open",
  price_per_tick: "10",
  max_ticks: 60,
  paid_ticks: 2,
  used_ticks: 2,
  settled_ticks: 0,
};
const payment = { index: 4, count: 1, ticks: 2, proof: "0x00" };

/** The browser's WebSocket, in the test's hands. */
class FakeSocket {
  static readonly OPEN = 1;
  static all: FakeSocket[] = [];
  static isUp = true;
  /** Whether connecting takes for ever. */
  static isStuck = false;
  readyState = 0;
  readonly sent: Record<string, unknown>[] = [];
  onopen: (() => void) | null = null;
  onclose: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;

  constructor(readonly url: string) {
    FakeSocket.all.push(this);
    queueMicrotask(() => {
      if (FakeSocket.isStuck) return undefined;
      if (!FakeSocket.isUp) return this.close();
      this.readyState = FakeSocket.OPEN;
      return this.onopen?.();
    });
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }

  tell(message: unknown): void {
    this.onmessage?.({ data: typeof message === "string" ? message : JSON.stringify(message) });
  }

  close(): void {
    this.readyState = 3;
    this.onclose?.();
  }
}

async function sent(at: number, count: number): Promise<FakeSocket> {
  await vi.waitFor(() => expect(FakeSocket.all[at]?.sent).toHaveLength(count));
  const socket = FakeSocket.all[at];
  if (!socket) throw new Error("there is no such socket");
  return socket;
}

beforeEach(() => {
  FakeSocket.all = [];
  FakeSocket.isUp = true;
  FakeSocket.isStuck = false;
  vi.stubGlobal("WebSocket", FakeSocket);
  vi.stubGlobal("location", { href: "https://vilokanam.example/watch/7" });
});
afterEach(() => vi.unstubAllGlobals());

describe("a session's socket", () => {
  it("pays and gets keys, and keeps the token", async () => {
    const line = new SessionSocket(SESSION, null, () => {});
    const paying = line.pay(payment);
    const socket = await sent(0, 1);
    expect(socket.url).toBe(`wss://vilokanam.example/v1/sessions/${SESSION}/ws`);
    expect(socket.sent[0]).toEqual({ type: "pay", id: 1, ...payment });
    socket.tell({ type: "paid", id: 1, session: view, token: "t1", keys: [{ index: 4, key: `0x${"07".repeat(16)}` }] });
    expect((await paying).keys?.[0]?.index).toBe(4);
    expect(line.token).toBe("t1");
  });

  it("shows its token first when it comes back", async () => {
    const line = new SessionSocket(SESSION, "t0", () => {});
    void line.pay(payment).catch(() => {});
    const socket = await sent(0, 2);
    expect(socket.sent[0]).toEqual({ type: "hello", token: "t0" });
    socket.tell({ type: "refused", id: 0, problem: { code: "token-invalid", detail: "No." } });
    expect(line.token).toBeNull();
    line.close();
  });

  it("is refused in the gateway's words", async () => {
    const line = new SessionSocket(SESSION, null, () => {});
    const paying = line.pay(payment);
    const problem = { code: "out-of-prepaid-ticks", status: 402, detail: "Pay.", ticks_due: 3 };
    (await sent(0, 1)).tell({ type: "refused", id: 1, problem });
    await expect(paying).rejects.toMatchObject({ code: "out-of-prepaid-ticks", ticksDue: 3 });
  });

  it("tells of the session's phase", async () => {
    const heard: SessionView[] = [];
    const line = new SessionSocket(SESSION, null, (now) => heard.push(now));
    void line.pay(payment).catch(() => {});
    const socket = await sent(0, 1);
    for (const strange of ["not json", "null", { type: "session", phase: "open" }, { type: "news" }])
      socket.tell(strange);
    socket.tell({ type: "session", ...view, phase: "closing" });
    expect(heard.map(({ phase }) => phase)).toEqual(["closing"]);
    line.close();
  });

  it("is lost and made anew: what was under way may be paid again", async () => {
    const line = new SessionSocket(SESSION, null, () => {});
    const first = line.pay(payment);
    (await sent(0, 1)).close();
    await expect(first).rejects.toMatchObject({ code: "unreachable", isPassing: true });
    void line.pay(payment).catch(() => {});
    await sent(1, 1);
    line.close();
    await expect(line.pay(payment)).rejects.toMatchObject({ name: "AbortError" });
  });

  it("gives up a connection that does not come about, and makes another", async () => {
    vi.useFakeTimers();
    try {
      FakeSocket.isStuck = true;
      const line = new SessionSocket(SESSION, null, () => {});
      const refused = expect(line.pay(payment)).rejects.toMatchObject({ code: "timeout", isPassing: true });
      await vi.advanceTimersByTimeAsync(10_000);
      await refused;
      expect(FakeSocket.all[0]?.readyState).toBe(3);
      FakeSocket.isStuck = false;
      const paying = line.pay(payment);
      await vi.advanceTimersByTimeAsync(1);
      FakeSocket.all[1]?.tell({ type: "paid", id: 2, session: view, token: "t1" });
      expect((await paying).session).toEqual(view);
    } finally {
      vi.useRealTimers();
    }
  });

  it("gives up a connection that does not answer", async () => {
    vi.useFakeTimers();
    try {
      const line = new SessionSocket(SESSION, null, () => {});
      const refused = expect(line.pay(payment)).rejects.toMatchObject({ code: "timeout" });
      await vi.advanceTimersByTimeAsync(10_000);
      await refused;
      expect(FakeSocket.all[0]?.sent).toHaveLength(1);
      expect(FakeSocket.all[0]?.readyState).toBe(3);
    } finally {
      vi.useRealTimers();
    }
  });

  it("says so when there is no way to the gateway", async () => {
    FakeSocket.isUp = false;
    const line = new SessionSocket(SESSION, null, () => {});
    await expect(line.pay(payment)).rejects.toMatchObject({ code: "unreachable" });
  });
});

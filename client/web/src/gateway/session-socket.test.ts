import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { SessionSocket } from "./session-socket";
import type { SessionView } from "./types";

const SESSION = `0x${"ab".repeat(16)}`;
const view: SessionView = {
  session: SESSION,
  stream: "7",
  viewer: "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY",
  phase: "finalized",
  price_per_tick: "10",
  max_ticks: 60,
  revealed_ticks: 2,
  charged_ticks: 2,
  settled_ticks: 0,
};
const payment = { index: 4, count: 1, ticks: 2, proof: "0x00" };

/** A WebSocket that the test controls. */
class FakeSocket {
  static readonly OPEN = 1;
  static all: FakeSocket[] = [];
  static isUp = true;
  /** Whether connecting never ends. */
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

  deliver(message: unknown): void {
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

describe("the socket of a session", () => {
  it("pays, receives keys, and keeps the token", async () => {
    const client = new SessionSocket(SESSION, null, () => {});
    const paying = client.pay(payment);
    const socket = await sent(0, 1);
    expect(socket.url).toBe(`wss://vilokanam.example/v1/sessions/${SESSION}/ws`);
    expect(socket.sent[0]).toEqual({ type: "pay", id: 1, ...payment });
    socket.deliver({
      type: "paid",
      id: 1,
      session: view,
      token: "t1",
      keys: [{ index: 4, key: `0x${"07".repeat(16)}` }],
    });
    expect((await paying).keys?.[0]?.index).toBe(4);
    expect(client.token).toBe("t1");
  });

  it("sends its token first after a reload, and drops one that is refused", async () => {
    const client = new SessionSocket(SESSION, "t0", () => {});
    void client.pay(payment).catch(() => {});
    const socket = await sent(0, 2);
    expect(socket.sent[0]).toEqual({ type: "hello", token: "t0" });
    socket.deliver({ type: "refused", id: 0, problem: { code: "token-invalid", detail: "No." } });
    expect(client.token).toBeNull();
    client.close();
  });

  it("rejects a refused payment with the gateway's problem", async () => {
    const client = new SessionSocket(SESSION, null, () => {});
    const paying = client.pay(payment);
    const problem = { code: "out-of-prepaid-ticks", status: 402, detail: "Pay.", required_ticks: 3 };
    (await sent(0, 1)).deliver({ type: "refused", id: 1, problem });
    await expect(paying).rejects.toMatchObject({ code: "out-of-prepaid-ticks", requiredTicks: 3 });
  });

  it("reports changes of the session's phase, and ignores unknown messages", async () => {
    const received: SessionView[] = [];
    const client = new SessionSocket(SESSION, null, (now) => received.push(now));
    void client.pay(payment).catch(() => {});
    const socket = await sent(0, 1);
    for (const unknown of ["not json", "null", { type: "session", phase: "finalized" }, { type: "news" }])
      socket.deliver(unknown);
    socket.deliver({ type: "session", ...view, phase: "closing" });
    expect(received.map(({ phase }) => phase)).toEqual(["closing"]);
    client.close();
  });

  it("reconnects after it was lost, so that a pending payment can be made again", async () => {
    const client = new SessionSocket(SESSION, null, () => {});
    const first = client.pay(payment);
    (await sent(0, 1)).close();
    await expect(first).rejects.toMatchObject({ code: "unreachable", isTransient: true });
    void client.pay(payment).catch(() => {});
    await sent(1, 1);
    client.close();
    await expect(client.pay(payment)).rejects.toMatchObject({ name: "AbortError" });
  });

  it("gives up a connection that is never established, and makes another", async () => {
    vi.useFakeTimers();
    try {
      FakeSocket.isStuck = true;
      const client = new SessionSocket(SESSION, null, () => {});
      const refused = expect(client.pay(payment)).rejects.toMatchObject({ code: "timeout", isTransient: true });
      await vi.advanceTimersByTimeAsync(10_000);
      await refused;
      expect(FakeSocket.all[0]?.readyState).toBe(3);
      FakeSocket.isStuck = false;
      const paying = client.pay(payment);
      await vi.advanceTimersByTimeAsync(1);
      FakeSocket.all[1]?.deliver({ type: "paid", id: 2, session: view, token: "t1" });
      expect((await paying).session).toEqual(view);
    } finally {
      vi.useRealTimers();
    }
  });

  it("gives up a connection that does not answer", async () => {
    vi.useFakeTimers();
    try {
      const client = new SessionSocket(SESSION, null, () => {});
      const refused = expect(client.pay(payment)).rejects.toMatchObject({ code: "timeout" });
      await vi.advanceTimersByTimeAsync(10_000);
      await refused;
      expect(FakeSocket.all[0]?.sent).toHaveLength(1);
      expect(FakeSocket.all[0]?.readyState).toBe(3);
    } finally {
      vi.useRealTimers();
    }
  });

  it("rejects payments while the gateway is unreachable", async () => {
    FakeSocket.isUp = false;
    const client = new SessionSocket(SESSION, null, () => {});
    await expect(client.pay(payment)).rejects.toMatchObject({ code: "unreachable" });
  });
});

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type PublishState, publishState, startPublishing } from "./whip";

let connection: FakeConnection;
let requests: { readonly url: string; readonly init: RequestInit; readonly connection: RTCPeerConnectionState }[];

/** A connection that comes up as soon as it knows the answer, unless `comesUp` is false. */
class FakeConnection extends EventTarget {
  static comesUp = true;
  iceGatheringState = "complete";
  connectionState: RTCPeerConnectionState = "new";
  localDescription: { readonly sdp: string } | null = null;
  answer = "";
  readonly kinds: string[] = [];
  readonly senders: { track: { readonly kind: string }; replaceTrack: (track: unknown) => Promise<void> }[] = [];

  constructor() {
    super();
    connection = this;
  }

  addTransceiver(track: { readonly kind: string }, { direction }: { readonly direction: string }): void {
    this.kinds.push(`${track.kind} ${direction}`);
    this.senders.push({ track, replaceTrack: vi.fn(async () => undefined) });
  }

  async createOffer() {
    return { type: "offer", sdp: "v=0 offer" };
  }

  async setLocalDescription(offer: { readonly sdp: string }): Promise<void> {
    this.localDescription = offer;
  }

  async setRemoteDescription({ sdp }: { readonly sdp: string }): Promise<void> {
    this.answer = sdp;
    this.become(FakeConnection.comesUp ? "connected" : "failed");
  }

  become(state: RTCPeerConnectionState): void {
    this.connectionState = state;
    this.dispatchEvent(new Event("connectionstatechange"));
  }

  getSenders() {
    return this.senders;
  }

  close(): void {
    this.connectionState = "closed";
  }
}

const media = { getTracks: () => [{ kind: "video" }, { kind: "audio" }] } as unknown as MediaStream;
const states: PublishState[] = [];
const options = {
  stream: "7",
  key: "secret",
  media,
  maxBps: 1_000,
  onState: (state: PublishState) => void states.push(state),
};

function answer(status: number, body: string, location: string | null): void {
  vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
    requests.push({ url, init, connection: connection.connectionState });
    if (init.method === "DELETE") return new Response(null, { status: 200 });
    return new Response(body, { status, headers: location ? { location } : {} });
  });
}

beforeEach(() => {
  FakeConnection.comesUp = true;
  requests = [];
  states.length = 0;
  vi.stubGlobal("RTCPeerConnection", FakeConnection);
  vi.stubGlobal("window", { location: { href: "https://example.org/studio" } });
});
afterEach(() => vi.unstubAllGlobals());

describe("publishing from the browser", () => {
  it("sends one offer with the key, and deletes the resource at the end", async () => {
    answer(201, "v=0 answer", "/v1/streams/7/whip/ab");
    const publishing = await startPublishing(options);
    expect(connection.kinds).toEqual(["video sendonly", "audio sendonly"]);
    expect(requests[0]).toMatchObject({
      url: "/v1/streams/7/whip",
      init: {
        method: "POST",
        body: "v=0 offer",
        headers: { authorization: "Bearer secret", "content-type": "application/sdp" },
      },
    });
    expect(connection.answer).toBe("v=0 answer");
    await publishing.stop();
    await publishing.stop();
    expect(requests.slice(1).map(({ url, init }) => `${init.method} ${url}`)).toEqual(["DELETE /v1/streams/7/whip/ab"]);
    expect(states).toEqual(["connecting", "live", "ended"]);
    expect(connection.senders[0]?.replaceTrack).toHaveBeenCalledWith(null);
    expect(connection.connectionState).toBe("closed");
    // While it is still connected: otherwise the gateway takes it for a publisher that may return.
    expect(requests.at(-1)?.connection).toBe("connected");
  });

  it("reports interruptions", async () => {
    answer(201, "v=0 answer", "ab");
    await startPublishing(options);
    connection.become("disconnected");
    connection.become("connected");
    connection.become("failed");
    expect(states).toEqual(["connecting", "live", "interrupted", "live", "ended"]);
  });

  it("replaces tracks in the same broadcast, and stops those that are missing", async () => {
    answer(201, "v=0 answer", "ab");
    const publishing = await startPublishing(options);
    const track = { kind: "video" };
    await publishing.replace({ getTracks: () => [track] } as unknown as MediaStream);
    expect(connection.senders[0]?.replaceTrack).toHaveBeenCalledWith(track);
    expect(connection.senders[1]?.replaceTrack).toHaveBeenCalledWith(null);
  });

  it("that the gateway refuses says why, and leaves nothing behind", async () => {
    answer(409, '{"code":"busy","detail":"Another encoder publishes."}', null);
    await expect(startPublishing(options)).rejects.toThrow("Another encoder publishes.");
    expect(connection.connectionState).toBe("closed");
    expect(requests).toHaveLength(1);
  });

  it("that the gateway has ended meanwhile ends without an error", async () => {
    answer(201, "v=0 answer", "/v1/streams/7/whip/ab");
    const publishing = await startPublishing(options);
    vi.stubGlobal("fetch", async () => new Response('{"code":"not-found","detail":"No session."}', { status: 404 }));
    await publishing.stop();
    expect(connection.connectionState).toBe("closed");
  });

  it("that cannot connect says so, and deletes the resource", async () => {
    FakeConnection.comesUp = false;
    answer(201, "v=0 answer", "/v1/streams/7/whip/ab");
    await expect(startPublishing(options)).rejects.toThrow("could not connect");
    expect(requests.at(-1)?.init.method).toBe("DELETE");
  });

  it("has no state of its own while a connection is being made", () => {
    expect(publishState("connecting")).toBeNull();
    expect(publishState("closed")).toBe("ended");
  });
});

// Publishing from the browser over WebRTC, with the WHIP protocol (RFC 9725): one offer, one answer, one resource that
// ends the broadcast when it is deleted.

import { UserError } from "../common/errors";
import { ifFound } from "./gateway";
import { request } from "./http";
import { badAnswer } from "./problem";

/** Time for gathering the addresses at which this browser can be reached, in milliseconds. */
const GATHER_MS = 1_500;
/** Time within which the connection must be up, in milliseconds. */
const CONNECT_MS = 15_000;
const SDP = "application/sdp";

export type PublishState = "connecting" | "live" | "interrupted" | "ended";

/** A broadcast from this browser. */
export interface Publishing {
  /** Ends the broadcast. */
  stop(): Promise<void>;
  /**
   * Replaces the tracks, for instance after another camera was chosen. A kind that is missing is not sent any more; a kind
   * that was missing at the beginning cannot be added.
   */
  replace(media: MediaStream): Promise<void>;
}

export interface PublishOptions {
  readonly stream: string;
  /** Secret of a publish key. */
  readonly key: string;
  readonly media: MediaStream;
  /** Highest bit rate of the picture, in bits per second. */
  readonly maxBps: number;
  readonly onState: (state: PublishState) => void;
}

/** Resolves when all addresses are gathered, or after a while with those that are. */
function gathered(connection: RTCPeerConnection): Promise<void> {
  if (connection.iceGatheringState === "complete") return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      connection.removeEventListener("icegatheringstatechange", check);
      resolve();
    };
    const check = () => connection.iceGatheringState === "complete" && done();
    const timer = setTimeout(done, GATHER_MS);
    connection.addEventListener("icegatheringstatechange", check);
  });
}

/** The state of publishing, by the state of the connection; null while nothing has changed. */
export function publishState(state: RTCPeerConnectionState): PublishState | null {
  switch (state) {
    case "connected":
      return "live";
    case "disconnected":
      return "interrupted";
    case "failed":
    case "closed":
      return "ended";
    default:
      return null;
  }
}

function addTracks(connection: RTCPeerConnection, { media, maxBps }: PublishOptions): void {
  for (const track of media.getTracks()) {
    const isPicture = track.kind === "video";
    connection.addTransceiver(track, {
      direction: "sendonly",
      streams: [media],
      ...(isPicture && { sendEncodings: [{ maxBitrate: maxBps }] }),
    });
  }
}

const neverConnected = () =>
  new UserError(
    "whip",
    "This browser could not connect to the gateway for sending.",
    "A firewall may block UDP. Try another network, or publish with OBS.",
  );

/** Waits until the connection is up. */
function connected(connection: RTCPeerConnection): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => end(neverConnected()), CONNECT_MS);
    const end = (error?: UserError) => {
      clearTimeout(timer);
      connection.removeEventListener("connectionstatechange", check);
      if (error) reject(error);
      else resolve();
    };
    const check = () => {
      if (connection.connectionState === "connected") end();
      else if (connection.connectionState === "failed") end(neverConnected());
    };
    connection.addEventListener("connectionstatechange", check);
    check();
  });
}

/** Offers the tracks to the gateway. Returns the path of the resource that stands for the broadcast. */
async function negotiate(connection: RTCPeerConnection, { stream, key }: PublishOptions): Promise<string> {
  await connection.setLocalDescription(await connection.createOffer());
  await gathered(connection);
  const body = connection.localDescription?.sdp ?? "";
  const path = `/v1/streams/${encodeURIComponent(stream)}/whip`;
  const headers = { authorization: `Bearer ${key}`, "content-type": SDP };
  const response = await request(path, { method: "POST", headers, body });
  const resource = response.headers.get("location");
  if (!resource) throw badAnswer("a broadcast has no address");
  await connection.setRemoteDescription({ type: "answer", sdp: await response.text() });
  return new URL(resource, new URL(path, window.location.href)).pathname;
}

/** Ends a broadcast, also while the page is being left. */
const endRequest = (resource: string, key: string) =>
  request(resource, { method: "DELETE", headers: { authorization: `Bearer ${key}` }, keepalive: true });

/**
 * Starts to publish. Resolves when the gateway receives it.
 *
 * @throws UserError if the gateway refuses, or the connection does not come up.
 */
export async function startPublishing(options: PublishOptions): Promise<Publishing> {
  const { key, onState } = options;
  const connection = new RTCPeerConnection();
  let resource: string | null = null;
  let isStopped = false;
  const stop = async () => {
    if (isStopped) return;
    isStopped = true;
    onState("ended");
    // At once, whatever the gateway answers.
    for (const sender of connection.getSenders()) void sender.replaceTrack(null).catch(() => undefined);
    try {
      // Before the connection is closed: the gateway waits a while for a publisher whose connection is gone.
      if (resource) await ifFound(endRequest(resource, key));
    } finally {
      connection.close();
    }
  };
  onState("connecting");
  try {
    addTracks(connection, options);
    resource = await negotiate(connection, options);
    await connected(connection);
  } catch (error) {
    // The first failure is the one to report.
    await stop().catch(() => undefined);
    throw error;
  }
  onState("live");
  connection.addEventListener("connectionstatechange", () => {
    const state = publishState(connection.connectionState);
    if (state && !isStopped) onState(state);
  });
  const senders = connection.getSenders().map((sender) => ({ sender, kind: sender.track?.kind }));
  return {
    stop,
    replace: async (media) => {
      const tracks = media.getTracks();
      for (const { sender, kind } of senders) {
        await sender.replaceTrack(tracks.find((track) => track.kind === kind) ?? null);
      }
    },
  };
}

// The API of the gateway that serves these pages.

import { type QueryValues, request, requestJson, withQuery } from "./http";
import { listen } from "./live-feed";
import { probeBandwidth, reportPlayback } from "./playback";
import { GatewayError } from "./problem";
import { signedRequest } from "./signed-request";
import { parseStoryboard } from "./storyboard";
import type { CreatorSigner, Gateway, GatewayInfo, Page, Recording } from "./types";

/**
 * Encodes a part of a path. Ids and accounts come from links that anyone can make, and must not change the path around
 * them.
 */
const part = encodeURIComponent;

/** Number of top sessions that are asked for. */
const TOP_SESSIONS = 10;

/** Time after which the gateway's terms are asked for again: an upgrade of the chain may change them. */
const INFO_MAX_AGE_MS = 30_000;

let cachedInfo: { answer: Promise<GatewayInfo>; askedAt: number } | null = null;

function info(): Promise<GatewayInfo> {
  if (cachedInfo && Date.now() - cachedInfo.askedAt < INFO_MAX_AGE_MS) return cachedInfo.answer;
  const answer = requestJson<GatewayInfo>("/v1/gateway");
  const asked = { answer, askedAt: Date.now() };
  cachedInfo = asked;
  answer.catch(() => {
    if (cachedInfo === asked) cachedInfo = null;
  });
  return answer;
}

async function signed(
  signer: CreatorSigner,
  method: "GET" | "POST" | "DELETE",
  path: string,
  query: QueryValues = {},
): Promise<Response> {
  const { genesis_hash } = await info();
  return signedRequest(signer, genesis_hash, method, path, { query });
}

/** Turns 404 into null: older gateways do not offer every endpoint. */
export async function ifOffered<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof GatewayError && error.status === 404) return null;
    throw error;
  }
}

export const gateway: Gateway = {
  info,
  chain: (signal) => requestJson("/v1/chain", { signal }),
  streams: (query, signal) => requestJson(withQuery("/v1/streams", { ...query }), { signal }),
  stream: (id, signal) => requestJson(`/v1/streams/${part(id)}`, { signal }),

  async recordings(stream, query = {}, signal) {
    const path = withQuery(`/v1/streams/${part(stream)}/recordings`, { ...query });
    return (await ifOffered(requestJson<Page<Recording>>(path, { signal }))) ?? { items: [] };
  },

  recording: (stream, reference, signal) =>
    ifOffered(requestJson(`/v1/streams/${part(stream)}/recordings/${part(reference)}`, { signal })),

  async storyboard(stream, path = `/v1/streams/${part(stream)}/storyboard.vtt`, signal) {
    const response = await ifOffered(request(path, { signal }));
    return response ? parseStoryboard(await response.text(), path) : [];
  },

  topSessions: (stream, signal) =>
    ifOffered(requestJson(withQuery(`/v1/streams/${part(stream)}/sessions`, { limit: TOP_SESSIONS }), { signal })),
  audience: (account, query = {}, signal) =>
    ifOffered(requestJson(withQuery(`/v1/creators/${part(account)}/audience`, { ...query }), { signal })),

  session: (id, signal) => requestJson(`/v1/sessions/${part(id)}`, { signal }),
  receipts: (session, query = {}, signal) =>
    requestJson(withQuery(`/v1/sessions/${part(session)}/receipts`, { ...query }), { signal }),
  sessionsOf: (viewer, query = {}, signal) =>
    requestJson(withQuery(`/v1/viewers/${part(viewer)}/sessions`, { ...query }), { signal }),
  earnings: (account, query = {}, signal) =>
    requestJson(withQuery(`/v1/creators/${part(account)}/earnings`, { ...query }), { signal }),
  probeBandwidth,
  reportPlayback,
  live: listen,

  publishKeys: async (stream, signer) =>
    (await signed(signer, "GET", `/v1/streams/${part(stream)}/publish-keys`)).json(),
  createPublishKey: async (stream, signer) =>
    (await signed(signer, "POST", `/v1/streams/${part(stream)}/publish-keys`)).json(),
  revokePublishKey: async (stream, key, signer) => {
    await signed(signer, "DELETE", `/v1/streams/${part(stream)}/publish-keys/${part(key)}`);
  },
  health: async (stream, signer) => (await signed(signer, "GET", `/v1/streams/${part(stream)}/health`)).json(),
  playback: async (stream, signer, query = {}) =>
    (await signed(signer, "GET", `/v1/streams/${part(stream)}/quality`, { ...query })).json(),
};

// The API of the gateway that serves these pages.

import { authorised, authorisedJson } from "./auth";
import { request, requestJson, withQuery } from "./http";
import { listen } from "./live-feed";
import { probeBandwidth, reportPlayback } from "./playback";
import { GatewayError } from "./problem";
import { parseStoryboard } from "./storyboard";
import type { Gateway, GatewayInfo } from "./types";

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

/** Turns 404 into null: the gateway does not have what was asked for. */
export async function ifFound<T>(answer: Promise<T>): Promise<T | null> {
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

  recordings: (stream, query = {}, signal) =>
    requestJson(withQuery(`/v1/streams/${part(stream)}/recordings`, { ...query }), { signal }),
  recording: (stream, reference, signal) =>
    ifFound(requestJson(`/v1/streams/${part(stream)}/recordings/${part(reference)}`, { signal })),

  async storyboard(stream, path = `/v1/streams/${part(stream)}/storyboard.vtt`, signal) {
    const response = await ifFound(request(path, { signal }));
    return response ? parseStoryboard(await response.text(), path) : [];
  },

  topSessions: (stream, signal) =>
    requestJson(withQuery(`/v1/streams/${part(stream)}/sessions`, { limit: TOP_SESSIONS }), { signal }),
  audience: (account, query = {}, signal) =>
    requestJson(withQuery(`/v1/creators/${part(account)}/audience`, { ...query }), { signal }),

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

  publishKeys: (stream, signal) => authorisedJson(`/v1/streams/${part(stream)}/publish-keys`, { signal }),
  createPublishKey: (stream) => authorisedJson(`/v1/streams/${part(stream)}/publish-keys`, { method: "POST" }),
  revokePublishKey: async (stream, key) => {
    await authorised(`/v1/streams/${part(stream)}/publish-keys/${part(key)}`, { method: "DELETE" });
  },
  health: (stream, signal) => authorisedJson(`/v1/streams/${part(stream)}/health`, { signal }),
  playback: (stream, query = {}, signal) =>
    authorisedJson(withQuery(`/v1/streams/${part(stream)}/quality`, { ...query }), { signal }),
};

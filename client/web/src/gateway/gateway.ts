// The gateway that serves these pages, as one object.

import { wallet } from "../chain/wallet";
import { WordedError } from "../common/errors";
import { type CreatorSigner, signedRequest } from "./creator";
import { request, requestJson, withQuery } from "./http";
import { listen } from "./live";
import { GatewayError } from "./problem";
import { parseStoryboard } from "./storyboard";
import type { Gateway, GatewayInfo, Page, RecordingView } from "./types";

/** Stream ids, session ids and accounts come from links that people make: nothing in them may leave its place. */
const part = encodeURIComponent;

/** So many sessions that paid most are shown. */
const TOP_SESSIONS = 10;

let known: Promise<GatewayInfo> | null = null;

function info(): Promise<GatewayInfo> {
  known ??= requestJson<GatewayInfo>("/v1/gateway").catch((error: unknown) => {
    known = null;
    throw error;
  });
  return known;
}

function creator(): CreatorSigner {
  const account = wallet.account.peek();
  if (!account) {
    throw new WordedError("no-account", "No account is chosen.", "Connect a wallet and choose the stream's account.");
  }
  return { address: account.address, signBytes: (bytes) => wallet.signBytes(bytes) };
}

async function signed(method: "GET" | "POST" | "DELETE", path: string): Promise<Response> {
  const { genesis_hash } = await info();
  return signedRequest(creator(), genesis_hash, method, path);
}

/** What gateways of before do not offer: null when there is no such thing. */
async function ifOffered<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
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
    return (await ifOffered(requestJson<Page<RecordingView>>(path, { signal }))) ?? { items: [] };
  },

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
  live: listen,

  publishKeys: async (stream) => (await signed("GET", `/v1/streams/${part(stream)}/publish-keys`)).json(),
  createPublishKey: async (stream) => (await signed("POST", `/v1/streams/${part(stream)}/publish-keys`)).json(),
  revokePublishKey: async (stream, key) => {
    await signed("DELETE", `/v1/streams/${part(stream)}/publish-keys/${part(key)}`);
  },
  health: async (stream) => (await signed("GET", `/v1/streams/${part(stream)}/health`)).json(),
};

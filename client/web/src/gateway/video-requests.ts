// The endpoints for video: what viewers and creators ask of the gateway about recordings and streams.

import { gateway, ifOffered } from "./gateway";
import { type RequestOptions, request, requestJson, withQuery } from "./http";
import { badAnswer } from "./problem";
import { type SignedContent, signedRequest } from "./signed-request";
import type { CreatorSigner, Recording } from "./types";
import type { CaptionTrack, KeyRange, StoredImage, StreamSettings, VideoGateway, ViewerProof } from "./video";

const part = encodeURIComponent;
const JSON_TYPE = "application/json";

/** Time for a large picture, in milliseconds. */
const LONG_MS = 120_000;
/** Time for a download, in milliseconds: a long video over a slow connection. */
const DOWNLOAD_MS = 12 * 3_600_000;
/** Length of a key. */
const KEY_BYTES = 16;
/** Bytes of a playlist among which its first date is. */
const HEAD_BYTES = 4_096;

const recordingPath = (stream: string, reference: string | number) =>
  `/v1/streams/${part(stream)}/recordings/${part(String(reference))}`;

async function signed(
  signer: CreatorSigner,
  method: NonNullable<RequestOptions["method"]>,
  path: string,
  content?: SignedContent,
): Promise<Response> {
  const { genesis_hash } = await gateway.info();
  return signedRequest(signer, genesis_hash, method, path, content);
}

const json = (value: unknown): SignedContent => ({ body: JSON.stringify(value), type: JSON_TYPE });

/** The headers of a viewer's proof. */
function proofHeaders({ viewer, session_key, time_ms, signature }: ViewerProof): Record<string, string> {
  return {
    "x-vilokanam-viewer": viewer,
    "x-vilokanam-account": session_key,
    "x-vilokanam-time": String(time_ms),
    "x-vilokanam-signature": signature,
  };
}

/** The beginning of a text. The rest of the answer is not read. */
async function headOf(response: Response): Promise<string> {
  const reader = response.body?.getReader();
  const decoder = new TextDecoder();
  let text = "";
  while (reader && text.length < HEAD_BYTES) {
    const { done, value } = await reader.read();
    if (done) break;
    text += decoder.decode(value, { stream: true });
  }
  await reader?.cancel().catch(() => undefined);
  return text;
}

/** The path of the first rendition in a multivariant playlist; null if there is none. */
export function firstRendition(playlist: string, base: string): string | null {
  const lines = playlist.split(/\r?\n/);
  const uri = lines.find((line) => line !== "" && !line.startsWith("#"));
  if (uri === undefined) return null;
  const { pathname, search } = new URL(uri, `http://gateway.invalid${base}`);
  return pathname + search;
}

/** The first date of a media playlist, in milliseconds since 1970; null if it has none. */
export function firstDate(playlist: string): number | null {
  const date = /^#EXT-X-PROGRAM-DATE-TIME:(\S+)/m.exec(playlist)?.[1];
  const at = date === undefined ? Number.NaN : Date.parse(date);
  return Number.isFinite(at) ? at : null;
}

/** The media playlist of the first rendition, from its beginning on; null if there is none. */
async function mediaPlaylist(path: string, signal?: AbortSignal): Promise<Response | null> {
  const master = await ifOffered(request(path, { signal }));
  const rendition = master && firstRendition(await master.text(), path);
  return rendition ? ifOffered(request(rendition, { signal })) : null;
}

/** The first and the last key of a media playlist; null if it has none. */
export function keyRangeIn(playlist: string): KeyRange | null {
  const keys = [...playlist.matchAll(/\/keys\/(\d{1,15})(?=["?#])/g)].map(([, digits]) => Number(digits));
  const first = keys[0];
  const last = keys.at(-1);
  return first === undefined || last === undefined ? null : { first, last };
}

export const video: VideoGateway = {
  async findRecordings(query, signal) {
    const found = ifOffered(requestJson<{ items: Recording[] }>(withQuery("/v1/recordings", { ...query }), { signal }));
    return (await found) ?? { items: [] };
  },
  recordings: (stream, query, signal) => gateway.recordings(stream, query, signal),
  recording: (stream, reference, signal) => gateway.recording(stream, reference, signal),
  ownRecordings: async (stream, signer, query = {}) => {
    const path = `/v1/streams/${part(stream)}/recordings`;
    return (await signed(signer, "GET", path, { query: { ...query } })).json();
  },
  changeRecording: async (stream, number, change, signer): Promise<Recording> =>
    (await signed(signer, "PATCH", recordingPath(stream, number), json(change))).json(),
  deleteRecording: async (stream, number, signer) => {
    await signed(signer, "DELETE", recordingPath(stream, number));
  },
  downloadOwn: async (stream, number, signer) => {
    const path = `${recordingPath(stream, number)}/download`;
    return signed(signer, "GET", path, { timeoutMs: DOWNLOAD_MS });
  },
  download: (stream, reference, proof) => {
    const headers = proof ? proofHeaders(proof) : {};
    return request(`${recordingPath(stream, reference)}/download`, { headers, timeoutMs: DOWNLOAD_MS });
  },
  jobs: async (stream, signer) => {
    const answer = await signed(signer, "GET", "/v1/jobs", { query: { stream } });
    return answer.json();
  },
  job: (id, signal) => ifOffered(requestJson(`/v1/jobs/${part(id)}`, { signal })),
  cancelJob: async (id, signer) => {
    await signed(signer, "DELETE", `/v1/jobs/${part(id)}`);
  },
  createClip: async (stream, clip, signer) =>
    (await signed(signer, "POST", `/v1/streams/${part(stream)}/clips`, json(clip))).json(),
  createViewerClip: (stream, clip, proof) => {
    const headers = { ...proofHeaders(proof), "content-type": JSON_TYPE };
    return requestJson(`/v1/streams/${part(stream)}/clips`, { method: "POST", headers, body: JSON.stringify(clip) });
  },
  storeImage: async (picture, signer): Promise<StoredImage> => {
    const body = new Uint8Array(await picture.arrayBuffer());
    const type = picture.type || "application/octet-stream";
    return (await signed(signer, "POST", "/v1/images", { body, type, timeoutMs: LONG_MS })).json();
  },
  captions: async (stream, reference, signal) =>
    (await ifOffered(requestJson<CaptionTrack[]>(`${recordingPath(stream, reference)}/captions`, { signal }))) ?? [],
  storeCaptions: async (stream, number, { language, label, text, isDefault }, signer) => {
    const path = `${recordingPath(stream, number)}/captions/${part(language)}`;
    await signed(signer, "PUT", path, { body: text, type: "text/vtt", query: { label, default: isDefault } });
  },
  deleteCaptions: async (stream, number, language, signer) => {
    await signed(signer, "DELETE", `${recordingPath(stream, number)}/captions/${part(language)}`);
  },
  settings: async (stream, signer): Promise<StreamSettings> =>
    (await signed(signer, "GET", `/v1/streams/${part(stream)}/settings`)).json(),
  changeSettings: async (stream, change, signer): Promise<StreamSettings> =>
    (await signed(signer, "PATCH", `/v1/streams/${part(stream)}/settings`, json(change))).json(),
  setSource: async (stream, source, signer) => {
    await signed(signer, "PUT", `/v1/streams/${part(stream)}/source`, json(source));
  },
  removeSource: async (stream, signer) => {
    await signed(signer, "DELETE", `/v1/streams/${part(stream)}/source`);
  },
  dvrStart: async (path, signal) => {
    const playlist = await mediaPlaylist(path, signal);
    return playlist && firstDate(await headOf(playlist));
  },
  keyRange: async ({ playlist }, signal) => {
    const found = await mediaPlaylist(playlist, signal);
    return found && keyRangeIn(await found.text());
  },
  bought: async (stream, proof, signal) => {
    const path = `/v1/streams/${part(stream)}/bought`;
    const answer = ifOffered(requestJson<{ ranges: KeyRange[] }>(path, { headers: proofHeaders(proof), signal }));
    return (await answer)?.ranges ?? [];
  },
  boughtKeys: async (stream, first, count, proof, signal) => {
    const path = `/v1/streams/${part(stream)}/keys/bought`;
    const body = JSON.stringify({ ...proof, first, count });
    const response = await request(path, { method: "POST", headers: { "content-type": JSON_TYPE }, body, signal });
    const bytes = new Uint8Array(await response.arrayBuffer());
    if (bytes.length !== count * KEY_BYTES) throw badAnswer("bought keys have the wrong length");
    return Array.from({ length: count }, (_, at) => bytes.slice(at * KEY_BYTES, (at + 1) * KEY_BYTES));
  },
};

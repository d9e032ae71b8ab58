// The endpoints for video: what viewers and creators ask of the gateway about recordings and streams.

import { authorised, authorisedJson } from "./auth";
import { gateway, ifFound } from "./gateway";
import { request, requestJson, withQuery } from "./http";
import { badAnswer } from "./problem";
import type { Schemas } from "./schemas";
import type { CaptionTrack, KeyRange, StoredImage, VideoGateway, ViewerProof } from "./video";

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

const json = (value: unknown) => ({ body: JSON.stringify(value), headers: { "content-type": JSON_TYPE } });

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
  const master = await ifFound(request(path, { signal }));
  const rendition = master && firstRendition(await master.text(), path);
  return rendition ? ifFound(request(rendition, { signal })) : null;
}

/** The first and the last key of a media playlist; null if it has none. */
export function keyRangeIn(playlist: string): KeyRange | null {
  const keys = [...playlist.matchAll(/\/keys\/(\d{1,15})(?=["?#])/g)].map(([, digits]) => Number(digits));
  const first = keys[0];
  const last = keys.at(-1);
  return first === undefined || last === undefined ? null : { first, last };
}

export const video: VideoGateway = {
  findRecordings: (query, signal) => requestJson(withQuery("/v1/recordings", { ...query }), { signal }),
  recordings: (stream, query, signal) => gateway.recordings(stream, query, signal),
  recording: (stream, reference, signal) => gateway.recording(stream, reference, signal),
  ownRecordings: (stream, query = {}, signal) =>
    authorisedJson(withQuery(`/v1/streams/${part(stream)}/recordings`, { ...query }), { signal }),
  changeRecording: (stream, number, change) =>
    authorisedJson(recordingPath(stream, number), { method: "PATCH", ...json(change) }),
  deleteRecording: async (stream, number) => {
    await authorised(recordingPath(stream, number), { method: "DELETE" });
  },
  downloadOwn: (stream, number) => authorised(`${recordingPath(stream, number)}/download`, { timeoutMs: DOWNLOAD_MS }),
  download: (stream, reference, proof) => {
    const headers = proof ? proofHeaders(proof) : {};
    return request(`${recordingPath(stream, reference)}/download`, { headers, timeoutMs: DOWNLOAD_MS });
  },
  jobs: (stream, signal) => authorisedJson(withQuery("/v1/jobs", { stream }), { signal }),
  job: (id, signal) => ifFound(requestJson(`/v1/jobs/${part(id)}`, { signal })),
  cancelJob: async (id) => {
    await authorised(`/v1/jobs/${part(id)}`, { method: "DELETE" });
  },
  createClip: (stream, clip) => authorisedJson(`/v1/streams/${part(stream)}/clips`, { method: "POST", ...json(clip) }),
  createViewerClip: (stream, clip, proof) => {
    const headers = { ...proofHeaders(proof), "content-type": JSON_TYPE };
    return requestJson(`/v1/streams/${part(stream)}/clips`, { method: "POST", headers, body: JSON.stringify(clip) });
  },
  storeImage: async (picture): Promise<StoredImage> => {
    const body = new Uint8Array(await picture.arrayBuffer());
    const headers = { "content-type": picture.type || "application/octet-stream" };
    return authorisedJson("/v1/images", { method: "POST", headers, body, timeoutMs: LONG_MS });
  },
  // The gateway does not have the captions of a private recording, also for its creator.
  captions: async (stream, reference, signal) =>
    (await ifFound(requestJson<CaptionTrack[]>(`${recordingPath(stream, reference)}/captions`, { signal }))) ?? [],
  storeCaptions: async (stream, number, { language, label, text, isDefault }) => {
    const path = `${recordingPath(stream, number)}/captions/${part(language)}`;
    const headers = { "content-type": "text/vtt" };
    await authorised(withQuery(path, { label, default: isDefault }), { method: "PUT", headers, body: text });
  },
  deleteCaptions: async (stream, number, language) => {
    await authorised(`${recordingPath(stream, number)}/captions/${part(language)}`, { method: "DELETE" });
  },
  settings: (stream, signal) => authorisedJson(`/v1/streams/${part(stream)}/settings`, { signal }),
  changeSettings: (stream, change) =>
    authorisedJson(`/v1/streams/${part(stream)}/settings`, { method: "PATCH", ...json(change) }),
  setSource: async (stream, source) => {
    await authorised(`/v1/streams/${part(stream)}/source`, { method: "PUT", ...json(source) });
  },
  removeSource: async (stream) => {
    await authorised(`/v1/streams/${part(stream)}/source`, { method: "DELETE" });
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
    const answer = await requestJson<Schemas["BoughtKeys"]>(path, { headers: proofHeaders(proof), signal });
    return answer.ranges;
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

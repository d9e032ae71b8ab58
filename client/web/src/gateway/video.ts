// What the gateway offers for video: recordings, uploads, clips, images, captions, stream settings, sources. The types of
// answers are generated from the gateway's OpenAPI document.

import type { Change, Schemas } from "./schemas";
import type { Page, PageQuery, Recording } from "./types";
/** Who can find a recording: everyone, everyone with its address, or only its creator. */
export type Visibility = Schemas["Visibility"];
export type RecordingKind = Schemas["RecordingKind"];
/** Captions of a recording. Their texts are encrypted like its picture, so only players read them. */
export type CaptionTrack = Schemas["CaptionsView"];
/** What a creator can change of a recording. Absent fields stay. */
export type RecordingChange = Change<Schemas["RecordingPatch"]>;
/** Work of the gateway on a video: packaging an upload, cutting a clip. */
export type Job = Schemas["JobView"];
export type NewClip = Schemas["NewClip"];
/** An image that the gateway keeps in several widths. */
export type StoredImage = Schemas["ImageView"];
export type Codec = Schemas["VideoCodec"];
/** Settings of a stream at this gateway. What is absent is as the gateway's operator has set it. */
export type StreamSettings = Change<Schemas["StreamSettings"]>;
/** A change of settings. Null takes a setting back to what the operator has set. */
export type SettingsChange = { readonly [Name in keyof StreamSettings]?: StreamSettings[Name] | null };
/** A source that the gateway fetches itself. */
export type PullSource = Schemas["PullSource"];
/** A range of keys, both ends included. */
export type KeyRange = Readonly<Schemas["BoughtKeyRange"]>;
/** Proof of a viewer about keys paid earlier, made with a session key of that viewer. */
export type ViewerProof = Readonly<Omit<Schemas["BoughtKeysRequest"], "first" | "count">>;

export interface RecordingQuery extends PageQuery {
  readonly q?: string;
  readonly stream?: string;
  readonly creator?: string;
}

export interface NewCaptions {
  readonly language: string;
  /** Name that viewers read. */
  readonly label: string;
  /** WebVTT. */
  readonly text: string;
  readonly isDefault: boolean;
}

/**
 * The endpoints for video. Every method rejects with a `GatewayError` or an `AbortError`. What only a creator may do needs
 * the creator, signed in with the wallet.
 */
export interface VideoGateway {
  /** Public recordings that match, of all streams. */
  findRecordings(query: RecordingQuery, signal?: AbortSignal): Promise<Page<Recording>>;
  recordings(stream: string, query?: PageQuery, signal?: AbortSignal): Promise<Page<Recording>>;
  /** One recording; an unlisted one by its reference. Null if there is none. */
  recording(stream: string, reference: string, signal?: AbortSignal): Promise<Recording | null>;
  /** All recordings of the creator's stream, also private ones. */
  ownRecordings(stream: string, query?: PageQuery, signal?: AbortSignal): Promise<Page<Recording>>;
  /** Changes a recording. Resolves with it as changed: one that becomes unlisted has another address. */
  changeRecording(stream: string, number: number, change: RecordingChange): Promise<Recording>;
  /** Deletes a recording and its media, and ends the use of its keys. */
  deleteRecording(stream: string, number: number): Promise<void>;
  /** The recording as an MP4, for its creator. */
  downloadOwn(stream: string, number: number): Promise<Response>;
  /** The recording as an MP4: a free one, or for a viewer who has bought all its keys. */
  download(stream: string, reference: string, proof: ViewerProof | null): Promise<Response>;
  jobs(stream: string, signal?: AbortSignal): Promise<readonly Job[]>;
  /** One job, by its id, which is hard to guess. Null if there is no such job any more. */
  job(id: string, signal?: AbortSignal): Promise<Job | null>;
  cancelJob(id: string): Promise<void>;
  createClip(stream: string, clip: NewClip): Promise<Job>;
  /** The same for a viewer who has bought what the clip shows, if the creator lets viewers make clips. */
  createViewerClip(stream: string, clip: NewClip, proof: ViewerProof): Promise<Job>;
  /** Stores a picture, at most 10 MiB. */
  storeImage(picture: Blob): Promise<StoredImage>;
  captions(stream: string, reference: string, signal?: AbortSignal): Promise<readonly CaptionTrack[]>;
  /** Stores captions (WebVTT) of a recording in a language. */
  storeCaptions(stream: string, number: number, captions: NewCaptions): Promise<void>;
  deleteCaptions(stream: string, number: number, language: string): Promise<void>;
  settings(stream: string, signal?: AbortSignal): Promise<StreamSettings>;
  changeSettings(stream: string, change: SettingsChange): Promise<StreamSettings>;
  setSource(stream: string, source: PullSource): Promise<void>;
  removeSource(stream: string): Promise<void>;
  /**
   * When the part of a broadcast began that its DVR playlist offers, in milliseconds since 1970; null if that is not
   * known.
   */
  dvrStart(playlist: string, signal?: AbortSignal): Promise<number | null>;
  /** The first and the last key of a recording; null if it has none. */
  keyRange(recording: Pick<Recording, "playlist">, signal?: AbortSignal): Promise<KeyRange | null>;
  /** Ranges of keys that the viewer has paid for. */
  bought(stream: string, proof: ViewerProof, signal?: AbortSignal): Promise<readonly KeyRange[]>;
  /** `count` keys from `first` on, in their order. */
  boughtKeys(
    stream: string,
    first: number,
    count: number,
    proof: ViewerProof,
    signal?: AbortSignal,
  ): Promise<readonly Uint8Array[]>;
}

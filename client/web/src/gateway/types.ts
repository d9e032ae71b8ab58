// What the gateway layer offers. The types of answers are generated from the gateway's OpenAPI document. Amounts in
// them are decimal strings of planck, to be read with `BigInt`.

import type { ReadonlySignal } from "@preact/signals";
import type { Query, Schemas } from "./schemas";

export type StreamView = Schemas["StreamView"];
export type StreamStatus = Schemas["StreamStatus"];
export type SessionView = Schemas["SessionView"];
export type SessionPhase = Schemas["SessionPhase"];
export type SessionRecord = Schemas["SessionRecord"];
export type Receipt = Schemas["Receipt"];
export type Earnings = Schemas["Earnings"];
export type EarningsBucket = Schemas["EarningsBucket"];
export type GatewayInfo = Schemas["GatewayInfo"];
export type GatewayChain = Schemas["ChainStatus"];
export type IngestHealth = Schemas["IngestHealth"];
export type PublishKeyInfo = Schemas["PublishKeyInfo"];
export type NewPublishKey = Schemas["NewPublishKey"];
/** A recording of a stream: a broadcast, an uploaded video or a clip. */
export type Recording = Schemas["RecordingView"];
export type Problem = Schemas["Problem"];
export type Paid = Schemas["Paid"];
export type AudienceHistory = Schemas["AudienceHistory"];

/** What a player experienced since its last report. What is absent is zero, or not known. */
export type PlaybackReport = Readonly<Partial<Schemas["QualityReport"]>>;
/** Playback as all viewers of a stream reported it. Shares are from 0 to 1. */
export type PlaybackSummary = Schemas["QualitySummary"];
/** The same over time. */
export type PlaybackHistory = Schemas["QualityHistory"];

/** A page of a list. */
export interface Page<T> {
  readonly items: readonly T[];
  /** Cursor of the next page; absent on the last one. */
  readonly next_cursor?: string | null;
}

/** Counts of a stream, as `WS /v1/live` sends them. */
export interface LiveCounts {
  readonly stream: string;
  readonly is_live: boolean;
  readonly viewers: number;
  /** Ticks revealed since the gateway started. */
  readonly ticks: number;
  /** Value of those ticks, in planck. */
  readonly earned: string;
}

/** Part of a sprite sheet that shows a period of a stream. */
export interface StoryboardCue {
  readonly startS: number;
  readonly endS: number;
  /** Path of the sprite sheet at this gateway. */
  readonly url: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Filter, order and page of a list of streams. */
export interface StreamQuery {
  readonly q?: string;
  readonly live?: boolean;
  readonly category?: string;
  readonly creator?: string;
  readonly sort?: NonNullable<Query<"/v1/streams">["sort"]>;
  readonly cursor?: string;
  readonly limit?: number;
}

/** Page of a list. */
export interface PageQuery {
  readonly cursor?: string;
  readonly limit?: number;
}

/** Period of earnings, in milliseconds since 1970, and the length of its buckets. */
export interface EarningsQuery {
  readonly from?: number;
  readonly to?: number;
  readonly by?: NonNullable<Query<"/v1/creators/{account}/earnings">["by"]>;
  /** IANA name of the time zone whose days and hours are the buckets. */
  readonly tz?: string;
}

/** Live counts as they change, over a socket that reconnects by itself. */
export interface LiveFeed {
  /** Counts by stream id. Streams that went off air stay, with `is_live` false. */
  readonly counts: ReadonlySignal<ReadonlyMap<string, LiveCounts>>;
  /** False while there is no connection. */
  readonly isConnected: ReadonlySignal<boolean>;
  close(): void;
}

/**
 * The gateway's API; {@link gateway} is its only instance. Every method rejects with a `GatewayError` or an
 * `AbortError`.
 */
export interface Gateway {
  /** The gateway's own account, fees and nodes. Requested once and cached. */
  info(): Promise<GatewayInfo>;
  chain(signal?: AbortSignal): Promise<GatewayChain>;
  streams(query: StreamQuery, signal?: AbortSignal): Promise<Page<StreamView>>;
  stream(id: string, signal?: AbortSignal): Promise<StreamView>;
  recordings(stream: string, query?: PageQuery, signal?: AbortSignal): Promise<Page<Recording>>;
  /** One recording, by its number, and an unlisted one by its token as well. Null if the gateway does not have it. */
  recording(stream: string, reference: string, signal?: AbortSignal): Promise<Recording | null>;
  /** Storyboard of the live stream, or of a recording by its `storyboard` path. Empty if there is none. */
  storyboard(stream: string, path?: string, signal?: AbortSignal): Promise<readonly StoryboardCue[]>;
  session(id: string, signal?: AbortSignal): Promise<SessionView>;
  receipts(session: string, query?: PageQuery, signal?: AbortSignal): Promise<Page<Receipt>>;
  sessionsOf(viewer: string, query?: PageQuery, signal?: AbortSignal): Promise<Page<SessionRecord>>;
  earnings(account: string, query?: EarningsQuery, signal?: AbortSignal): Promise<Earnings>;
  /** The sessions that paid most for a stream. */
  topSessions(stream: string, signal?: AbortSignal): Promise<readonly SessionRecord[]>;
  /** Viewers of a creator's streams over time, and how many previews led to a payment. */
  audience(account: string, query?: EarningsQuery, signal?: AbortSignal): Promise<AudienceHistory>;
  /**
   * The bandwidth to the gateway in bits per second, measured until `signal` is aborted; null if it cannot be measured.
   */
  probeBandwidth(signal: AbortSignal): Promise<number | null>;
  /** Reports how well a stream was played. Never fails. */
  reportPlayback(stream: string, report: PlaybackReport): void;
  /** Live counts of one stream, or of all. */
  live(stream?: string): LiveFeed;

  // The following requests need the stream's creator, signed in with the wallet.
  publishKeys(stream: string, signal?: AbortSignal): Promise<readonly PublishKeyInfo[]>;
  /** Creates a publish key. Its secret is returned only here. */
  createPublishKey(stream: string): Promise<NewPublishKey>;
  /** Revokes a publish key. An encoder that publishes with it is disconnected. */
  revokePublishKey(stream: string, key: string): Promise<void>;
  health(stream: string, signal?: AbortSignal): Promise<IngestHealth>;
  /** How well a stream was played, as its viewers report it. */
  playback(stream: string, query?: EarningsQuery, signal?: AbortSignal): Promise<PlaybackHistory>;
}

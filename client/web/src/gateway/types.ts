// What the gateway layer offers to the pages. The shapes of answers are generated from the gateway's OpenAPI document;
// amounts in them are decimal strings of planck, to be read with `BigInt`.

import type { ReadonlySignal } from "@preact/signals";
import type { components } from "./openapi.generated";

type Schemas = components["schemas"];

export type StreamView = Schemas["StreamView"];
export type StreamPhase = Schemas["StreamPhase"];
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
export type RecordingView = Schemas["RecordingView"];
export type Problem = Schemas["Problem"];
export type Paid = Schemas["Paid"];
export type AudienceHistory = Schemas["AudienceHistory"];

/** A page of a list. */
export interface Page<T> {
  readonly items: readonly T[];
  /** Ask with this for the next page; nothing on the last. */
  readonly next_cursor?: string | null;
}

/** What `WS /v1/live` tells of a stream. */
export interface LiveCounts {
  readonly stream: string;
  readonly is_live: boolean;
  readonly viewers: number;
  /** Ticks let go of since the gateway started. */
  readonly ticks: number;
  /** What those are worth, in planck. */
  readonly earned: string;
}

/** Part of a sprite sheet, for a stretch of time. */
export interface StoryboardCue {
  readonly startS: number;
  readonly endS: number;
  /** The sheet, as an absolute path at this gateway. */
  readonly url: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** What streams to list. */
export interface StreamQuery {
  readonly q?: string;
  readonly live?: boolean;
  readonly category?: string;
  readonly creator?: string;
  readonly sort?: string;
  readonly cursor?: string;
  readonly limit?: number;
}

/** Part of a list. */
export interface PageQuery {
  readonly cursor?: string;
  readonly limit?: number;
}

/** Which earnings, from when to when in milliseconds since 1970, and how finely. */
export interface EarningsQuery {
  readonly from?: number;
  readonly to?: number;
  readonly by?: "minute" | "hour" | "day";
}

/** Live counts as they change; the socket mends itself. */
export interface LiveFeed {
  /** By stream id. Streams that went off air stay, with `is_live` false. */
  readonly counts: ReadonlySignal<ReadonlyMap<string, LiveCounts>>;
  /** False while nothing can be heard, or the gateway does not offer this. */
  readonly isConnected: ReadonlySignal<boolean>;
  close(): void;
}

/** The gateway. One for the page: {@link gateway}. Everything throws `GatewayError`, which has words. */
export interface Gateway {
  /** Of the gateway itself; asked once and kept. */
  info(): Promise<GatewayInfo>;
  chain(signal?: AbortSignal): Promise<GatewayChain>;
  streams(query: StreamQuery, signal?: AbortSignal): Promise<Page<StreamView>>;
  stream(id: string, signal?: AbortSignal): Promise<StreamView>;
  recordings(stream: string, query?: PageQuery, signal?: AbortSignal): Promise<Page<RecordingView>>;
  /** Of the live stream, or of a recording by its `storyboard` path. Empty when there is none. */
  storyboard(stream: string, path?: string, signal?: AbortSignal): Promise<readonly StoryboardCue[]>;
  session(id: string, signal?: AbortSignal): Promise<SessionView>;
  receipts(session: string, query?: PageQuery, signal?: AbortSignal): Promise<Page<Receipt>>;
  sessionsOf(viewer: string, query?: PageQuery, signal?: AbortSignal): Promise<Page<SessionRecord>>;
  earnings(account: string, query?: EarningsQuery, signal?: AbortSignal): Promise<Earnings>;
  /** The sessions that paid most for a stream; null when the gateway does not tell. */
  topSessions(stream: string, signal?: AbortSignal): Promise<readonly SessionRecord[] | null>;
  /** Who watched a creator's streams, by time, and how many previews became paid; null when the gateway does not tell. */
  audience(account: string, query?: EarningsQuery, signal?: AbortSignal): Promise<AudienceHistory | null>;
  /** All streams, or one. */
  live(stream?: string): LiveFeed;

  /** Asks the wallet for a signature. */
  publishKeys(stream: string): Promise<readonly PublishKeyInfo[]>;
  /** Asks the wallet for a signature. The secret is told once. */
  createPublishKey(stream: string): Promise<NewPublishKey>;
  /** Asks the wallet for a signature. Who publishes with the key is cut off. */
  revokePublishKey(stream: string, key: string): Promise<void>;
  /** Asks the wallet for a signature: do not poll. */
  health(stream: string): Promise<IngestHealth>;
}

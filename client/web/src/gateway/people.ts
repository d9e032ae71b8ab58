// The endpoints about people: profiles, follows, schedules, watch history, leaderboards and recommendations.

import { authorised, authorisedJson } from "./auth";
import type { PersonView } from "./auth-types";
import { ifFound } from "./gateway";
import { requestJson, withQuery } from "./http";
import type {
  FollowView,
  HistoryItem,
  LeaderKind,
  LeaderPeriod,
  LeaderView,
  NewScheduleEntry,
  ProgressItem,
  ProgressView,
  Related,
  ScheduleEntry,
  Subject,
} from "./people-types";
import { GatewayError } from "./problem";
import type { Page, PageQuery, StreamView } from "./types";

const part = encodeURIComponent;

const json = (value: unknown) => ({
  body: JSON.stringify(value),
  headers: { "content-type": "application/json" },
});

export interface LeaderQuery {
  readonly kind: LeaderKind;
  readonly period: LeaderPeriod;
  /** Number of a stream; all streams if absent. */
  readonly stream?: string;
}

/** Every function rejects with a `GatewayError` or an `AbortError`. Those about oneself need a sign-in. */
export const people = {
  /** A person, by account or handle; null if there is none. */
  person: (who: string, signal?: AbortSignal): Promise<PersonView | null> =>
    ifFound(authorisedJson<PersonView>(`/v1/people/${part(who)}`, { signal })),
  follow: async (account: string): Promise<void> => {
    await authorised(`/v1/people/${part(account)}/follow`, { method: "PUT" });
  },
  unfollow: async (account: string): Promise<void> => {
    await authorised(`/v1/people/${part(account)}/follow`, { method: "DELETE" });
  },
  following: (query: PageQuery = {}, signal?: AbortSignal): Promise<Page<FollowView>> =>
    authorisedJson(withQuery("/v1/me/following", { ...query }), { signal }),
  followers: (query: PageQuery = {}, signal?: AbortSignal): Promise<Page<FollowView>> =>
    authorisedJson(withQuery("/v1/me/followers", { ...query }), { signal }),

  /** What a creator has announced, the next broadcast first. */
  schedule: (account: string, signal?: AbortSignal): Promise<readonly ScheduleEntry[]> =>
    authorisedJson(`/v1/people/${part(account)}/schedule`, { signal }),
  announce: (entry: NewScheduleEntry): Promise<ScheduleEntry> =>
    authorisedJson("/v1/me/schedule", { method: "POST", ...json(entry) }),
  cancel: async (id: number): Promise<void> => {
    await authorised(`/v1/me/schedule/${id}`, { method: "DELETE" });
  },
  /** Turns the reminder of a broadcast on or off. */
  remind: async (id: number, isOn: boolean): Promise<void> => {
    await authorised(`/v1/schedule/${id}/reminder`, { method: isOn ? "PUT" : "DELETE" });
  },
  /** Path of the feed of a creator's recordings. */
  feed: (account: string): string => `/v1/people/${part(account)}/feed.xml`,

  /** Reports positions, at most 50. With `isLast`, the request outlives the page. Positions that are refused are lost. */
  reportProgress: async (items: readonly ProgressItem[], isLast: boolean): Promise<void> => {
    try {
      await authorised("/v1/me/progress", { method: "PUT", keepalive: isLast, ...json({ items }) });
    } catch (error) {
      // The gateway would refuse them again.
      if (!(error instanceof GatewayError) || error.isTransient) throw error;
    }
  },
  /** Where the signed-in person has stopped; null if that is not known. */
  progress: (subject: Subject, signal?: AbortSignal): Promise<ProgressView | null> =>
    ifFound(authorisedJson<ProgressView>(`/v1/me/progress/${part(subject)}`, { signal })),
  /** What the signed-in person has watched, the latest first. */
  history: (query: PageQuery = {}, signal?: AbortSignal): Promise<Page<HistoryItem>> =>
    authorisedJson(withQuery("/v1/me/history", { ...query }), { signal }),
  /** Recordings that the signed-in person has begun and not finished. */
  unfinished: (limit: number, signal?: AbortSignal): Promise<readonly HistoryItem[]> =>
    authorisedJson(withQuery("/v1/me/continue", { limit }), { signal }),
  /** Deletes one entry of the history, or all of it. */
  forget: async (subject?: Subject): Promise<void> => {
    const path = subject === undefined ? "/v1/me/history" : `/v1/me/history/${part(subject)}`;
    await authorised(path, { method: "DELETE" });
  },

  leaders: (query: LeaderQuery, signal?: AbortSignal): Promise<readonly LeaderView[]> =>
    requestJson(withQuery("/v1/leaderboards", { ...query }), { signal }),
  trending: (limit: number, signal?: AbortSignal): Promise<readonly StreamView[]> =>
    requestJson(withQuery("/v1/trending", { limit }), { signal }),
  recommended: (limit: number, signal?: AbortSignal): Promise<readonly StreamView[]> =>
    authorisedJson(withQuery("/v1/me/recommended", { limit }), { signal }),
  related: (subject: Subject, limit: number, signal?: AbortSignal): Promise<Related> =>
    requestJson(withQuery(`/v1/related/${part(subject)}`, { limit }), { signal }),
};

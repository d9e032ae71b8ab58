// What the gateway says about people: who follows whom, schedules, watch history and leaderboards. Times are RFC 3339.

import type { Query, Schemas } from "./schemas";

/** A stream or a recording: `stream:7` or `recording:7:3`. */
export type Subject = `stream:${string}` | `recording:${string}:${string}`;

interface WithSubject {
  readonly subject: Subject;
}

/** A person who is followed, or a follower. */
export type FollowView = Schemas["FollowView"];
/** A broadcast that a creator has announced. */
export type ScheduleEntry = Schemas["ScheduleEntry"];
/** A broadcast to announce: 1 to 1,440 minutes that begin in the future and within a year. */
export type NewScheduleEntry = Schemas["NewScheduleEntry"];
/** How far somebody has watched, and when. An earlier time than the known one changes nothing. */
export type ProgressItem = Schemas["ProgressItem"] & WithSubject;
/** The position at which somebody has stopped. */
export type ProgressView = Schemas["ProgressView"];
/** A stream or recording that somebody has watched. */
export type HistoryItem = Schemas["HistoryItem"] & WithSubject;

type Leaders = Query<"/v1/leaderboards">;
export type LeaderKind = NonNullable<Leaders["kind"]>;
export type LeaderPeriod = NonNullable<Leaders["period"]>;
/** A place in a leaderboard, where equal amounts share one: with an amount among tippers, with seconds among watchers. */
export type LeaderView = Schemas["LeaderView"];
/** What is like a stream or recording. */
export type Related = Schemas["Related"];

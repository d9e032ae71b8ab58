// The newest recordings of the creators that somebody follows.

import { Limiter } from "../common/limiter";
import { type FollowView, type Recording, video } from "../gateway";

/** Number of creators whose recordings are asked for: those followed last. */
const MAX_CREATORS = 24;
/** Number of recordings of each creator. */
const PER_CREATOR = 4;
const MAX_RECORDINGS = 24;
const MAX_REQUESTS = 4;
const requests = new Limiter(MAX_REQUESTS);

/** The recordings, the newest first. */
export function newestFirst(recordings: readonly Recording[]): readonly Recording[] {
  const all = [...recordings].sort((a, b) => Date.parse(b.started_at) - Date.parse(a.started_at));
  return all.slice(0, MAX_RECORDINGS);
}

/** Loads the newest recordings. Creators whose recordings cannot be loaded are left out. */
export async function newestRecordings(
  followed: readonly FollowView[],
  signal: AbortSignal,
): Promise<readonly Recording[]> {
  const load = (creator: string) => requests.run(() => video.findRecordings({ creator, limit: PER_CREATOR }, signal));
  const answers = await Promise.allSettled(followed.slice(0, MAX_CREATORS).map(({ person }) => load(person.account)));
  return newestFirst(answers.flatMap((answer) => (answer.status === "fulfilled" ? answer.value.items : [])));
}

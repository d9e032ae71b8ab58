// The endpoints of comments and likes. Reading them needs no sign-in; everything else does.

import { authorised, authorisedJson } from "./auth";
import type { CommentSort, CommentView, NewComment, Reactions } from "./comment-types";
import { withQuery } from "./http";
import type { Subject } from "./people-types";
import type { Page } from "./types";

const part = encodeURIComponent;

const json = (value: unknown) => ({
  body: JSON.stringify(value),
  headers: { "content-type": "application/json" },
});

const listOf = (stream: string, recording: number) => `/v1/streams/${part(stream)}/recordings/${recording}/comments`;
const pathOf = (id: CommentView["id"]) => `/v1/comments/${part(String(id))}`;

/** Page and order of a list of comments. */
export interface CommentQuery {
  readonly sort?: CommentSort;
  readonly cursor?: string | undefined;
  readonly limit?: number;
}

/** Every function rejects with a `GatewayError` or an `AbortError`. */
export const comments = {
  /** Comments on a recording, without the answers to them. */
  list: (stream: string, recording: number, query: CommentQuery, signal?: AbortSignal): Promise<Page<CommentView>> =>
    authorisedJson(withQuery(listOf(stream, recording), { ...query }), { signal }),
  /** Answers to a comment, the oldest first. */
  replies: (id: CommentView["id"], query: CommentQuery, signal?: AbortSignal): Promise<Page<CommentView>> =>
    authorisedJson(withQuery(`${pathOf(id)}/replies`, { ...query }), { signal }),
  write: (stream: string, recording: number, comment: NewComment): Promise<CommentView> =>
    authorisedJson(listOf(stream, recording), { method: "POST", ...json(comment) }),
  remove: async (id: CommentView["id"]): Promise<void> => {
    await authorised(pathOf(id), { method: "DELETE" });
  },
  like: async (id: CommentView["id"], isOn: boolean): Promise<void> => {
    await authorised(`${pathOf(id)}/like`, { method: isOn ? "PUT" : "DELETE" });
  },
};

export const likes = {
  /** Counts of a stream or recording. */
  reactions: (subject: Subject, signal?: AbortSignal): Promise<Reactions> =>
    authorisedJson(`/v1/reactions/${part(subject)}`, { signal }),
  like: async (subject: Subject, isOn: boolean): Promise<void> => {
    await authorised(`/v1/likes/${part(subject)}`, { method: isOn ? "PUT" : "DELETE" });
  },
};

// What the gateway says about comments and likes. Times are RFC 3339.

import type { Query, Schemas } from "./schemas";

/** A comment. The text of one that was deleted while there are answers is empty. */
export type CommentView = Schemas["CommentView"];
export type NewComment = Schemas["NewComment"];
export type CommentSort = NonNullable<Query<"/v1/streams/{id}/recordings/{number}/comments">["sort"]>;
/** Counts of a stream or recording. */
export type Reactions = Schemas["Reactions"];

// A list of comments with what the reader has just written and deleted.

import { useState } from "preact/hooks";
import type { CommentView } from "../gateway";

/**
 * The comments of a list with those that were added, at its beginning or end, and without those that were deleted. Of a
 * deleted comment that has answers, its place stays.
 */
export function editedList(
  items: readonly CommentView[],
  added: readonly CommentView[],
  deleted: ReadonlySet<string>,
  isAddedFirst: boolean,
): readonly CommentView[] {
  const known = new Set(items.map(({ id }) => String(id)));
  const fresh = added.filter(({ id }) => !known.has(String(id)));
  const all = isAddedFirst ? [...[...fresh].reverse(), ...items] : [...items, ...fresh];
  return all.flatMap((comment) => {
    if (!deleted.has(String(comment.id))) return [comment];
    return comment.replies > 0 ? [{ ...comment, text: "", is_deleted: true }] : [];
  });
}

export function useEditedList(items: readonly CommentView[], isAddedFirst: boolean) {
  const [added, setAdded] = useState<readonly CommentView[]>([]);
  const [deleted, setDeleted] = useState<ReadonlySet<string>>(new Set());
  return {
    shown: editedList(items, added, deleted, isAddedFirst),
    add: (comment: CommentView) => setAdded((old) => [...old, comment]),
    remove: ({ id }: CommentView) => setDeleted((old) => new Set(old).add(String(id))),
  };
}

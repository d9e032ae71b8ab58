// Likes of a stream or recording, beside its views.

import { useState } from "preact/hooks";
import { ensureSignedIn, me } from "../account";
import { likes, type Reactions, type Subject } from "../gateway";
import { useAction } from "../ui/button";
import { count, several } from "../ui/format";
import { HeartIcon } from "../ui/icons";
import { useLoaded } from "./use-loaded";

/** Counts of a stream or recording, and what changes one's own like; null until they are known. */
export function useReactions(subject: Subject) {
  const account = me.value?.account ?? null;
  const { state } = useLoaded((signal) => likes.reactions(subject, signal), [subject, account]);
  const [changed, setChanged] = useState<{ readonly of: Reactions; readonly isLiked: boolean } | null>(null);
  const loaded = state.kind === "ready" ? state.value : null;
  const isLiked = changed && changed.of === loaded ? changed.isLiked : (loaded?.is_liked_by_me ?? false);
  const own = Number(isLiked) - Number(loaded?.is_liked_by_me ?? false);
  const toggle = async () => {
    await ensureSignedIn({ reason: "Sign in, so that your like counts once." });
    await likes.like(subject, !isLiked);
    if (loaded) setChanged({ of: loaded, isLiked: !isLiked });
  };
  return { reactions: loaded, isLiked, likes: (loaded?.likes ?? 0) + own, toggle };
}

export type ReactionsState = ReturnType<typeof useReactions>;

/** The number of views, after the live count of viewers. */
export function Views({ of: { reactions } }: { readonly of: ReactionsState }) {
  return reactions && reactions.views > 0 ? <span class="number">{several(reactions.views, "view")}</span> : null;
}

export function LikeButton({ of, what }: { readonly of: ReactionsState; readonly what: string }) {
  const { isLiked, toggle } = of;
  const [isBusy, run] = useAction(toggle);
  return (
    <button
      type="button"
      class={isLiked ? "button like like-on" : "button like"}
      aria-pressed={isLiked}
      aria-label={`Like ${what}, ${several(of.likes, "like")}`}
      disabled={isBusy}
      onClick={() => void run()}
    >
      <HeartIcon />
      <span class="number">{count(of.likes)}</span>
    </button>
  );
}

// The button that follows a creator, or ends that. Following needs a sign-in, which the first press asks for.

import { useState } from "preact/hooks";
import { ensureSignedIn, me } from "../account";
import { wallet } from "../chain";
import { type PersonView, people } from "../gateway";
import { ActionButton } from "../ui/button";
import { nameOf } from "./person";
import { useLoaded } from "./use-loaded";
import "./person.css";

interface FollowButtonProps {
  readonly account: string;
  /** What is known of the person; loaded if absent. */
  readonly person?: PersonView;
  /** Called when the person has begun or ended to follow, with whether the person follows now. */
  readonly onChange?: (isFollowing: boolean) => void;
  readonly class?: string;
}

/** Whether the signed-in person follows the account; null until known. */
function useFollowing(account: string, person: PersonView | undefined) {
  const self = me.value?.account ?? null;
  const isKnown = person !== undefined && (self === null || person.is_followed_by_me != null);
  const { state } = useLoaded(
    async (signal) => (isKnown ? person : await people.person(account, signal)),
    [account, self, person?.is_followed_by_me],
  );
  const [chosen, setChosen] = useState<{ readonly of: string; readonly isOn: boolean } | null>(null);
  const of = `${self} ${account}`;
  const loaded = state.kind === "ready" ? (state.value?.is_followed_by_me ?? false) : null;
  // Without an answer the button still works: following twice changes nothing.
  const known = state.kind === "failed" ? false : loaded;
  return {
    isFollowing: chosen?.of === of ? chosen.isOn : known,
    name: nameOf((state.kind === "ready" && state.value) || { account }),
    set: (isOn: boolean) => setChosen({ of: `${me.peek()?.account ?? null} ${account}`, isOn }),
  };
}

/** Nothing is shown to the person itself. */
export function FollowButton({ account, person, onChange, class: className }: FollowButtonProps) {
  const { isFollowing, name, set } = useFollowing(account, person);
  const self = me.value?.account ?? wallet.account.value?.address;
  if (self === account) return null;
  const toggle = async () => {
    await ensureSignedIn({ reason: "Whom you follow belongs to your account." });
    await (isFollowing ? people.unfollow(account) : people.follow(account));
    set(!isFollowing);
    onChange?.(!isFollowing);
  };
  return (
    <ActionButton
      class={`follow-button ${isFollowing ? "" : "button-main"} ${className ?? ""}`}
      disabled={isFollowing === null}
      label={isFollowing ? `Stop following ${name}` : `Follow ${name}`}
      onAction={toggle}
    >
      {isFollowing ? "Following" : "Follow"}
    </ActionButton>
  );
}

// Why somebody cannot write in a chat, and the button that changes it.

import type { ComponentChildren } from "preact";
import { ensureSignedIn } from "../../account";
import { vlk } from "../../common/amounts";
import { ActionButton } from "../../ui/button";
import { clock } from "../../ui/format";
import { FollowButton } from "../follow-button";
import type { Obstacle } from "./obstacle";

const SECOND_MS = 1_000;
const SIGN_IN_REASON = "Sign in to write in the chat, so that others know who writes.";

/** What a viewer can agree to pay, to write in a chat for payers; null if nothing is on air, or it is agreed already. */
export interface StartOffer {
  readonly pricePerTick: bigint;
  readonly agree: (pricePerTick: bigint) => void;
}

/** The text of an obstacle. */
export function obstacleText(obstacle: Obstacle): string {
  switch (obstacle.kind) {
    case "signed-out":
      return "Everybody can read. To write, sign in.";
    case "banned":
      return "You cannot write in this chat. Its creator or a moderator has decided so.";
    case "restricted":
      return "A moderator has paused your writing here.";
    case "mode":
      if (obstacle.needsFollow && obstacle.needsPayment) return "Only followers who are paying now can write here.";
      return obstacle.needsFollow
        ? "Only followers can write in this chat."
        : "Only viewers who are paying now can write in this chat.";
  }
}

function Explained({ text, children }: { readonly text: string; readonly children: ComponentChildren }) {
  return (
    <div class="chat-obstacle">
      <p role="status">{text}</p>
      {children}
    </div>
  );
}

interface ExplanationProps {
  readonly obstacle: Obstacle;
  readonly creator: string;
  readonly start: StartOffer | null;
  readonly nowMs: number;
  readonly onFollow: () => void;
}

export function Explanation({ obstacle, creator, start, nowMs, onFollow }: ExplanationProps) {
  return (
    <Explained text={obstacleText(obstacle)}>
      {obstacle.kind === "signed-out" && (
        <ActionButton class="button-small button-main" onAction={() => ensureSignedIn({ reason: SIGN_IN_REASON })}>
          Sign in to chat
        </ActionButton>
      )}
      {/* Not announced, since it changes every second. */}
      {obstacle.kind === "restricted" && (
        <span class="number">{clock(Math.ceil((obstacle.untilMs - nowMs) / SECOND_MS))} left</span>
      )}
      {obstacle.kind === "mode" && obstacle.needsFollow && (
        <FollowButton account={creator} class="button-small" onChange={(isFollowing) => isFollowing && onFollow()} />
      )}
      {/* Consent needs a button that names the price. */}
      {obstacle.kind === "mode" && obstacle.needsPayment && start && (
        <button type="button" class="button button-small button-main" onClick={() => start.agree(start.pricePerTick)}>
          Start for {vlk(start.pricePerTick, 6)} per second
        </button>
      )}
    </Explained>
  );
}

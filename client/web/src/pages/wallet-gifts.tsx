// The gifts that the viewer has given: what is left of each, its link if it was kept, and a button to take it back.

import { useEffect, useState } from "preact/hooks";
import { chain, type Deposit, type DeviceKey, isGift, leftAt } from "../chain";
import { vlk } from "../common/amounts";
import type { Pace } from "../components/key-limits";
import {
  blockTime,
  type CountedSession,
  keyState,
  removedText,
  scopeText,
  setAsideBy,
  spentBy,
} from "../components/key-text";
import { showDone, showError } from "../components/toasts";
import { usePace } from "../components/use-own-key";
import { forgetGiftLink, keptGiftLink } from "../pay";
import { ActionButton } from "../ui/button";
import { Dialog } from "../ui/dialog";
import { GiftIcon } from "../ui/icons";
import { GiftLinkView } from "./gift-link-view";
import "./gift.css";

interface GiftRowProps {
  readonly gift: DeviceKey;
  readonly pace: Pace;
  readonly sessions: readonly CountedSession[];
}

/** The kept link of a gift; null if it was not kept. */
function useKeptLink(address: string): string | null {
  const [link, setLink] = useState<string | null>(null);
  useEffect(() => {
    let isMounted = true;
    keptGiftLink(address).then((kept) => isMounted && setLink(kept), showError);
    return () => {
      isMounted = false;
    };
  }, [address]);
  return link;
}

function stateText(gift: DeviceKey, pace: Pace): string {
  if (gift.openSessions > 0) return "Being watched";
  const until = blockTime(gift.expiresAt, pace, Date.now());
  return { active: `Until ${until ?? "it is used up"}`, spent: "Used up", expired: "Expired" }[
    keyState(gift, pace.best)
  ];
}

function GiftRow({ gift, pace, sessions }: GiftRowProps) {
  const link = useKeptLink(gift.address);
  const [isShown, setShown] = useState(false);
  const left = leftAt(gift.allowance, pace.best) + setAsideBy(gift, sessions);
  const remove = async () => {
    await chain.removeKey(gift.address);
    await forgetGiftLink(gift.address);
    showDone(removedText(gift.label, gift.openSessions));
  };
  return (
    <li class="gift">
      <span class="device-icon">
        <GiftIcon />
      </span>
      <div class="stack stack-none">
        <h3>{gift.label}</h3>
        <span class="faint">
          {scopeText(gift.scope, null)} · {stateText(gift, pace)}
        </span>
      </div>
      <div class="gift-amounts number">
        <span>
          <strong>{vlk(left)}</strong> left
        </span>
        <span class="faint">{vlk(spentBy(gift, sessions))} spent</span>
      </div>
      <div class="row gift-actions">
        {link && (
          <button type="button" class="button button-small" onClick={() => setShown(true)}>
            Show link
          </button>
        )}
        <ActionButton
          class="button-small button-bad"
          label={`Remove ${gift.label}`}
          busy="Sign in your wallet"
          onAction={remove}
        >
          Remove
        </ActionButton>
      </div>
      {isShown && link && (
        <Dialog title={gift.label} onClose={() => setShown(false)}>
          <GiftLinkView link={link} amount={left} />
        </Dialog>
      )}
    </li>
  );
}

interface GiftsProps {
  readonly deposit: Deposit | null | undefined;
  readonly sessions: readonly CountedSession[];
}

/** Nothing is shown before the first gift. */
export function Gifts({ deposit, sessions }: GiftsProps) {
  const pace = usePace();
  const gifts = (deposit?.keys ?? []).filter(isGift);
  if (gifts.length === 0 || pace === null) return null;
  return (
    <section class="panel" aria-labelledby="gifts">
      <h2 id="gifts">Gifts you have given</h2>
      <ul class="device-list">
        {[...gifts]
          .sort((a, b) => b.usedAt - a.usedAt)
          .map((gift) => (
            <GiftRow key={gift.address} gift={gift} pace={pace} sessions={sessions} />
          ))}
      </ul>
    </section>
  );
}

// The link of a gift, to be passed on: as a QR code, copied, or shared.

import { vlk } from "../common/amounts";
import { ActionButton, Copyable } from "../ui/button";
import { ShareIcon } from "../ui/icons";
import { QrCode } from "../ui/qr-code";

interface GiftLinkProps {
  readonly link: string;
  /** Amount of the gift, in planck. */
  readonly amount: bigint;
}

/** Shares a link with another app. The user may close the list of apps, which is not an error. */
async function share(link: string): Promise<void> {
  try {
    await window.navigator.share({ title: "A gift: watch on me", url: link });
  } catch (error) {
    if (!(error instanceof DOMException && error.name === "AbortError")) throw error;
  }
}

export function GiftLinkView({ link, amount }: GiftLinkProps) {
  return (
    <div class="gift-link">
      <QrCode text={link} label="QR code with the link of the gift" />
      <p class="soft">
        Anybody with this link can watch without a wallet, and you pay up to{" "}
        <strong class="number">{vlk(amount)}</strong>. Send it to one person only: a gift is watched in one place at a
        time.
      </p>
      <Copyable label="Link" text={link} />
      {"share" in window.navigator && (
        <ActionButton class="button-wide" onAction={() => share(link)}>
          <ShareIcon />
          Share the link
        </ActionButton>
      )}
    </div>
  );
}

// A tip to a stream from the wallet, with an optional message.

import { useState } from "preact/hooks";
import { chain, wallet } from "../chain";
import { PLANCK_PER_VLK, parseVlk, plainVlk, vlk } from "../common/amounts";
import { ActionButton } from "../ui/button";
import { Chip, Chips } from "../ui/chips";
import { Dialog } from "../ui/dialog";
import { Field } from "../ui/field";
import { AmountField } from "./amount-field";
import { showDone } from "./toasts";
import { WalletList } from "./wallet-menu";

/** Maximum length of the message. The chain takes 128 bytes, and characters outside ASCII take more than one. */
const MAX_MEMO_CHARS = 60;
const CHOICES = [PLANCK_PER_VLK / 10n, PLANCK_PER_VLK / 2n, PLANCK_PER_VLK * 2n];

export function TipDialog({
  stream,
  title,
  onClose,
}: {
  readonly stream: string;
  readonly title: string;
  readonly onClose: () => void;
}) {
  const [text, setText] = useState("0.5");
  const [memo, setMemo] = useState("");
  const amount = parseVlk(text) ?? 0n;
  const tip = async () => {
    await chain.start();
    await chain.tip(stream, amount, memo.trim());
    showDone(`Your tip of ${vlk(amount)} was sent. Thank you!`);
    onClose();
  };
  return (
    <Dialog title={`Tip ${title}`} onClose={onClose}>
      {wallet.account.value ? (
        <>
          <AmountField label="Amount" value={text} onInput={setText} hint="From your account, not from your deposit." />
          <Chips label="Amounts">
            {CHOICES.map((choice) => (
              <Chip key={String(choice)} isOn={amount === choice} onPress={() => setText(plainVlk(choice))}>
                {vlk(choice)}
              </Chip>
            ))}
          </Chips>
          <Field
            label="Message (public, optional)"
            value={memo}
            onInput={setMemo}
            maxLength={MAX_MEMO_CHARS}
            hint="It appears in the chat with the amount."
          />
          <ActionButton
            class="button-main button-wide"
            disabled={amount === 0n}
            busy="Sign in your wallet"
            onAction={tip}
          >
            Tip {vlk(amount)}
          </ActionButton>
        </>
      ) : (
        <WalletList />
      )}
    </Dialog>
  );
}

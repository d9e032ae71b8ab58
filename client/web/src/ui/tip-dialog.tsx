// A tip from the wallet: besides the seconds, once, with a word if one likes.

import { useState } from "preact/hooks";
import { tellDone } from "../app/toasts";
import { chain, wallet } from "../chain";
import { PLANCK_PER_VLK, parseVlk } from "../common/amounts";
import { ActionButton } from "./button";
import { Chip, Chips } from "./chips";
import { Dialog } from "./dialog";
import { AmountField, Field } from "./field";
import { WalletList } from "./wallet-menu";
import { vlk } from "./words";

/** What the chain keeps of a memo at most, in bytes; letters beyond ASCII take more than one. */
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
    tellDone(`${vlk(amount)} sent. Thank you!`);
    onClose();
  };
  return (
    <Dialog title={`Tip ${title}`} onClose={onClose}>
      {wallet.account.value ? (
        <>
          <AmountField label="Amount" value={text} onInput={setText} hint="From your wallet, not from your deposit." />
          <Chips label="Amounts">
            {CHOICES.map((choice) => (
              <Chip
                key={String(choice)}
                isOn={amount === choice}
                onPress={() => setText(vlk(choice).split(" ")[0] ?? "")}
              >
                {vlk(choice)}
              </Chip>
            ))}
          </Chips>
          <Field label="A word (public)" value={memo} onInput={setMemo} maxLength={MAX_MEMO_CHARS} />
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

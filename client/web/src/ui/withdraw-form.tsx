// Money out of the deposit. Only what is not set aside for open sessions can leave.

import { useState } from "preact/hooks";
import { tellDone } from "../app/toasts";
import { chain } from "../chain";
import { parseVlk, plainVlk } from "../common/amounts";
import { ActionButton } from "./button";
import { AmountField } from "./field";
import { vlk } from "./words";

export function WithdrawForm({
  free,
  reserved,
  onDone,
}: {
  readonly free: bigint;
  readonly reserved: bigint;
  readonly onDone: () => void;
}) {
  const [text, setText] = useState(plainVlk(free));
  const amount = parseVlk(text);
  const error = amount !== null && amount > free ? `At most ${vlk(free, 12)} can leave now.` : null;
  const withdraw = async () => {
    if (amount === null) return;
    await chain.withdraw(amount);
    tellDone(`${vlk(amount)} are back in your account.`);
    onDone();
  };
  return (
    <div class="stack">
      <AmountField
        label="Take out"
        value={text}
        onInput={setText}
        error={error}
        hint={reserved > 0n ? `${vlk(reserved)} more are set aside for open sessions until they close.` : null}
      />
      <ActionButton
        class="button-main button-wide"
        disabled={amount === null || amount === 0n || error !== null}
        busy="Sign in your wallet"
        onAction={withdraw}
      >
        Take out {amount === null ? "" : vlk(amount)}
      </ActionButton>
    </div>
  );
}

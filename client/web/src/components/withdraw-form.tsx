// The form to withdraw from the deposit. Only what is not set aside for open sessions can be withdrawn.

import { useState } from "preact/hooks";
import { chain } from "../chain";
import { parseVlk, plainVlk, vlk } from "../common/amounts";
import { ActionButton } from "../ui/button";
import { AmountField } from "./amount-field";
import { showDone } from "./toasts";

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
  const error = amount !== null && amount > free ? `At most ${vlk(free, 12)} can be withdrawn now.` : null;
  const withdraw = async () => {
    if (amount === null) return;
    await chain.withdraw(amount);
    showDone(`${vlk(amount)} were returned to your account.`);
    onDone();
  };
  return (
    <div class="stack">
      <AmountField
        label="Amount"
        value={text}
        onInput={setText}
        error={error}
        hint={reserved > 0n ? `Another ${vlk(reserved)} is set aside for open sessions until they close.` : null}
      />
      <ActionButton
        class="button-main button-wide"
        disabled={amount === null || amount === 0n || error !== null}
        busy="Sign in your wallet"
        onAction={withdraw}
      >
        Withdraw {amount === null ? "" : vlk(amount)}
      </ActionButton>
    </div>
  );
}

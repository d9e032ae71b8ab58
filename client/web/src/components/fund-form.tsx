// The form for a deposit and a limit for this browser: one signature, after which watching needs no prompt.

import { useEffect, useState } from "preact/hooks";
import { chain, type TransactionStage, wallet } from "../chain";
import { parseVlk, plainVlk, vlk } from "../common/amounts";
import { useAction } from "../ui/button";
import { Chip, Chips } from "../ui/chips";
import { Choice } from "../ui/field";
import { duration } from "../ui/format";
import { LockIcon } from "../ui/icons";
import { Notice } from "../ui/states";
import { AmountField } from "./amount-field";
import {
  AMOUNTS,
  DURATIONS,
  draftErrors,
  initialDraft,
  type LimitsDraft,
  limitsOf,
  limitsText,
} from "./spending-limits";
import { showDone, showError } from "./toasts";
import { STAGE_TEXTS } from "./transaction-stages";
import { WalletList } from "./wallet-menu";

interface FundFormProps {
  /** Price of the stream that is to be watched, if there is one. */
  readonly pricePerTick: bigint | null;
  /** Whether the limit can be changed without a deposit. */
  readonly isAmountOptional?: boolean;
  readonly onDone: () => void;
}

/** The minimum of a first deposit; 0 until the chain answers. */
function useMinimum(): bigint {
  const [minimum, setMinimum] = useState(0n);
  useEffect(() => {
    chain.start().catch(showError);
    chain.params().then((params) => setMinimum(params.minDeposit), showError);
  }, []);
  return minimum;
}

interface AmountPartProps extends Pick<FundFormProps, "pricePerTick" | "isAmountOptional"> {
  readonly draft: LimitsDraft;
  readonly amount: bigint;
  readonly error: string | null;
  readonly onChange: (amount: string) => void;
}

function AmountPart({ pricePerTick, isAmountOptional, draft, amount, error, onChange }: AmountPartProps) {
  return (
    <>
      <AmountField
        label={isAmountOptional ? "Deposit (optional)" : "Deposit"}
        value={draft.amount}
        onInput={onChange}
        error={error}
        hint={pricePerTick && amount > 0n ? `${duration(Number(amount / pricePerTick))} of this stream` : null}
      />
      <Chips label="Amounts">
        {AMOUNTS.map((choice) => (
          <Chip key={String(choice)} isOn={amount === choice} onPress={() => onChange(plainVlk(choice))}>
            {vlk(choice)}
          </Chip>
        ))}
      </Chips>
    </>
  );
}

export function FundForm({ pricePerTick, isAmountOptional = false, onDone }: FundFormProps) {
  const money = chain.money.value;
  const minimum = useMinimum();
  const [draft, setDraft] = useState(() =>
    initialDraft(money?.deposit?.delegation ?? null, pricePerTick, isAmountOptional),
  );
  const [stage, setStage] = useState<TransactionStage | null>(null);
  const errors = draftErrors(draft, money, minimum, isAmountOptional);
  const amount = parseVlk(draft.amount) ?? 0n;
  const isReady = money !== null && errors.amount === null && errors.perSecond === null;
  const limits = limitsOf(draft, money);
  const [isBusy, run] = useAction(async () => {
    try {
      const options = { onStage: setStage };
      if (amount === 0n) await chain.delegate(limits, options);
      else await chain.deposit(amount, limits, options);
      showDone(amount === 0n ? "The new limit is set." : `${vlk(amount)} were added to your deposit.`);
      onDone();
    } finally {
      setStage(null);
    }
  });
  if (!wallet.account.value) return <WalletList />;
  const isBelowPrice = pricePerTick !== null && (parseVlk(draft.perSecond) ?? 0n) < pricePerTick;
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        void run();
      }}
    >
      <AmountPart
        pricePerTick={pricePerTick}
        isAmountOptional={isAmountOptional}
        draft={draft}
        amount={amount}
        error={errors.amount}
        onChange={(text) => setDraft({ ...draft, amount: text })}
      />
      <AmountField
        label="Spend at most"
        per="s"
        value={draft.perSecond}
        onInput={(text) => setDraft({ ...draft, perSecond: text })}
        error={errors.perSecond ?? (isBelowPrice ? `This stream costs ${vlk(pricePerTick, 6)} per second.` : null)}
        hint="For a stream that costs more, you are asked again."
      />
      <Choice
        label="Valid for"
        options={DURATIONS}
        value={draft.days}
        onChoose={(days) => setDraft({ ...draft, days })}
      />
      <Notice>
        <p data-testid="limits">{limitsText(limits)}</p>
        <p class="faint">What you do not spend stays yours: withdraw it or revoke the limit at any time.</p>
      </Notice>
      <button type="submit" class="button button-main button-wide" disabled={!isReady || isBusy} aria-busy={isBusy}>
        {isBusy ? <span class="spinner" /> : <LockIcon />}
        {isBusy && stage ? STAGE_TEXTS[stage] : amount > 0n ? `Deposit ${vlk(amount)}` : "Set the limit"}
      </button>
    </form>
  );
}

// Money into the deposit and limits for this browser, with one signature. After it no prompt is needed to watch.

import { useEffect, useState } from "preact/hooks";
import { tellDone, tellError } from "../app/toasts";
import { chain, type TransactionStage, wallet } from "../chain";
import { parseVlk, plainVlk } from "../common/amounts";
import { useAction } from "./button";
import { Chip, Chips } from "./chips";
import { AmountField, Choice } from "./field";
import { LockIcon } from "./icons";
import { AMOUNTS, errorsOf, firstDraft, limitsOf, sentenceOf, TERMS } from "./limits";
import { Notice } from "./states";
import { WalletList } from "./wallet-menu";
import { duration, vlk } from "./words";

interface FundFormProps {
  /** Of the stream that is to be watched, if there is one. */
  readonly pricePerTick: bigint | null;
  /** Limits alone may be changed. */
  readonly isAmountOptional?: boolean;
  readonly onDone: () => void;
}

const STAGES: Readonly<Record<TransactionStage, string>> = {
  signing: "Sign in your wallet",
  sending: "Sending",
  "in-block": "In a block",
  final: "Done",
};

/** Asked of the chain; until it answers, nothing is too small. */
function useMinimum(): bigint {
  const [minimum, setMinimum] = useState(0n);
  useEffect(() => {
    chain.start().catch(tellError);
    chain.params().then((params) => setMinimum(params.minDeposit), tellError);
  }, []);
  return minimum;
}

export function FundForm({ pricePerTick, isAmountOptional = false, onDone }: FundFormProps) {
  const money = chain.money.value;
  const minimum = useMinimum();
  const [draft, setDraft] = useState(() =>
    firstDraft(money?.deposit?.delegation ?? null, pricePerTick, isAmountOptional),
  );
  const [stage, setStage] = useState<TransactionStage | null>(null);
  const errors = errorsOf(draft, money, minimum, isAmountOptional);
  const amount = parseVlk(draft.amount) ?? 0n;
  const isReady = money !== null && errors.amount === null && errors.perSecond === null;
  const limits = limitsOf(draft, money);
  const [isBusy, run] = useAction(async () => {
    try {
      const options = { onStage: setStage };
      if (amount === 0n) await chain.delegate(limits, options);
      else await chain.deposit(amount, limits, options);
      tellDone(amount === 0n ? "The new limit is in force." : `${vlk(amount)} are in your deposit.`);
      onDone();
    } finally {
      setStage(null);
    }
  });
  if (!wallet.account.value) return <WalletList />;
  const isDear = pricePerTick !== null && (parseVlk(draft.perSecond) ?? 0n) < pricePerTick;
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        void run();
      }}
    >
      <AmountField
        label={isAmountOptional ? "Put in (may be left empty)" : "Put in"}
        value={draft.amount}
        onInput={(text) => setDraft({ ...draft, amount: text })}
        error={errors.amount}
        hint={pricePerTick && amount > 0n ? `${duration(Number(amount / pricePerTick))} of this stream` : null}
      />
      <Chips label="Amounts">
        {AMOUNTS.map((choice) => (
          <Chip
            key={String(choice)}
            isOn={amount === choice}
            onPress={() => setDraft({ ...draft, amount: plainVlk(choice) })}
          >
            {vlk(choice)}
          </Chip>
        ))}
      </Chips>
      <AmountField
        label="At most"
        per="s"
        value={draft.perSecond}
        onInput={(text) => setDraft({ ...draft, perSecond: text })}
        error={errors.perSecond ?? (isDear ? `This stream costs ${vlk(pricePerTick, 6)} a second.` : null)}
        hint="Dearer streams ask you again."
      />
      <Choice label="For" options={TERMS} value={draft.days} onChoose={(days) => setDraft({ ...draft, days })} />
      <Notice>
        <p data-testid="limits">{sentenceOf(limits)}</p>
        <p class="faint">What you do not watch stays yours: withdraw or revoke at any time.</p>
      </Notice>
      <button type="submit" class="button button-main button-wide" disabled={!isReady || isBusy} aria-busy={isBusy}>
        {isBusy ? <span class="spinner" /> : <LockIcon />}
        {isBusy && stage ? STAGES[stage] : amount > 0n ? `Put in ${vlk(amount)} and allow` : "Set the limit"}
      </button>
    </form>
  );
}

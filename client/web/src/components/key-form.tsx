// The forms about this browser's key and those of other devices: a deposit with a key, and a key alone. Each needs one
// signature, after which watching needs no prompt.

import { useEffect, useState } from "preact/hooks";
import {
  type ChainParams,
  chain,
  type DeviceKey,
  type KeyLimits,
  leftAt,
  type Money,
  type TransactionStage,
  wallet,
} from "../chain";
import { parseVlk, plainVlk, vlk } from "../common/amounts";
import { deviceLabel } from "../common/device-label";
import { gateway } from "../gateway";
import { useAction } from "../ui/button";
import { Chip, Chips } from "../ui/chips";
import { Check } from "../ui/field";
import { duration } from "../ui/format";
import { LockIcon } from "../ui/icons";
import { Loading, Notice, Problem, Skeleton } from "../ui/states";
import { AmountField } from "./amount-field";
import { AMOUNTS, amountError, totalAfter } from "./deposit-amount";
import { KeyFields } from "./key-fields";
import {
  hasErrors,
  initialKeyDraft,
  isUnchanged,
  type KeyDraft,
  keyErrors,
  type LimitsContext,
  limitsOf,
  limitsText,
  type Pace,
  presentBudget,
  suggestedBudget,
  type WantedStream,
} from "./key-limits";
import { blockTime } from "./key-text";
import { showDone, showError } from "./toasts";
import { STAGE_TEXTS } from "./transaction-stages";
import { useChainParams } from "./use-chain-params";
import { keyOf, useOwnKey, usePace } from "./use-own-key";
import { WalletList } from "./wallet-menu";

/** How the suggested budget is explained. */
const PART_HINT = "A fifth of the deposit, or two hours at the highest price, unless you change it.";

/** The account of this gateway; empty until known. */
function useGatewayAccount(): string {
  const [account, setAccount] = useState("");
  useEffect(() => {
    gateway.info().then((info) => setAccount(info.account), showError);
  }, []);
  return account;
}

/** What the forms need to know before they are shown. */
interface Known {
  readonly money: Money;
  readonly params: ChainParams;
  readonly pace: Pace;
  readonly gatewayAccount: string;
}

interface FundFormProps {
  /** Stream that is to be watched, if there is one. */
  readonly wanted: WantedStream | null;
  /** Whether limits alone are enough, without a deposit. */
  readonly isAmountOptional?: boolean;
  readonly onDone: () => void;
}

interface KeyFormProps {
  /** The key whose limits are changed; null to add this browser's. */
  readonly changed: DeviceKey | null;
  readonly onDone: () => void;
}

/** Everything that a form needs; null until known. */
function useKnown(): Known | null {
  const money = chain.money.value;
  const params = useChainParams();
  const pace = usePace();
  const gatewayAccount = useGatewayAccount();
  useEffect(() => {
    chain.start().catch(showError);
  }, []);
  return money && params && pace && gatewayAccount ? { money, params, pace, gatewayAccount } : null;
}

function NotYet() {
  const status = chain.status.value;
  if (status.kind === "failed") return <Problem message={status.message} hint={status.hint} />;
  return (
    <Loading label="Reading from the chain">
      <Skeleton height={180} />
    </Loading>
  );
}

interface SubmitProps {
  readonly isReady: boolean;
  readonly isBusy: boolean;
  readonly stage: TransactionStage | null;
  readonly text: string;
}

function Submit({ isReady, isBusy, stage, text }: SubmitProps) {
  return (
    <button type="submit" class="button button-main button-wide" disabled={!isReady || isBusy} aria-busy={isBusy}>
      {isBusy ? <span class="spinner" /> : <LockIcon />}
      {isBusy && stage ? STAGE_TEXTS[stage] : text}
    </button>
  );
}

interface SummaryProps {
  readonly who: string;
  readonly limits: KeyLimits;
  readonly nowMs: number;
  /** Amount that is kept while entries exist; 0 if there is none. */
  readonly bond: bigint;
}

/** What the signature allows, in words: exactly what the chain enforces. */
function Summary({ who, limits, nowMs, bond }: SummaryProps) {
  return (
    <Notice>
      <p data-testid="limits">{limitsText(who, limits, nowMs)} It never spends more than your deposit.</p>
      <p class="faint">
        The chain enforces this. You can remove the device at any time.
        {bond > 0n && ` Of the deposit, ${vlk(bond)} is kept for the entry on chain, and returned when it is removed.`}
      </p>
    </Notice>
  );
}

/** Runs a transaction from a form, and tracks its stage. */
function useTransaction(work: (onStage: (stage: TransactionStage) => void) => Promise<unknown>) {
  const [stage, setStage] = useState<TransactionStage | null>(null);
  const [isBusy, run] = useAction(async () => {
    try {
      await work(setStage);
    } finally {
      setStage(null);
    }
  });
  const onSubmit = (event: Event) => {
    event.preventDefault();
    void run();
  };
  return { stage, isBusy, onSubmit };
}

interface AmountPartProps {
  readonly isOptional: boolean;
  readonly wanted: WantedStream | null;
  readonly text: string;
  readonly error: string | null;
  readonly onChange: (amount: string) => void;
}

function AmountPart({ isOptional, wanted, text, error, onChange }: AmountPartProps) {
  const amount = parseVlk(text) ?? 0n;
  const hint = wanted && amount > 0n ? `${duration(Number(amount / wanted.pricePerTick))} of this stream` : null;
  return (
    <>
      <AmountField
        label={isOptional ? "Deposit (optional)" : "Deposit"}
        value={text}
        onInput={onChange}
        error={error}
        hint={hint}
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

interface FundFieldsProps extends FundFormProps {
  readonly known: Known;
  /** This browser's key; null if it is not among the devices. */
  readonly own: DeviceKey | null;
}

/** The budget unless another one is typed: a part of the deposit, or what the key has. */
function budgetOf(own: DeviceKey | null, pace: Pace, total: bigint, perSecond: bigint): bigint {
  const suggested = suggestedBudget(total, perSecond);
  const present = own ? presentBudget(own, pace) : 0n;
  // A budget that is renewed was chosen per day, week or month, and does not grow with the deposit.
  return own?.allowance.renewal || present > suggested ? present : suggested;
}

/** The content of the form for a deposit: fields, errors, and what will be signed. */
function useFundDraft({ wanted, isAmountOptional = false, known, own }: FundFieldsProps) {
  const { money, params, pace, gatewayAccount } = known;
  const [text, setText] = useState(isAmountOptional ? "" : "5");
  const [draft, setDraft] = useState<KeyDraft>(() =>
    initialKeyDraft(own, wanted, deviceLabel(window.navigator.userAgent), pace),
  );
  // A top-up from a browser that is not a device does not make it one, unless a stream is to be watched there.
  const [isAdding, setAdding] = useState(wanted !== null || isAmountOptional || money.deposit === null);
  const nowMs = Date.now();
  const amount = parseVlk(text) ?? 0n;
  const budget = budgetOf(own, pace, totalAfter(money, amount), parseVlk(draft.perSecond) ?? 0n);
  const context: LimitsContext = { key: own, pace, budget, gateway: gatewayAccount, nowMs };
  const hasKey = own !== null || isAdding;
  const errors = keyErrors(draft);
  const amountProblem = amountError(text, money, params.minDeposit, isAmountOptional);
  const limits = hasKey && !isUnchanged(draft, context) ? limitsOf(draft, context) : null;
  // The same limits once more fill the budget up.
  const refilled = isAmountOptional && own && canRefill(own, pace) ? limitsOf(draft, context) : null;
  const isReady = amountProblem === null && !(hasKey && hasErrors(errors));
  return {
    ...{ text, setText, draft, setDraft, isAdding, setAdding, amount, amountProblem, budget, hasKey, errors, nowMs },
    shownLimits: limitsOf(draft, context),
    limits: limits ?? (amount === 0n ? refilled : null),
    isReady: isReady && (amount > 0n || limits !== null || refilled !== null),
  };
}

/** Whether setting the same limits again would leave more to spend. */
function canRefill(key: DeviceKey, pace: Pace): boolean {
  return leftAt(key.allowance, pace.best) < presentBudget(key, pace);
}

function FundFields(props: FundFieldsProps) {
  const { wanted, isAmountOptional = false, onDone, known, own } = props;
  const { money, params, pace } = known;
  const fund = useFundDraft(props);
  const { amount, limits, nowMs } = fund;
  const { stage, isBusy, onSubmit } = useTransaction(async (onStage) => {
    if (amount > 0n) await chain.deposit(amount, limits, { onStage });
    else if (limits) await chain.authorise(limits, { onStage });
    showDone(amount === 0n ? "The new limits are set." : `${vlk(amount)} were added to your deposit.`);
    onDone();
  });
  const bond = own ? 0n : params.storageBond * (money.deposit ? 1n : 2n);
  return (
    <form class="stack" onSubmit={onSubmit}>
      <AmountPart
        isOptional={isAmountOptional}
        wanted={wanted}
        text={fund.text}
        error={fund.amountProblem}
        onChange={fund.setText}
      />
      {!own && !isAmountOptional && (
        <Check label="Let this browser pay from it" isOn={fund.isAdding} onChange={fund.setAdding} />
      )}
      {fund.hasKey && (
        <>
          <h3>What this browser may spend</h3>
          <KeyFields
            draft={fund.draft}
            errors={fund.errors}
            budget={plainVlk(fund.budget)}
            budgetHint={own ? `${vlk(leftAt(own.allowance, pace.best))} left now` : PART_HINT}
            end={own && own.expiresAt > pace.best ? blockTime(own.expiresAt, pace, nowMs) : null}
            wanted={wanted}
            isOpen={false}
            onChange={fund.setDraft}
          />
          <Summary who="This browser" limits={fund.shownLimits} nowMs={nowMs} bond={bond} />
        </>
      )}
      <Submit
        isReady={fund.isReady}
        isBusy={isBusy}
        stage={stage}
        text={amount > 0n ? `Deposit ${vlk(amount)}` : "Set the limits"}
      />
    </form>
  );
}

/** A deposit with the limits of this browser, or these limits alone. */
export function FundForm(props: FundFormProps) {
  const known = useKnown();
  const ownKey = useOwnKey(known?.money.deposit);
  if (!wallet.account.value) return <WalletList />;
  if (!known || ownKey === undefined) return <NotYet />;
  return <FundFields {...props} known={known} own={keyOf(known.money.deposit, ownKey)} />;
}

function LimitFields({ changed, onDone, known }: KeyFormProps & { readonly known: Known }) {
  const { money, params, pace, gatewayAccount } = known;
  const [draft, setDraft] = useState<KeyDraft>(() =>
    initialKeyDraft(changed, null, deviceLabel(window.navigator.userAgent), pace),
  );
  const nowMs = Date.now();
  const suggested = suggestedBudget(totalAfter(money, 0n), parseVlk(draft.perSecond) ?? 0n);
  const budget = changed ? presentBudget(changed, pace) : suggested;
  const context: LimitsContext = { key: changed, pace, budget, gateway: gatewayAccount, nowMs };
  const limits = limitsOf(draft, context);
  const errors = keyErrors(draft);
  const { stage, isBusy, onSubmit } = useTransaction(async (onStage) => {
    if (changed) await chain.updateKey(changed.address, limits, { onStage });
    else await chain.authorise(limits, { onStage });
    showDone(changed ? `The limits of ${limits.label || "the device"} are changed.` : "This browser can pay now.");
    onDone();
  });
  return (
    <form class="stack" onSubmit={onSubmit}>
      <KeyFields
        draft={draft}
        errors={errors}
        budget={plainVlk(budget)}
        budgetHint={changed ? `${vlk(leftAt(changed.allowance, pace.best))} left now; it starts anew.` : PART_HINT}
        end={changed && changed.expiresAt > pace.best ? blockTime(changed.expiresAt, pace, nowMs) : null}
        wanted={null}
        isOpen
        onChange={setDraft}
      />
      <Summary
        who={changed ? limits.label || "The device" : "This browser"}
        limits={limits}
        nowMs={nowMs}
        bond={changed ? 0n : params.storageBond}
      />
      <Submit
        isReady={!hasErrors(errors) && (!isUnchanged(draft, context) || (changed !== null && canRefill(changed, pace)))}
        isBusy={isBusy}
        stage={stage}
        text={changed ? "Change the limits" : "Add this browser"}
      />
    </form>
  );
}

/** The limits of one key. */
export function KeyForm(props: KeyFormProps) {
  const known = useKnown();
  return known ? <LimitFields {...props} known={known} /> : <NotYet />;
}

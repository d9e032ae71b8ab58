// Giving some minutes of a stream, or of a creator's streams: one signature makes a key with its own limits, and its
// link can be opened without a wallet.

import { useEffect, useState } from "preact/hooks";
import { type ChainParams, chain, type TransactionStage, wallet } from "../chain";
import { parseVlk, plainVlk, vlk } from "../common/amounts";
import { AmountField } from "../components/amount-field";
import { titleOf } from "../components/stream-card";
import { showError } from "../components/toasts";
import { STAGE_TEXTS } from "../components/transaction-stages";
import { useChainParams } from "../components/use-chain-params";
import { useLoaded } from "../components/use-loaded";
import { WalletList } from "../components/wallet-menu";
import { gateway, type StreamView } from "../gateway";
import { forgetGiftLink, formatGiftLink, type GiftScope, keepGiftLink, makeGift, priceOf } from "../pay";
import { useAction } from "../ui/button";
import { Chip, Chips } from "../ui/chips";
import { Dialog } from "../ui/dialog";
import { Check, Choice, Field } from "../ui/field";
import { whenOf } from "../ui/format";
import { GiftIcon } from "../ui/icons";
import { Loading, Notice, Skeleton } from "../ui/states";
import { amountFor, EXPIRIES, giftLimits, MINUTES, minutesFor, parseTarget } from "./gift-limits";
import { GiftLinkView } from "./gift-link-view";
import "./gift.css";

const DAY_MS = 86_400_000;

/** A gift that was made. */
interface Made {
  readonly address: string;
  readonly link: string;
  readonly amount: bigint;
}

/** The stream of a target; null for a creator, and while it is not known. */
function useStreamOf(scope: GiftScope | null, known: StreamView | null): StreamView | null {
  const id = scope?.kind === "stream" && !known ? scope.stream : null;
  const { state } = useLoaded(
    async (signal) => ({ id, view: id === null ? null : await gateway.stream(id, signal) }),
    [id],
  );
  if (known) return known;
  return state.kind === "ready" && state.value.id === id ? state.value.view : null;
}

interface TargetProps {
  readonly text: string;
  readonly stream: StreamView | null;
  readonly scope: GiftScope | null;
  readonly onInput: (text: string) => void;
}

function Target({ text, stream, scope, onInput }: TargetProps) {
  const isWrong = text.trim() !== "" && scope === null;
  const hint = stream ? titleOf(stream) : "The number of a stream, a link to one, or the account of a creator.";
  return (
    <Field
      label="Stream or creator"
      value={text}
      onInput={onInput}
      error={isWrong ? "Enter the number of a stream, a link to one, or the account of a creator." : null}
      hint={scope?.kind === "creator" ? "All streams of this creator." : hint}
    />
  );
}

interface AmountProps {
  readonly text: string;
  readonly pricePerTick: bigint | null;
  readonly openFee: bigint;
  readonly free: bigint;
  readonly onInput: (text: string) => void;
}

function amountHint({ text, pricePerTick, openFee, free }: AmountProps): { error: string | null; hint: string | null } {
  const amount = parseVlk(text);
  const error = amount !== null && amount > free ? `Your free deposit is ${vlk(free)}.` : null;
  if (amount === null || pricePerTick === null) return { error, hint: null };
  const minutes = minutesFor(amount, pricePerTick, openFee);
  return { error, hint: minutes === 0 ? "Less than a minute of this stream" : `${minutes} min of this stream` };
}

function Amount(props: AmountProps) {
  const { text, pricePerTick, openFee, onInput } = props;
  const price = pricePerTick ?? 0n;
  return (
    <>
      <AmountField label="Amount" value={text} onInput={onInput} {...amountHint(props)} />
      {price > 0n && (
        <Chips label="Minutes">
          {MINUTES.map((minutes) => {
            const amount = plainVlk(amountFor(minutes, price, openFee));
            return (
              <Chip key={minutes} isOn={text === amount} onPress={() => onInput(amount)}>
                {minutes} min
              </Chip>
            );
          })}
        </Chips>
      )}
    </>
  );
}

/** What is being given. */
function useGiftDraft(given: StreamView | null, { openFee, storageBond }: ChainParams) {
  const [target, setTarget] = useState(given?.stream ?? "");
  const [amount, setAmount] = useState<string | null>(null);
  const [days, setDays] = useState(7);
  const scope = parseTarget(target);
  const stream = useStreamOf(scope, given);
  const pricePerTick = scope?.kind === "stream" && stream ? priceOf(stream) : null;
  // Ten minutes, until another amount is typed.
  const suggested = pricePerTick === null ? "" : plainVlk(amountFor(10, pricePerTick, openFee));
  return {
    target,
    setTarget,
    text: amount ?? (scope?.kind === "creator" ? "1" : suggested),
    setAmount,
    days,
    setDays,
    scope,
    stream,
    pricePerTick,
    openFee,
    bond: storageBond,
  };
}

interface GiftFormProps {
  readonly given: StreamView | null;
  readonly free: bigint;
  readonly params: ChainParams;
  readonly onMade: (made: Made) => void;
}

function GiftForm({ given, free, params, onMade }: GiftFormProps) {
  const draft = useGiftDraft(given, params);
  const { scope, stream, pricePerTick, bond } = draft;
  const [stage, setStage] = useState<TransactionStage | null>(null);
  const amount = parseVlk(draft.text) ?? 0n;
  const isPriced = scope?.kind === "creator" || pricePerTick !== null;
  const isReady = isPriced && amount > draft.openFee && amount <= free;
  const [isBusy, run] = useAction(async () => {
    const from = wallet.account.peek()?.address;
    if (!scope || from === undefined) return;
    try {
      const { address, link } = await makeGift(from, scope);
      const title = stream ? titleOf(stream) : "any of a creator";
      const limits = giftLimits({ scope, title, amount, pricePerTick, days: draft.days }, Date.now());
      await chain.addKey(address, limits, { onStage: setStage });
      onMade({ address, link: formatGiftLink(window.location.origin, link), amount });
    } finally {
      setStage(null);
    }
  });
  const until = whenOf(new Date(Date.now() + draft.days * DAY_MS).toISOString());
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        void run();
      }}
    >
      {!given && <Target text={draft.target} stream={stream} scope={scope} onInput={draft.setTarget} />}
      <Amount
        text={draft.text}
        pricePerTick={pricePerTick}
        openFee={draft.openFee}
        free={free}
        onInput={draft.setAmount}
      />
      <Choice label="Can be used for" options={EXPIRIES} value={draft.days} onChoose={draft.setDays} />
      <Notice>
        <p data-testid="gift-limits">
          You can spend at most {vlk(amount)} with this gift, until {until}. It is paid from your deposit while it is
          watched, second by second.
        </p>
        <p class="faint">
          Nothing is set aside before that, and you can take the gift back on the wallet page.
          {` Until then, ${vlk(bond)} is kept for the entry on chain.`}
        </p>
      </Notice>
      <button type="submit" class="button button-main button-wide" disabled={!isReady || isBusy} aria-busy={isBusy}>
        {isBusy ? <span class="spinner" /> : <GiftIcon />}
        {isBusy && stage ? STAGE_TEXTS[stage] : `Give ${vlk(amount)}`}
      </button>
    </form>
  );
}

function MadeView({ made, onClose }: { readonly made: Made; readonly onClose: () => void }) {
  const [isKept, setKept] = useState(false);
  const keep = (isOn: boolean) => {
    setKept(isOn);
    (isOn ? keepGiftLink(made.address, made.link) : forgetGiftLink(made.address)).catch(showError);
  };
  return (
    <>
      <GiftLinkView link={made.link} amount={made.amount} />
      <Check label="Keep the link in this browser, to show it again" isOn={isKept} onChange={keep} />
      {!isKept && <p class="faint">Otherwise this is the only time that it is shown.</p>}
      <button type="button" class="button button-wide" onClick={onClose}>
        Done
      </button>
    </>
  );
}

interface GiftDialogProps {
  /** The stream to give; null to choose one. */
  readonly stream: StreamView | null;
  readonly onClose: () => void;
}

export function GiftDialog({ stream, onClose }: GiftDialogProps) {
  const [made, setMade] = useState<Made | null>(null);
  const money = chain.money.value;
  const params = useChainParams();
  const account = wallet.account.value;
  useEffect(() => {
    if (account) chain.start().catch(showError);
  }, [account]);
  return (
    <Dialog title={made ? "Your gift is ready" : "Give ten minutes"} onClose={onClose}>
      {made ? (
        <MadeView made={made} onClose={onClose} />
      ) : !account ? (
        <WalletList />
      ) : !money || !params ? (
        <Loading label="Reading your deposit">
          <Skeleton height={180} />
        </Loading>
      ) : money.deposit ? (
        <GiftForm given={stream} free={money.deposit.free} params={params} onMade={setMade} />
      ) : (
        <Notice>
          <p>Gifts are paid from your deposit, and you have none yet.</p>
          <a class="link" href="/wallet">
            Make a deposit
          </a>
        </Notice>
      )}
    </Dialog>
  );
}

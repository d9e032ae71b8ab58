// The viewer's money: the deposit, this browser's limit, and the sessions.

import { useEffect, useState } from "preact/hooks";
import { useTitle } from "../app/title";
import { chain, type Delegation, type Deposit, type Money, shortAddress, wallet } from "../chain";
import { vlk } from "../common/amounts";
import { FundDialog } from "../components/fund-dialog";
import { type DelegationState, delegationState, revokedText } from "../components/spending-limits";
import { showDone, showError } from "../components/toasts";
import { AccountList, WalletList } from "../components/wallet-menu";
import { WithdrawForm } from "../components/withdraw-form";
import { Avatar } from "../ui/avatar";
import { ActionButton } from "../ui/button";
import { Dialog } from "../ui/dialog";
import { duration, several } from "../ui/format";
import { LockIcon, PlusIcon, WalletIcon } from "../ui/icons";
import { Notice, Problem } from "../ui/states";
import { SessionList } from "./wallet-sessions";

const STEPS = [
  ["Connect", "Polkadot.js, Talisman, SubWallet or another wallet for Polkadot."],
  ["Sign once", "Deposit an amount, and limit what this browser may spend: per second, in total, and until when."],
  ["Watch", "Change streams as you like, without prompts. What you do not spend stays yours."],
] as const;

function Connect() {
  return (
    <div class="columns columns-2">
      <section class="panel" aria-labelledby="connect">
        <h2 id="connect">Connect a wallet</h2>
        <WalletList />
      </section>
      <section class="panel" aria-labelledby="how">
        <h2 id="how">How it works</h2>
        <ol class="steps">
          {STEPS.map(([title, text], at) => (
            <li key={title} class="step">
              <span class="step-mark">{at + 1}</span>
              <span>
                <strong>{title}.</strong> <span class="soft">{text}</span>
              </span>
            </li>
          ))}
        </ol>
      </section>
    </div>
  );
}

function Account() {
  const [isChoosing, setChoosing] = useState(false);
  const account = wallet.account.value;
  if (!account) return null;
  return (
    <div class="row">
      <Avatar of={account.address} isLarge />
      <div class="stack stack-none">
        <strong>{account.name}</strong>
        <span class="faint mono" title={account.address}>
          {shortAddress(account.address)}
        </span>
      </div>
      {wallet.accounts.value.some(({ address }) => address !== account.address) && (
        <button type="button" class="button button-small" onClick={() => setChoosing(true)}>
          Change
        </button>
      )}
      <button type="button" class="button button-small" onClick={() => wallet.disconnect()}>
        Disconnect
      </button>
      {isChoosing && (
        <Dialog title="Choose an account" onClose={() => setChoosing(false)}>
          <AccountList onChosen={() => setChoosing(false)} />
        </Dialog>
      )}
    </div>
  );
}

/** The amounts. Until the chain answers, they are shown without values, so that nothing moves when it does. */
function Figures({ money }: { readonly money: Money | null }) {
  const deposit = money?.deposit;
  const shown = (planck: bigint | undefined, decimals?: number) => (money ? vlk(planck ?? 0n, decimals) : "…");
  return (
    <dl class="figures">
      <div class="figure">
        <dt>Deposit</dt>
        <dd data-testid="free">{shown(deposit?.free)}</dd>
        <dd class="figure-note">to spend or withdraw</dd>
      </div>
      <div class="figure">
        <dt>Set aside</dt>
        <dd data-testid="reserved">{shown(deposit?.reserved)}</dd>
        <dd class="figure-note">
          {deposit?.openSessions ? `for ${several(deposit.openSessions, "open session")}` : "no open sessions"}
        </dd>
      </div>
      <div class="figure">
        <dt>Account</dt>
        <dd data-testid="balance">{shown(money?.balance, 2)}</dd>
        <dd class="figure-note">outside the deposit</dd>
      </div>
    </dl>
  );
}

/** The time between blocks in seconds; 1 until the chain answers. */
function useBlockTimeS(): number {
  const [seconds, setSeconds] = useState(1);
  useEffect(() => {
    chain.params().then((params) => setSeconds(params.blockTimeMs / 1000), showError);
  }, []);
  return seconds;
}

/** The address of this browser's session key: null if it has none, undefined until known. */
function useOwnKey(delegatedTo: string | undefined): string | null | undefined {
  const address = wallet.account.value?.address;
  const [known, setKnown] = useState<{ readonly of: string; readonly key: string | null } | null>(null);
  useEffect(() => {
    if (!address) return;
    let isMounted = true;
    // Read again after each delegation, for which the key may have been made.
    chain.ownSessionKey(address).then((key) => isMounted && setKnown({ of: address, key }), showError);
    return () => {
      isMounted = false;
    };
  }, [address, delegatedTo]);
  return known && known.of === address ? known.key : undefined;
}

const BADGES: Readonly<Record<DelegationState, readonly [className: string, text: string] | null>> = {
  none: null,
  unknown: null,
  "other-browser": ["badge", "Another browser"],
  expired: ["badge badge-bad", "Expired"],
  active: ["badge badge-good", "Active"],
};

function Badge({ state }: { readonly state: DelegationState }) {
  const badge = BADGES[state];
  return badge && <span class={badge[0]}>{badge[1]}</span>;
}

/** The limits of a delegation, to this browser or another. */
function Limits({ delegation, leftS }: { readonly delegation: Delegation; readonly leftS: number | null }) {
  return (
    <dl class="definition">
      <dt>Per second, at most</dt>
      <dd>{vlk(delegation.maxPricePerTick, 6)}</dd>
      <dt>Left in total</dt>
      <dd>{vlk(delegation.allowance)}</dd>
      <dt>Valid for another</dt>
      <dd>{leftS === null ? "…" : duration(Math.max(0, leftS))}</dd>
    </dl>
  );
}

interface LimitProps {
  /** Undefined until the chain answers. */
  readonly deposit: Deposit | null | undefined;
  readonly onChange: () => void;
}

function Limit({ deposit, onChange }: LimitProps) {
  const delegation = deposit?.delegation ?? null;
  const best = chain.heights.value?.best ?? null;
  const blockTimeS = useBlockTimeS();
  const leftS = delegation && best !== null ? (delegation.expiresAt - best) * blockTimeS : null;
  const state = delegationState(delegation, useOwnKey(delegation?.sessionKey), best);
  const isOtherBrowser = state === "other-browser";
  return (
    <section class="panel limit" aria-labelledby="limit">
      <div class="panel-head">
        <h2 id="limit">What this browser may spend</h2>
        <Badge state={state} />
      </div>
      {isOtherBrowser && (
        <p class="soft">
          Nothing. Another browser is authorised to spend from your deposit, within the limit below. Only one browser
          can be authorised at a time: a new limit authorises this one instead.
        </p>
      )}
      {delegation ? (
        <Limits delegation={delegation} leftS={leftS} />
      ) : deposit === undefined ? (
        <p class="soft">Reading from the chain…</p>
      ) : (
        <p class="soft">Nothing. With a limit, this browser can open sessions without asking your wallet each time.</p>
      )}
      <div class="row">
        <button type="button" class="button button-small" disabled={deposit === undefined} onClick={onChange}>
          <LockIcon />
          {delegation && !isOtherBrowser ? "Change the limit" : "Set a limit"}
        </button>
        {delegation && (
          <ActionButton
            class="button-small button-bad"
            busy="Sign in your wallet"
            onAction={async () => {
              await chain.revokeDelegation();
              // The number as it is now: a session may have been opened during the wallet's prompt.
              showDone(revokedText(chain.money.peek()?.deposit?.openSessions ?? 0));
            }}
          >
            Revoke
          </ActionButton>
        )}
      </div>
    </section>
  );
}

type OpenDialog = "fund" | "limit" | "withdraw" | null;

function Deposits({ money }: { readonly money: Money | null }) {
  const [open, setOpen] = useState<OpenDialog>(null);
  const close = () => setOpen(null);
  const deposit = money?.deposit;
  const free = deposit?.free ?? 0n;
  return (
    <>
      <Figures money={money} />
      <div class="row">
        <button
          type="button"
          class="button button-main fund-button"
          disabled={money === null}
          onClick={() => setOpen("fund")}
        >
          <PlusIcon />
          {money && !deposit ? "Make a deposit" : "Top up"}
        </button>
        <button type="button" class="button" disabled={free === 0n} onClick={() => setOpen("withdraw")}>
          Withdraw
        </button>
      </div>
      <Limit deposit={deposit} onChange={() => setOpen(deposit ? "limit" : "fund")} />
      {open === "fund" && <FundDialog title="Deposit and limit" pricePerTick={null} onClose={close} />}
      {open === "limit" && <FundDialog title="Limit" pricePerTick={null} isAmountOptional onClose={close} />}
      {open === "withdraw" && (
        <Dialog title="Withdraw from your deposit" onClose={close}>
          <WithdrawForm free={free} reserved={deposit?.reserved ?? 0n} onDone={close} />
        </Dialog>
      )}
    </>
  );
}

export default function Wallet() {
  useTitle("Wallet");
  const account = wallet.account.value;
  const money = chain.money.value;
  const status = chain.status.value;
  const address = account?.address;
  useEffect(() => {
    if (address) chain.start().catch(showError);
  }, [address]);
  return (
    <div class="main-narrow stack">
      <div class="page-head">
        <div>
          <h1>Wallet</h1>
          <p>Your deposit pays for watching, second by second, within limits that you sign.</p>
        </div>
        <Account />
      </div>
      {!account && <Connect />}
      {account && !account.canSign && (
        <Notice>
          <p>The wallet with this account is not connected. You can keep watching. To sign, connect it again.</p>
          <WalletList />
        </Notice>
      )}
      {account && status.kind === "failed" && (
        <Problem message={status.message} hint={status.hint} onRetry={() => chain.start().catch(showError)} />
      )}
      {account && (money || status.kind !== "failed") && <Deposits money={money} />}
      {account && <SessionList key={account.address} viewer={account.address} />}
      {!account && (
        <p class="faint row">
          <span class="tiny-icon">
            <WalletIcon />
          </span>
          Your keys never leave the wallet. This page can only move money that you have signed for.
        </p>
      )}
    </div>
  );
}

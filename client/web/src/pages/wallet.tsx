// The viewer's money: what is in the deposit, what this browser may spend, the sessions, and the ways out.

import { useEffect, useState } from "preact/hooks";
import { useTitle } from "../app/title";
import { tellDone, tellError } from "../app/toasts";
import { chain, type Delegation, type Deposit, type Money, shortAddress, wallet } from "../chain";
import { Avatar } from "../ui/avatar";
import { ActionButton } from "../ui/button";
import { Dialog } from "../ui/dialog";
import { FundDialog } from "../ui/fund-dialog";
import { LockIcon, PlusIcon, WalletIcon } from "../ui/icons";
import { revokedWords, type Standing, standingOf } from "../ui/limits";
import { Notice, Problem } from "../ui/states";
import { AccountList, WalletList } from "../ui/wallet-menu";
import { WithdrawForm } from "../ui/withdraw-form";
import { duration, several, vlk } from "../ui/words";
import { SessionList } from "./wallet-sessions";

const STEPS = [
  ["Connect", "Polkadot.js, Talisman, SubWallet or any other wallet of this kind."],
  ["Sign once", "Put in what you like and say how much this browser may spend: a second, in all, until when."],
  ["Watch", "Change streams as you please. No prompts, and what you do not watch stays yours."],
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
          {STEPS.map(([title, words], at) => (
            <li key={title} class="step">
              <span class="step-mark">{at + 1}</span>
              <span>
                <strong>{title}.</strong> <span class="soft">{words}</span>
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

/** While the chain is asked, the figures are there already, without their numbers: nothing moves when it answers. */
function Figures({ money }: { readonly money: Money | null }) {
  const deposit = money?.deposit;
  const shown = (planck: bigint | undefined, decimals?: number) => (money ? vlk(planck ?? 0n, decimals) : "…");
  return (
    <dl class="figures">
      <div class="figure">
        <dt>In your deposit</dt>
        <dd data-testid="free">{shown(deposit?.free)}</dd>
        <dd class="figure-note">to watch with, or to take out</dd>
      </div>
      <div class="figure">
        <dt>Set aside</dt>
        <dd data-testid="reserved">{shown(deposit?.reserved)}</dd>
        <dd class="figure-note">
          {deposit?.openSessions ? `for ${several(deposit.openSessions, "open session")}` : "no session is open"}
        </dd>
      </div>
      <div class="figure">
        <dt>In your account</dt>
        <dd data-testid="balance">{shown(money?.balance, 2)}</dd>
        <dd class="figure-note">outside the deposit</dd>
      </div>
    </dl>
  );
}

/** How long a block takes; a second until the chain says otherwise. */
function useBlockTimeS(): number {
  const [seconds, setSeconds] = useState(1);
  useEffect(() => {
    chain.params().then((params) => setSeconds(params.blockTimeMs / 1000), tellError);
  }, []);
  return seconds;
}

/** The account of this browser's session key; undefined until known. */
function useOwnKey(lentTo: string | undefined): string | null | undefined {
  const address = wallet.account.value?.address;
  const [known, setKnown] = useState<{ readonly of: string; readonly key: string | null } | null>(null);
  useEffect(() => {
    if (!address) return;
    let isShown = true;
    // Asked again whenever a key was lent: it may have been made for that.
    chain.keyKeptFor(address).then((key) => isShown && setKnown({ of: address, key }), tellError);
    return () => {
      isShown = false;
    };
  }, [address, lentTo]);
  return known && known.of === address ? known.key : undefined;
}

const BADGES: Readonly<Record<Standing, readonly [look: string, words: string] | null>> = {
  none: null,
  unknown: null,
  elsewhere: ["badge", "Lent to another browser"],
  over: ["badge badge-bad", "Expired"],
  "in-force": ["badge badge-good", "In force"],
};

function Badge({ standing }: { readonly standing: Standing }) {
  const badge = BADGES[standing];
  return badge && <span class={badge[0]}>{badge[1]}</span>;
}

/** What was lent, to whichever browser. */
function Lent({ lent, leftS }: { readonly lent: Delegation; readonly leftS: number | null }) {
  return (
    <dl class="definition">
      <dt>At most a second</dt>
      <dd>{vlk(lent.maxPricePerTick, 6)}</dd>
      <dt>In all, still</dt>
      <dd>{vlk(lent.allowance)}</dd>
      <dt>For another</dt>
      <dd>{leftS === null ? "…" : duration(Math.max(0, leftS))}</dd>
    </dl>
  );
}

interface LimitProps {
  /** Undefined until the chain has answered. */
  readonly deposit: Deposit | null | undefined;
  readonly onChange: () => void;
}

function Limit({ deposit, onChange }: LimitProps) {
  const lent = deposit?.delegation ?? null;
  const best = chain.heights.value?.best ?? null;
  const blockTimeS = useBlockTimeS();
  const leftS = lent && best !== null ? (lent.expiresAt - best) * blockTimeS : null;
  const standing = standingOf(lent, useOwnKey(lent?.sessionKey), best);
  const isElsewhere = standing === "elsewhere";
  return (
    <section class="panel limit" aria-labelledby="limit">
      <div class="panel-head">
        <h2 id="limit">What this browser may spend</h2>
        <Badge standing={standing} />
      </div>
      {isElsewhere && (
        <p class="soft">
          Nothing: the limit below is another browser's. A deposit lends to one at a time; a new limit lends to this
          one.
        </p>
      )}
      {lent ? (
        <Lent lent={lent} leftS={leftS} />
      ) : deposit === undefined ? (
        <p class="soft">Asking the chain…</p>
      ) : (
        <p class="soft">Nothing. A limit lets this browser open sessions without asking your wallet each time.</p>
      )}
      <div class="row">
        <button type="button" class="button button-small" disabled={deposit === undefined} onClick={onChange}>
          <LockIcon />
          {lent && !isElsewhere ? "Change the limit" : "Set a limit"}
        </button>
        {lent && (
          <ActionButton
            class="button-small button-bad"
            busy="Sign in your wallet"
            onAction={async () => {
              await chain.revokeDelegation();
              // Of now: a session may have been opened while the wallet was asked.
              tellDone(revokedWords(chain.money.peek()?.deposit?.openSessions ?? 0));
            }}
          >
            Revoke
          </ActionButton>
        )}
      </div>
    </section>
  );
}

type Open = "fund" | "limit" | "withdraw" | null;

function Deposits({ money }: { readonly money: Money | null }) {
  const [open, setOpen] = useState<Open>(null);
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
          {money && !deposit ? "Make a deposit" : "Add money"}
        </button>
        <button type="button" class="button" disabled={free === 0n} onClick={() => setOpen("withdraw")}>
          Take money out
        </button>
      </div>
      <Limit deposit={deposit} onChange={() => setOpen(deposit ? "limit" : "fund")} />
      {open === "fund" && <FundDialog title="Deposit and limit" pricePerTick={null} onClose={close} />}
      {open === "limit" && <FundDialog title="Limit" pricePerTick={null} isAmountOptional onClose={close} />}
      {open === "withdraw" && (
        <Dialog title="Take money out" onClose={close}>
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
    if (address) chain.start().catch(tellError);
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
          <p>The wallet that holds this account is not open here. Watching goes on; to sign, connect it again.</p>
          <WalletList />
        </Notice>
      )}
      {account && status.kind === "failed" && (
        <Problem what={status.what} mend={status.mend} onRetry={() => chain.start().catch(tellError)} />
      )}
      {account && (money || status.kind !== "failed") && <Deposits money={money} />}
      {account && <SessionList viewer={account.address} />}
      {!account && (
        <p class="faint row">
          <span class="tiny-icon">
            <WalletIcon />
          </span>
          Keys never leave the wallet. This page cannot move money but by what you sign.
        </p>
      )}
    </div>
  );
}

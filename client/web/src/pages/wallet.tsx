// The viewer's money: the deposit, the devices that may spend from it, gifts, and the sessions.

import { useEffect, useState } from "preact/hooks";
import { useTitle } from "../app/title";
import { chain, type Money, shortAddress, wallet } from "../chain";
import { vlk } from "../common/amounts";
import { FundDialog } from "../components/fund-dialog";
import { showError } from "../components/toasts";
import { AccountList, WalletList } from "../components/wallet-menu";
import { WithdrawForm } from "../components/withdraw-form";
import { Avatar } from "../ui/avatar";
import { Dialog } from "../ui/dialog";
import { several } from "../ui/format";
import { GiftIcon, PlusIcon, WalletIcon } from "../ui/icons";
import { Notice, Problem } from "../ui/states";
import { GiftDialog } from "./gift-dialog";
import { Devices } from "./wallet-devices";
import { Gifts } from "./wallet-gifts";
import { SessionList } from "./wallet-sessions";
import { useOpenSessions } from "./wallet-spending";
import "./wallet.css";

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

type OpenDialog = "fund" | "withdraw" | "gift" | null;

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
        <button type="button" class="button" disabled={free === 0n} onClick={() => setOpen("gift")}>
          <GiftIcon />
          Give ten minutes
        </button>
      </div>
      {open === "fund" && <FundDialog title="Deposit and limits" wanted={null} onClose={close} />}
      {open === "withdraw" && (
        <Dialog title="Withdraw from your deposit" onClose={close}>
          <WithdrawForm free={free} reserved={deposit?.reserved ?? 0n} onDone={close} />
        </Dialog>
      )}
      {open === "gift" && <GiftDialog stream={null} onClose={close} />}
    </>
  );
}

/** Money, devices, gifts and sessions of the chosen account. */
function Contents({ account, money }: { readonly account: string; readonly money: Money | null }) {
  const sessions = useOpenSessions(account);
  const status = chain.status.value;
  return (
    <>
      {(money || status.kind !== "failed") && (
        <>
          <Deposits money={money} />
          <Devices deposit={money?.deposit} isKnown={money !== null} sessions={sessions} />
          <Gifts deposit={money?.deposit} sessions={sessions} />
        </>
      )}
      <SessionList viewer={account} />
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
      {account && <Contents key={account.address} account={account.address} money={money} />}
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

// The wallet in the header: connecting one, whose account it is, and what is left in its deposit.

import { useState } from "preact/hooks";
import { chain, shortAddress, wallet } from "../chain";
import { Avatar } from "./avatar";
import { Dialog, useDismiss } from "./dialog";
import { useFailures } from "./failures";
import { CheckIcon, ExitIcon, WalletIcon } from "./icons";
import { Notice } from "./states";
import { vlk } from "./words";

/** Wallets of this kind, where they are to be had. Only links: nothing of theirs is loaded. */
const WALLETS = [
  { name: "Talisman", url: "https://talisman.xyz" },
  { name: "SubWallet", url: "https://subwallet.app" },
  { name: "Polkadot.js", url: "https://polkadot.js.org/extension/" },
] as const;

/** What to do in a browser without a wallet. */
function NoWallet({ onLook }: { readonly onLook: () => void }) {
  return (
    <Notice>
      <p>No wallet was found in this browser. Install one of these, or allow yours on this page, then look again.</p>
      <ul class="row" aria-label="Wallets">
        {WALLETS.map(({ name, url }) => (
          <li key={name}>
            <a class="link" href={url} target="_blank" rel="noopener noreferrer">
              {name}
            </a>
          </li>
        ))}
      </ul>
      <p class="faint">On a phone, open this page in your wallet's own browser: SubWallet and Nova have one.</p>
      <button type="button" class="button button-small" onClick={onLook}>
        Look again
      </button>
    </Notice>
  );
}

/** Connects a wallet: one button an extension, or what to install when there is none. */
export function WalletList({ onDone }: { readonly onDone?: () => void }) {
  const [busy, setBusy] = useState<string | null>(null);
  const failures = useFailures();
  const connect = async (id: string) => {
    setBusy(id);
    failures.clear();
    try {
      await wallet.connect(id);
      onDone?.();
    } catch (error) {
      failures.tell(error);
    } finally {
      setBusy(null);
    }
  };
  if (wallet.extensions.value.length === 0) {
    return <NoWallet onLook={() => wallet.find().catch(failures.tell)} />;
  }
  return (
    <div class="stack stack-tight">
      {wallet.extensions.value.map((extension) => (
        <button
          key={extension.id}
          type="button"
          class="button button-wide"
          disabled={busy !== null}
          onClick={() => void connect(extension.id)}
        >
          {busy === extension.id ? <span class="spinner" /> : <WalletIcon />}
          Connect {extension.label}
        </button>
      ))}
    </div>
  );
}

/** Connects a wallet, in a dialog. */
export function ConnectDialog({ onClose }: { readonly onClose: () => void }) {
  return (
    <Dialog title="Connect your wallet" onClose={onClose}>
      <p class="soft">Your keys stay in it. It signs once when you set a limit; watching then needs no more prompts.</p>
      <WalletList onDone={onClose} />
    </Dialog>
  );
}

/** The accounts of the wallet, one of which is chosen. */
export function AccountList({ onChosen }: { readonly onChosen?: () => void }) {
  const chosen = wallet.account.value?.address;
  return (
    <ul class="stack stack-tight">
      {wallet.accounts.value.map((account) => (
        <li key={account.address}>
          <button
            type="button"
            class="menu-item"
            aria-pressed={account.address === chosen}
            onClick={() => {
              wallet.choose(account.address);
              onChosen?.();
            }}
          >
            <Avatar of={account.address} />
            <span class="stack stack-none">
              <strong class="one-line">{account.name}</strong>
              <span class="faint mono">{shortAddress(account.address)}</span>
            </span>
            {account.address === chosen && (
              <span class="push">
                <CheckIcon />
              </span>
            )}
          </button>
        </li>
      ))}
    </ul>
  );
}

export function WalletMenu() {
  const [isOpen, setOpen] = useState(false);
  const [isConnecting, setConnecting] = useState(false);
  const inside = useDismiss(() => setOpen(false), isOpen);
  const account = wallet.account.value;
  if (!account) {
    return (
      <>
        <button
          type="button"
          class="button button-main"
          disabled={wallet.status.value === "connecting"}
          onClick={() => setConnecting(true)}
        >
          <WalletIcon />
          Connect
        </button>
        {isConnecting && <ConnectDialog onClose={() => setConnecting(false)} />}
      </>
    );
  }
  const deposit = chain.money.value?.deposit;
  return (
    <div class="anchor" ref={inside}>
      <button type="button" class="button wallet-button" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        <Avatar of={account.address} />
        <span class="unseen">Account </span>
        <span class="one-line wallet-name">{account.name}</span>
        {deposit && <span class="number">{vlk(deposit.free, 2)}</span>}
      </button>
      {isOpen && (
        <div class="menu">
          <AccountList onChosen={() => setOpen(false)} />
          <a class="menu-item" href="/wallet" onClick={() => setOpen(false)}>
            <WalletIcon />
            Deposit and limits
          </a>
          <button
            type="button"
            class="menu-item"
            onClick={() => {
              wallet.disconnect();
              setOpen(false);
            }}
          >
            <ExitIcon />
            Disconnect
          </button>
        </div>
      )}
    </div>
  );
}

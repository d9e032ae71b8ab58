// The wallet in the header: connecting one, choosing an account, and the amount in the deposit.

import { useState } from "preact/hooks";
import { chain, shortAddress, wallet } from "../chain";
import { vlk } from "../common/amounts";
import { Avatar } from "../ui/avatar";
import { Dialog, useDismiss } from "../ui/dialog";
import { useFailures } from "../ui/failures";
import { CheckIcon, ExitIcon, WalletIcon } from "../ui/icons";
import { Notice } from "../ui/states";

/** Wallets that work with these pages, with links to their sites. */
const WALLETS = [
  { name: "Talisman", url: "https://talisman.xyz" },
  { name: "SubWallet", url: "https://subwallet.app" },
  { name: "Polkadot.js", url: "https://polkadot.js.org/extension/" },
] as const;

/** Shown in a browser without a wallet. */
function NoWallet({ onRetry }: { readonly onRetry: () => void }) {
  return (
    <Notice>
      <p>No wallet was found in this browser. Install one of these, or allow yours on this page, and try again.</p>
      <ul class="row" aria-label="Wallets">
        {WALLETS.map(({ name, url }) => (
          <li key={name}>
            <a class="link" href={url} target="_blank" rel="noopener noreferrer">
              {name}
            </a>
          </li>
        ))}
      </ul>
      <p class="faint">On a phone, open this page in the browser of your wallet app: SubWallet and Nova have one.</p>
      <button type="button" class="button button-small" onClick={onRetry}>
        Try again
      </button>
    </Notice>
  );
}

/** A button for each wallet extension, or what to install if there is none. */
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
      failures.report(error);
    } finally {
      setBusy(null);
    }
  };
  if (wallet.extensions.value.length === 0) {
    return <NoWallet onRetry={() => wallet.find().catch(failures.report)} />;
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

/** The wallet extensions in a dialog. */
export function ConnectDialog({ onClose }: { readonly onClose: () => void }) {
  return (
    <Dialog title="Connect your wallet" onClose={onClose}>
      <p class="soft">
        Your keys stay in the wallet. It signs once when you add this browser. After that, watching needs no prompts.
      </p>
      <WalletList onDone={onClose} />
    </Dialog>
  );
}

/** The accounts of the wallet, to choose one of them. */
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
        <span class="visually-hidden">Account </span>
        <span class="one-line wallet-name">{account.name}</span>
        {deposit && <span class="number">{vlk(deposit.free, 2)}</span>}
      </button>
      {isOpen && (
        <div class="menu">
          <AccountList onChosen={() => setOpen(false)} />
          <a class="menu-item" href="/wallet" onClick={() => setOpen(false)}>
            <WalletIcon />
            Deposit and devices
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

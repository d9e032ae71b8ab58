// The wallet and the person in the header: connecting, choosing an account, signing in and out, and the ways to the pages
// about oneself.

import { useEffect, useState } from "preact/hooks";
import { ensureSignedIn, me, signOut } from "../account";
import { chain, DEVELOPMENT, DEVELOPMENT_ACCOUNTS, shortAddress, type WalletAccount, wallet } from "../chain";
import { vlk } from "../common/amounts";
import type { Me } from "../gateway";
import { Avatar } from "../ui/avatar";
import { Dialog, useDismiss } from "../ui/dialog";
import { useFailures } from "../ui/failures";
import {
  BellIcon,
  CheckIcon,
  ClockIcon,
  ExitIcon,
  HeartIcon,
  ShieldIcon,
  SlidersIcon,
  UserIcon,
  WalletIcon,
} from "../ui/icons";
import { Notice } from "../ui/states";
import { nameOf, PersonPicture, personPath } from "./person";
import { showError } from "./toasts";

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

/** Whether the chain has development accounts. False until that is known. */
function useIsDevelopment(isAsked: boolean): boolean {
  const [isDevelopment, setDevelopment] = useState(false);
  useEffect(() => {
    // Without an answer, there are only the wallets.
    if (isAsked) chain.isDevelopment().then(setDevelopment, () => undefined);
  }, [isAsked]);
  return isDevelopment;
}

interface WalletListProps {
  /** Whether to offer the development accounts, where the chain has them. */
  readonly isForDevelopmentToo?: boolean;
  readonly onDone?: () => void;
}

/** A button for each wallet extension, or what to install if there is none. */
export function WalletList({ isForDevelopmentToo = false, onDone }: WalletListProps) {
  const [busy, setBusy] = useState<string | null>(null);
  const failures = useFailures();
  const isDevelopment = useIsDevelopment(isForDevelopmentToo);
  const connect = async (id: string, address?: string) => {
    setBusy(id);
    failures.clear();
    try {
      await wallet.connect(id, address);
      onDone?.();
    } catch (error) {
      failures.report(error);
    } finally {
      setBusy(null);
    }
  };
  return (
    <div class="stack stack-tight">
      {wallet.extensions.value.length === 0 && <NoWallet onRetry={() => wallet.find().catch(failures.report)} />}
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
      {isDevelopment && <DevelopmentAccounts onChoose={(address) => void connect(DEVELOPMENT, address)} />}
    </div>
  );
}

/** The accounts that every development chain has, whose secrets are known to everyone. */
function DevelopmentAccounts({ onChoose }: { readonly onChoose: (address: string) => void }) {
  return (
    <section class="stack stack-tight" aria-labelledby="development">
      <h3 id="development">For development only</h3>
      <p class="faint">This is a test chain. Everyone may use these accounts, without a wallet.</p>
      <div class="row">
        {DEVELOPMENT_ACCOUNTS.map(({ name, address }) => (
          <button key={address} type="button" class="button button-small" onClick={() => onChoose(address)}>
            {name}
          </button>
        ))}
      </div>
    </section>
  );
}

/** The wallet extensions in a dialog. */
export function ConnectDialog({ onClose }: { readonly onClose: () => void }) {
  return (
    <Dialog title="Connect your wallet" onClose={onClose}>
      <p class="soft">
        Your keys stay in the wallet. It signs once when you add this browser. After that, watching needs no prompts.
      </p>
      <WalletList isForDevelopmentToo onDone={onClose} />
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

interface ItemsProps {
  readonly who: Me;
  readonly onChosen: () => void;
}

/** The ways to the pages about the person who is signed in. */
function PersonItems({ who, onChosen }: ItemsProps) {
  const links = [
    { to: personPath(who.profile), text: "My page", icon: UserIcon },
    { to: "/me", text: "Profile and settings", icon: SlidersIcon },
    { to: "/notices", text: "Notices", icon: BellIcon },
    { to: "/following", text: "Following", icon: HeartIcon },
    { to: "/history", text: "History", icon: ClockIcon },
    { to: "/me/spending", text: "Spending", icon: WalletIcon },
    ...(who.roles.length > 0 ? [{ to: "/moderation", text: "Moderation", icon: ShieldIcon }] : []),
    ...(who.roles.includes("admin") ? [{ to: "/admin", text: "Administration", icon: ShieldIcon }] : []),
  ];
  return (
    <>
      {links.map(({ to, text, icon: Icon }) => (
        <a key={to} class="menu-item" href={to} onClick={onChosen}>
          <Icon />
          {text}
        </a>
      ))}
    </>
  );
}

interface MenuProps {
  readonly account: WalletAccount | null;
  readonly who: Me | null;
  readonly onClose: () => void;
  readonly onConnect: () => void;
}

function Menu({ account, who, onClose, onConnect }: MenuProps) {
  const after = (work: () => Promise<unknown>) => () => {
    onClose();
    work().catch(showError);
  };
  const disconnect = async () => {
    wallet.disconnect();
    if (who) await signOut();
  };
  return (
    <div class="menu">
      {account && <AccountList onChosen={onClose} />}
      {who ? (
        <PersonItems who={who} onChosen={onClose} />
      ) : (
        <button type="button" class="menu-item" onClick={after(ensureSignedIn)}>
          <UserIcon />
          Sign in
        </button>
      )}
      {account ? (
        <a class="menu-item" href="/wallet" onClick={onClose}>
          <WalletIcon />
          Deposit and devices
        </a>
      ) : (
        <button type="button" class="menu-item" onClick={onConnect}>
          <WalletIcon />
          Connect a wallet
        </button>
      )}
      {who && (
        <button type="button" class="menu-item" onClick={after(signOut)}>
          <ExitIcon />
          Sign out
        </button>
      )}
      {account && (
        <button type="button" class="menu-item" onClick={after(disconnect)}>
          <ExitIcon />
          Disconnect
        </button>
      )}
    </div>
  );
}

/** What the button shows: the person who is signed in as the chosen account, or else the account. */
function Shown({ account, who }: Pick<MenuProps, "account" | "who">) {
  const isPerson = who !== null && (account === null || who.account === account.address);
  const person = isPerson ? who.profile : { account: account?.address ?? "" };
  const isNamed = isPerson && (who.profile.name || who.profile.handle);
  const name = isNamed || !account ? nameOf(person) : account.name;
  return (
    <>
      <PersonPicture person={person} />
      <span class="visually-hidden">Account </span>
      <span class="one-line wallet-name" dir="auto">
        {name}
      </span>
    </>
  );
}

export function WalletMenu() {
  const [isOpen, setOpen] = useState(false);
  const [isConnecting, setConnecting] = useState(false);
  const inside = useDismiss(() => setOpen(false), isOpen);
  const account = wallet.account.value;
  const who = me.value ?? null;
  const connecting = isConnecting && <ConnectDialog onClose={() => setConnecting(false)} />;
  if (!account && !who) {
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
        {connecting}
      </>
    );
  }
  const close = () => setOpen(false);
  const deposit = account && chain.money.value?.deposit;
  return (
    <div class="anchor" ref={inside}>
      <button type="button" class="button wallet-button" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        <Shown account={account} who={who} />
        {deposit && <span class="number">{vlk(deposit.free, 2)}</span>}
      </button>
      {isOpen && (
        <Menu
          account={account}
          who={who}
          onClose={close}
          onConnect={() => {
            close();
            setConnecting(true);
          }}
        />
      )}
      {connecting}
    </div>
  );
}

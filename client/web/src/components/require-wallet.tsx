// Content that needs an account. Without one, the user is asked to connect a wallet.

import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { chain, wallet } from "../chain";
import { showError } from "./toasts";
import { WalletList } from "./wallet-menu";

interface RequireWalletProps {
  /** Why an account is needed, in a sentence. */
  readonly why: string;
  readonly children: (account: string) => ComponentChildren;
}

export function RequireWallet({ why, children }: RequireWalletProps) {
  const address = wallet.account.value?.address;
  useEffect(() => {
    if (address) chain.start().catch(showError);
  }, [address]);
  if (address) return <>{children(address)}</>;
  return (
    <section class="panel require-wallet" aria-labelledby="connect">
      <h2 id="connect">Connect a wallet</h2>
      <p class="soft">{why}</p>
      <WalletList />
    </section>
  );
}

// Pages that need an account: until there is one, they ask for it and say what for.

import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { tellError } from "../app/toasts";
import { chain, wallet } from "../chain";
import { WalletList } from "./wallet-menu";

interface Props {
  readonly why: string;
  readonly children: (account: string) => ComponentChildren;
}

export function RequireWallet({ why, children }: Props) {
  const address = wallet.account.value?.address;
  useEffect(() => {
    if (address) chain.start().catch(tellError);
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

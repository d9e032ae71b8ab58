// Signing in: the dialog that opens when something needs it, and content that needs it from the start.

import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import {
  ensureSignedIn,
  isEnough,
  me,
  type SignInNeed,
  type SignInQuestion,
  type SigningWay,
  signInByWallet,
  signInQuestion,
} from "../account";
import { wallet } from "../chain";
import type { Me } from "../gateway";
import { ActionButton } from "../ui/button";
import { Dialog } from "../ui/dialog";
import { Loading, Skeleton } from "../ui/states";
import { WalletList } from "./wallet-menu";

const USUAL_REASON = "Sign in to be known by your name here.";

interface ByWalletProps {
  readonly name: string;
  readonly onSignedIn: (who: Me) => void;
}

/** The ways in which the wallet can sign. */
function ByWallet({ name, onSignedIn }: ByWalletProps) {
  const [isAgain, setAgain] = useState(false);
  const sign = (way: SigningWay) => async () => {
    try {
      onSignedIn(await signInByWallet(way));
    } catch (error) {
      setAgain(true);
      throw error;
    }
  };
  return (
    <>
      <p class="faint">
        Your wallet signs one message. It costs nothing, and this browser stays signed in until you sign out. Take the
        time you need: up to five minutes.
      </p>
      <ActionButton class="button-main button-wide" busy="Confirm in your wallet" onAction={sign("message")}>
        {isAgain ? "Sign again" : `Sign in as ${name}`}
      </ActionButton>
      <details>
        <summary class="link">My wallet is a hardware wallet</summary>
        <div class="stack stack-tight">
          <p class="soft">
            It may sign transactions only. Then it signs one that is never sent: a remark with the message, which the
            chain would refuse.
          </p>
          <ActionButton class="button-wide" busy="Confirm on your device" onAction={sign("transaction")}>
            Sign in with a transaction
          </ActionButton>
        </div>
      </details>
    </>
  );
}

function SignInDialog({ question }: { readonly question: SignInQuestion }) {
  const account = wallet.account.value;
  const who = me.value;
  // A wallet that was just connected may need no prompt, and another tab may have signed in meanwhile.
  useEffect(() => {
    if (isEnough(who, question)) question.answer(who);
  }, [who, account?.address]);
  return (
    <Dialog title="Sign in" onClose={question.cancel}>
      <p class="soft">{question.reason ?? USUAL_REASON}</p>
      {account ? (
        <ByWallet key={account.address} name={account.name} onSignedIn={question.answer} />
      ) : (
        <WalletList isForDevelopmentToo />
      )}
    </Dialog>
  );
}

/** The dialog for whatever needs a sign-in. The frame of the pages has one. */
export function SignInPrompt() {
  const question = signInQuestion.value;
  return question && <SignInDialog question={question} />;
}

interface RequireSignInProps {
  /** Why a sign-in is needed, in a sentence. */
  readonly why: string;
  /** Whether the wallet itself has to sign. */
  readonly by?: "wallet";
  readonly children: (who: Me) => ComponentChildren;
}

/** Content that needs a sign-in. Without one, the user is asked to sign in. */
export function RequireSignIn({ why, by, children }: RequireSignInProps) {
  const who = me.value;
  // What is enough depends on the chosen account, too.
  const chosen = wallet.account.value?.address;
  const need: SignInNeed = { reason: why, ...(by && { by }) };
  if (isEnough(who, need)) return <>{children(who)}</>;
  if (who === undefined) {
    return (
      <Loading label="Loading">
        <Skeleton height={160} />
      </Loading>
    );
  }
  return (
    <section class="panel require-wallet" aria-labelledby="sign-in">
      <h2 id="sign-in">Sign in</h2>
      <p class="soft">{why}</p>
      <ActionButton key={chosen ?? ""} class="button-main" busy="Signing in" onAction={() => ensureSignedIn(need)}>
        Sign in
      </ActionButton>
    </section>
  );
}

// The browsers in which the person is signed in.

import { showDone } from "../components/toasts";
import { useLoaded } from "../components/use-loaded";
import { auth, type SignedBy, type SignInView } from "../gateway";
import { ActionButton } from "../ui/button";
import { ago, timeOf } from "../ui/format";
import { Problem, Skeleton } from "../ui/states";

const BY: Readonly<Record<SignedBy, string>> = {
  wallet: "with the wallet",
  "session-key": "with a session key",
  guest: "with a gift",
};

function Row({ signIn, onRevoke }: { readonly signIn: SignInView; readonly onRevoke: () => Promise<void> }) {
  const name = signIn.label || "A browser";
  return (
    <li class="key-row">
      <span class="stack stack-none">
        <strong dir="auto">{name}</strong>
        <span class="faint">
          Since {timeOf(signIn.created_at)} {BY[signIn.by]}, used {ago(signIn.last_used_at)}
        </span>
      </span>
      <span class="row push">
        {signIn.is_this ? (
          <span class="badge badge-good">This browser</span>
        ) : (
          <ActionButton
            class="button-small button-bad"
            label={`Sign out ${name}`}
            busy="Signing out"
            onAction={onRevoke}
          >
            Sign out
          </ActionButton>
        )}
      </span>
    </li>
  );
}

export function SignIns() {
  const { state, reload } = useLoaded((signal) => auth.signIns(signal), []);
  const revoke = async (id: string) => {
    await auth.revoke(id);
    reload();
    showDone("That browser is signed out.");
  };
  const revokeOthers = async () => {
    await auth.revokeOthers();
    reload();
    showDone("All other browsers are signed out.");
  };
  const signIns = state.kind === "ready" ? state.value : [];
  return (
    <section class="panel" aria-labelledby="sign-ins">
      <div class="panel-head">
        <h2 id="sign-ins">Where you are signed in</h2>
        {signIns.some((one) => !one.is_this) && (
          <ActionButton class="button-small" busy="Signing out" onAction={revokeOthers}>
            Sign out all others
          </ActionButton>
        )}
      </div>
      {state.kind === "loading" && <Skeleton height={48} />}
      {state.kind === "failed" && <Problem message={state.error.message} hint={state.error.hint} onRetry={reload} />}
      {signIns.length > 0 && (
        <ul aria-label="Sign-ins">
          {signIns.map((signIn) => (
            <Row key={signIn.id} signIn={signIn} onRevoke={() => revoke(signIn.id)} />
          ))}
        </ul>
      )}
      <p class="faint">
        Which devices may spend from your deposit is on the page{" "}
        <a class="link" href="/wallet">
          Deposit and devices
        </a>
        .
      </p>
    </section>
  );
}

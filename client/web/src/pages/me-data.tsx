// Personal data: taking along what the gateway keeps, and deleting it.

import { useState } from "preact/hooks";
import { ensureSignedIn } from "../account";
import { navigate } from "../app/router";
import { UserError } from "../common/errors";
import { showDone } from "../components/toasts";
import { type Me, self } from "../gateway";
import { ActionButton } from "../ui/button";
import { Dialog } from "../ui/dialog";
import { Field } from "../ui/field";
import { saveBlob } from "./save-file";

const FILE = "vilokanam-personal-data.json";

/** What the person types to confirm the deletion: the handle, or else the account. */
export const confirmationOf = ({ account, profile }: Pick<Me, "account" | "profile">) => profile.handle || account;

/** Signs in with the wallet, as the person whose page this is. */
async function ensureOwner(who: Me, reason: string): Promise<void> {
  const { account } = await ensureSignedIn({ by: "wallet", reason });
  if (account === who.account) return;
  const hint = "Choose the account in your wallet whose page this is.";
  throw new UserError("other-account", "You have signed in as another account.", hint);
}

/** Whether the typed text confirms the deletion. */
export function isConfirmed(typed: string, who: Pick<Me, "account" | "profile">): boolean {
  return typed.trim().replace(/^@/, "") === confirmationOf(who);
}

function DeleteDialog({ who, onClose }: { readonly who: Me; readonly onClose: () => void }) {
  const [typed, setTyped] = useState("");
  const remove = async () => {
    await ensureOwner(who, "Only the owner of the wallet can delete everything.");
    await self.delete(confirmationOf(who));
    onClose();
    showDone("Everything that this gateway kept of you was deleted.");
    navigate("/");
  };
  return (
    <Dialog title="Delete everything about me" onClose={onClose}>
      <p class="soft">
        Profile, follows, history, notices and sign-ins are deleted, and so are the texts of your comments and messages.
        What is on chain stays: your deposit, earnings, streams and receipts.
      </p>
      <Field
        label="To confirm, type"
        value={typed}
        onInput={setTyped}
        hint={<span class="mono me-account">{confirmationOf(who)}</span>}
      />
      <ActionButton
        class="button-bad button-wide"
        disabled={!isConfirmed(typed, who)}
        busy="Deleting"
        onAction={remove}
      >
        Delete for good
      </ActionButton>
    </Dialog>
  );
}

export function PersonalData({ who }: { readonly who: Me }) {
  const [isDeleting, setDeleting] = useState(false);
  const download = async () => {
    await ensureOwner(who, "Only the owner of the wallet can take everything along.");
    saveBlob(await (await self.export()).blob(), FILE);
  };
  return (
    <section class="panel" aria-labelledby="data">
      <h2 id="data">Personal data</h2>
      <p class="soft">
        You can take along everything that this gateway keeps of you, as a file, and you can have it deleted.
      </p>
      <div class="form-end">
        <ActionButton busy="Collecting" onAction={download}>
          Download my data
        </ActionButton>
        <button type="button" class="button button-bad" onClick={() => setDeleting(true)}>
          Delete everything about me
        </button>
      </div>
      {isDeleting && <DeleteDialog who={who} onClose={() => setDeleting(false)} />}
    </section>
  );
}

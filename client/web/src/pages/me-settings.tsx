// Settings of the person who is signed in, and the invitation of a creator.

import { useState } from "preact/hooks";
import { showDone, showError } from "../components/toasts";
import { type Me, type MySettings, self } from "../gateway";
import { ActionButton } from "../ui/button";
import { Check, Field } from "../ui/field";

const MAX_CODE_CHARS = 100;

export function Settings({ who }: { readonly who: Me }) {
  // What was chosen is shown at once. If it cannot be saved, what is stored is shown again.
  const [chosen, setChosen] = useState<MySettings | null>(null);
  const shown = chosen ?? who.settings;
  const change = async (part: Partial<MySettings>) => {
    const settings = { ...shown, ...part };
    setChosen(settings);
    try {
      await self.change({ settings });
    } catch (error) {
      showError(error);
    } finally {
      setChosen(null);
    }
  };
  return (
    <section class="panel" aria-labelledby="settings">
      <h2 id="settings">Settings</h2>
      <Check
        label="Keep what I have watched, to continue there on any device"
        isOn={shown.keep_history}
        onChange={(keep_history) => void change({ keep_history })}
      />
      <Check
        label="Leave me out of leaderboards"
        isOn={shown.hide_from_leaderboards}
        onChange={(hide_from_leaderboards) => void change({ hide_from_leaderboards })}
      />
    </section>
  );
}

/** For people who may not publish here yet. */
export function InvitationPart() {
  const [code, setCode] = useState("");
  const redeem = async () => {
    await self.redeem(code.trim());
    showDone("You can publish at this gateway now.");
  };
  return (
    <section class="panel" aria-labelledby="invitation">
      <h2 id="invitation">Invitation</h2>
      <p class="soft">This gateway takes broadcasts of people whom its operator has invited.</p>
      <Field label="Code of your invitation" value={code} onInput={setCode} maxLength={MAX_CODE_CHARS} />
      <div class="form-end">
        <ActionButton class="button-main" disabled={code.trim() === ""} busy="One moment" onAction={redeem}>
          Use the invitation
        </ActionButton>
      </div>
    </section>
  );
}

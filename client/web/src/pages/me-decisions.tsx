// Decisions of this gateway's moderators about what belongs to the person, and appeals.

import { useState } from "preact/hooks";
import { showDone } from "../components/toasts";
import { useLoaded } from "../components/use-loaded";
import { type MyDecision, moderation } from "../gateway";
import { ActionButton } from "../ui/button";
import { Dialog } from "../ui/dialog";
import { Field } from "../ui/field";
import { timeOf } from "../ui/format";
import { actionText, subjectLink, subjectText } from "./moderation-texts";

const MAX_APPEAL_CHARS = 2_000;

interface AppealProps {
  readonly decision: MyDecision;
  readonly onSent: () => void;
  readonly onClose: () => void;
}

function AppealDialog({ decision, onSent, onClose }: AppealProps) {
  const [text, setText] = useState("");
  const send = async () => {
    await moderation.appeal(decision.id, text.trim());
    showDone("Your appeal was sent. The answer appears here.");
    onSent();
    onClose();
  };
  return (
    <Dialog title="Appeal" onClose={onClose}>
      <p class="soft">Say why the decision is wrong. Somebody reads it and answers you here.</p>
      <Field label="Your reasons" value={text} onInput={setText} maxLength={MAX_APPEAL_CHARS} isLong required />
      <ActionButton class="button-main button-wide" disabled={text.trim() === ""} busy="Sending" onAction={send}>
        Send the appeal
      </ActionButton>
    </Dialog>
  );
}

/** What has become of an appeal. */
export function appealText({ appeal }: Pick<MyDecision, "appeal">): string | null {
  if (!appeal) return null;
  if (appeal.is_upheld == null) return "Your appeal waits for an answer.";
  return appeal.is_upheld ? "Your appeal was read, and the decision stays." : "Your appeal was accepted.";
}

function Row({ decision, onAppeal }: { readonly decision: MyDecision; readonly onAppeal: () => void }) {
  const { subject, title, action, note, at, lifted_at, appeal } = decision;
  const link = subjectLink(subject);
  const name = title || subjectText(subject);
  const answer = appealText(decision);
  return (
    <li class="stack stack-tight me-decision">
      <div class="row">
        <strong dir="auto">
          {link ? (
            <a class="link" href={link}>
              {name}
            </a>
          ) : (
            name
          )}
        </strong>
        <span class={lifted_at ? "badge" : "badge badge-bad"}>{lifted_at ? "Lifted" : actionText(action).done}</span>
        <span class="faint">{timeOf(at)}</span>
        {!appeal && !lifted_at && (
          <button type="button" class="button button-small push" onClick={onAppeal}>
            Appeal<span class="visually-hidden"> the decision about {name}</span>
          </button>
        )}
      </div>
      {note && <p dir="auto">{note}</p>}
      {answer && <p class="faint">{answer}</p>}
      {appeal?.answer && <p dir="auto">{appeal.answer}</p>}
    </li>
  );
}

/** Nothing is shown as long as there is no decision. */
export function Decisions() {
  const { state, reload } = useLoaded((signal) => moderation.myDecisions(signal), []);
  const [appealed, setAppealed] = useState<MyDecision | null>(null);
  if (state.kind !== "ready" || state.value.length === 0) return null;
  return (
    <section class="panel" aria-labelledby="decisions">
      <h2 id="decisions">Decisions of the moderators</h2>
      <ul class="stack">
        {state.value.map((decision) => (
          <Row key={decision.id} decision={decision} onAppeal={() => setAppealed(decision)} />
        ))}
      </ul>
      {appealed && <AppealDialog decision={appealed} onSent={reload} onClose={() => setAppealed(null)} />}
    </section>
  );
}

// Deciding about a report: what is done, why, and a confirmation.

import { useState } from "preact/hooks";
import { showDone } from "../components/toasts";
import { type DecisionAction, moderation, type ReportView } from "../gateway";
import { ActionButton } from "../ui/button";
import { Dialog } from "../ui/dialog";
import { Field } from "../ui/field";
import { several } from "../ui/format";
import { Notice } from "../ui/states";
import { actionsFor, actionText, subjectText } from "./moderation-texts";

const MAX_CHARS = 2_000;

interface DecisionProps {
  readonly report: ReportView;
  readonly onDecided: () => void;
}

/** Decisions that can be chosen, each of which asks for a reason. */
export function Decide({ report, onDecided }: DecisionProps) {
  const [action, setAction] = useState<DecisionAction | null>(null);
  return (
    <div class="row">
      {actionsFor(report.subject).map((one) => (
        <button
          key={one}
          type="button"
          class={one === "hide" || one === "cut_off" ? "button button-small button-bad" : "button button-small"}
          onClick={() => setAction(one)}
        >
          {actionText(one).todo}
        </button>
      ))}
      {action && (
        <DecisionDialog report={report} action={action} onDecided={onDecided} onClose={() => setAction(null)} />
      )}
    </div>
  );
}

interface DialogProps extends DecisionProps {
  readonly action: DecisionAction;
  readonly onClose: () => void;
}

function DecisionDialog({ report, action, onDecided, onClose }: DialogProps) {
  const [note, setNote] = useState("");
  const [nextStep, setNextStep] = useState<string | null>(null);
  const { todo, done, effect } = actionText(action);
  const isNeeded = action !== "dismiss";
  const decide = async () => {
    const decision = await moderation.decide(report.id, { action, note: note.trim() });
    if (decision.next_step) {
      setNextStep(decision.next_step);
      return;
    }
    showDone(`${subjectText(report.subject)}: ${done.toLowerCase()}.`);
    onClose();
    onDecided();
  };
  const close = () => {
    onClose();
    if (nextStep) onDecided();
  };
  return (
    <Dialog title={`${todo}: ${subjectText(report.subject)}`} onClose={close}>
      {nextStep ? (
        <>
          <Notice kind="good">
            <p>The decision was noted. What is left to do:</p>
            <p dir="auto">{nextStep}</p>
          </Notice>
          <button type="button" class="button" onClick={close}>
            Close
          </button>
        </>
      ) : (
        <>
          <p class="soft">{effect}</p>
          {report.count > 1 && <p class="soft">This closes {several(report.count, "report")} of the same subject.</p>}
          <Field
            label={isNeeded ? "Reason" : "Reason (optional)"}
            value={note}
            onInput={setNote}
            isLong
            maxLength={MAX_CHARS}
            hint="Whom it concerns reads this, and can appeal."
          />
          <ActionButton
            class={action === "hide" || action === "cut_off" ? "button-bad" : "button-main"}
            disabled={isNeeded && note.trim() === ""}
            onAction={decide}
          >
            {todo}
          </ActionButton>
        </>
      )}
    </Dialog>
  );
}

// Reports to the moderators of the gateway, with a reason.

import { useState } from "preact/hooks";
import { ensureSignedIn } from "../account";
import { moderation, type ReportReason, type ReportSubject } from "../gateway";
import { ActionButton } from "../ui/button";
import { Dialog } from "../ui/dialog";
import { Choice, Field } from "../ui/field";
import { showDone } from "./toasts";

/** Maximum number of characters of a report. */
const MAX_CHARS = 2_000;

export const REASONS: readonly { readonly value: ReportReason; readonly text: string }[] = [
  { value: "illegal", text: "Against the law" },
  { value: "sexual", text: "Sexual content" },
  { value: "violence", text: "Violence or threats" },
  { value: "harassment", text: "Harassment" },
  { value: "spam", text: "Spam or fraud" },
  { value: "copyright", text: "Copyright" },
  { value: "other", text: "Another reason" },
];

interface ReportFormProps {
  readonly subject: ReportSubject;
  readonly onDone: () => void;
}

export function ReportForm({ subject, onDone }: ReportFormProps) {
  const [reason, setReason] = useState<ReportReason | null>(null);
  const [text, setText] = useState("");
  const isMissing = reason === "other" && text.trim() === "";
  const send = async () => {
    if (reason === null) return;
    await ensureSignedIn({ reason: "Sign in, so that the moderators know who reports." });
    await moderation.report({ subject, reason, ...(text.trim() && { text: text.trim() }) });
    showDone("Your report was sent to the moderators. Thank you.");
    onDone();
  };
  return (
    <>
      <Choice<string>
        label="What is wrong with it?"
        options={REASONS}
        value={reason ?? ""}
        onChoose={(value) => setReason(REASONS.find((one) => one.value === value)?.value ?? null)}
      />
      <Field
        label={reason === "other" ? "What is wrong" : "More about it (optional)"}
        value={text}
        onInput={setText}
        isLong
        maxLength={MAX_CHARS}
        hint="The moderators of this gateway read it. Whom it concerns does not learn who has reported."
      />
      <ActionButton class="button-main" disabled={reason === null || isMissing} busy="Sending" onAction={send}>
        Send report
      </ActionButton>
    </>
  );
}

interface ReportDialogProps {
  readonly subject: ReportSubject;
  /** What is reported: `this stream`, `this comment`. */
  readonly what: string;
  readonly onClose: () => void;
}

export function ReportDialog({ subject, what, onClose }: ReportDialogProps) {
  return (
    <Dialog title={`Report ${what}`} onClose={onClose}>
      <ReportForm subject={subject} onDone={onClose} />
    </Dialog>
  );
}

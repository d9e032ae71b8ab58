// The deposit form in a dialog.

import { Dialog } from "../ui/dialog";
import { FundForm } from "./key-form";
import type { WantedStream } from "./key-limits";

interface FundDialogProps {
  readonly title: string;
  readonly wanted: WantedStream | null;
  readonly isAmountOptional?: boolean;
  readonly onClose: () => void;
}

export function FundDialog({ title, onClose, ...form }: FundDialogProps) {
  return (
    <Dialog title={title} onClose={onClose}>
      <FundForm {...form} onDone={onClose} />
    </Dialog>
  );
}

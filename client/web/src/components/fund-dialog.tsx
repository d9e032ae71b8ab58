// The deposit form in a dialog.

import { Dialog } from "../ui/dialog";
import { FundForm } from "./fund-form";

interface FundDialogProps {
  readonly title: string;
  readonly pricePerTick: bigint | null;
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

// The status of a stream on chain, in words.

import type { StreamStatus } from "../gateway";

const TEXTS: Readonly<Record<StreamStatus, string>> = {
  live: "Announced as live",
  offline: "Off air",
  ended: "Ended for good",
  suspended: "Suspended",
};

export function statusText(status: StreamStatus): string {
  return TEXTS[status];
}

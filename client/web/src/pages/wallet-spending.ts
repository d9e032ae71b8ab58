// The open sessions of a viewer, for what each device and each gift has spent.

import { useLoaded } from "../components/use-loaded";
import { gateway, type SessionRecord } from "../gateway";
import { usePolling } from "../ui/use-polling";

/** Number of sessions among which the open ones are found. They are the newest, and there are at most 16. */
const CANDIDATES = 50;
const REFRESH_EVERY_MS = 10_000;

/** The open sessions of a viewer that the gateway knows; empty until known. */
export function useOpenSessions(viewer: string): readonly SessionRecord[] {
  const { state, reload } = useLoaded((signal) => gateway.sessionsOf(viewer, { limit: CANDIDATES }, signal), [viewer]);
  usePolling(reload, REFRESH_EVERY_MS);
  return state.kind === "ready" ? state.value.items.filter(({ closed_at }) => !closed_at) : [];
}

// The sessions of a viewer: what each cost, what came back, and closing those that are still open.

import { useState } from "preact/hooks";
import { tellDone } from "../app/toasts";
import { chain } from "../chain";
import { gateway, type SessionRecord } from "../gateway";
import { ActionButton } from "../ui/button";
import { ClockIcon } from "../ui/icons";
import { Bones, Empty, Loading, Problem, useLoaded, usePolling } from "../ui/states";
import { duration, timeOf, vlk } from "../ui/words";

const LIMIT = 20;
const LOOK_EVERY_MS = 10_000;

function Row({ record, onLeft }: { readonly record: SessionRecord; readonly onLeft: () => void }) {
  const isOpen = !record.closed_at;
  return (
    <tr>
      <td>
        <a class="link" href={`/watch/${record.stream}`}>
          Stream {record.stream}
        </a>
        <div class="faint">{timeOf(record.opened_at)}</div>
      </td>
      <td class="number">{duration(record.settled_ticks)}</td>
      <td class="number">{vlk(BigInt(record.paid))}</td>
      <td class="number wide-only">{isOpen ? "" : vlk(BigInt(record.refunded ?? "0"))}</td>
      <td class="wide-only">
        {isOpen ? <span class="badge badge-accent">Open</span> : <span class="badge">Closed</span>}
      </td>
      <td class="end">
        <div class="row session-actions">
          {isOpen && (
            <ActionButton
              class="button-small"
              busy="Sign in your wallet"
              onAction={async () => {
                await chain.leaveSessions([record.session]);
                tellDone("The session is closing. What was not watched comes back when its gateway has settled.");
                onLeft();
              }}
            >
              Close
            </ActionButton>
          )}
          <a class="button button-small" href={`/wallet/sessions/${record.session}`}>
            Receipts
          </a>
        </div>
      </td>
    </tr>
  );
}

export function SessionList({ viewer }: { readonly viewer: string }) {
  const [older, setOlder] = useState<readonly SessionRecord[]>([]);
  const [cursor, setCursor] = useState<string | null>(null);
  const { state, again } = useLoaded((signal) => gateway.sessionsOf(viewer, { limit: LIMIT }, signal), [viewer]);
  usePolling(again, LOOK_EVERY_MS);
  const next = older.length > 0 ? cursor : state.kind === "ready" ? (state.value.next_cursor ?? null) : null;
  const more = async () => {
    if (!next) return;
    const page = await gateway.sessionsOf(viewer, { limit: LIMIT, cursor: next });
    setOlder([...older, ...page.items]);
    setCursor(page.next_cursor ?? null);
  };
  const records = state.kind === "ready" ? [...state.value.items, ...older] : [];
  return (
    <section class="panel" aria-labelledby="sessions">
      <h2 id="sessions">Sessions</h2>
      {state.kind === "loading" && (
        <Loading label="Loading sessions">
          <Bones height={120} />
        </Loading>
      )}
      {state.kind === "failed" && <Problem what={state.error.message} mend={state.error.mend} onRetry={again} />}
      {state.kind === "ready" && records.length === 0 && (
        <Empty icon={<ClockIcon />} title="Nothing watched yet">
          Each stream you pay for is a session, listed here with what it cost and what came back.
        </Empty>
      )}
      {records.length > 0 && (
        <div class="table-wrap">
          <table class="table">
            <thead>
              <tr>
                <th scope="col">Session</th>
                <th scope="col">Settled</th>
                <th scope="col">Paid</th>
                <th scope="col" class="wide-only">
                  Came back
                </th>
                <th scope="col" class="wide-only">
                  State
                </th>
                <th scope="col">
                  <span class="unseen">Actions</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {records.map((record) => (
                <Row key={record.session} record={record} onLeft={again} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {next && <ActionButton onAction={more}>Show older ones</ActionButton>}
    </section>
  );
}

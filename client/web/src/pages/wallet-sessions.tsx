// The viewer's sessions: what each cost, what was refunded, and a button to close those that are open.

import { chain } from "../chain";
import { vlk } from "../common/amounts";
import { showDone } from "../components/toasts";
import { usePagedList } from "../components/use-paged-list";
import { gateway, type SessionRecord } from "../gateway";
import { ActionButton } from "../ui/button";
import { duration, timeOf } from "../ui/format";
import { ClockIcon } from "../ui/icons";
import { Empty, Loading, Problem, Skeleton } from "../ui/states";
import { usePolling } from "../ui/use-polling";

const PAGE_LIMIT = 20;
const REFRESH_EVERY_MS = 10_000;

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
                showDone("The session is closing. What you did not watch is refunded when the gateway has settled.");
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

function Table({ records, onLeft }: { readonly records: readonly SessionRecord[]; readonly onLeft: () => void }) {
  return (
    <div class="table-wrap">
      <table class="table">
        <thead>
          <tr>
            <th scope="col">Session</th>
            <th scope="col">Settled</th>
            <th scope="col">Paid</th>
            <th scope="col" class="wide-only">
              Refunded
            </th>
            <th scope="col" class="wide-only">
              Status
            </th>
            <th scope="col">
              <span class="visually-hidden">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {records.map((record) => (
            <Row key={record.session} record={record} onLeft={onLeft} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function SessionList({ viewer }: { readonly viewer: string }) {
  const { state, items, hasMore, reload, loadMore } = usePagedList(
    (cursor, signal) => gateway.sessionsOf(viewer, { limit: PAGE_LIMIT, ...(cursor && { cursor }) }, signal),
    ({ session }) => session,
    [viewer],
  );
  usePolling(reload, REFRESH_EVERY_MS);
  return (
    <section class="panel" aria-labelledby="sessions">
      <h2 id="sessions">Sessions</h2>
      {state.kind === "loading" && (
        <Loading label="Loading sessions">
          <Skeleton height={120} />
        </Loading>
      )}
      {state.kind === "failed" && <Problem message={state.error.message} hint={state.error.hint} onRetry={reload} />}
      {state.kind === "ready" && items.length === 0 && (
        <Empty icon={<ClockIcon />} title="No sessions yet">
          Each stream you pay for becomes a session, listed here with its cost and its refund.
        </Empty>
      )}
      {items.length > 0 && <Table records={items} onLeft={reload} />}
      {hasMore && <ActionButton onAction={loadMore}>Show older sessions</ActionButton>}
    </section>
  );
}

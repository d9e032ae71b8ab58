// All settlements of a person, the newest first.

import { vlk } from "../common/amounts";
import { usePagedList } from "../components/use-paged-list";
import { type PersonReceipt, spending } from "../gateway";
import { ActionButton } from "../ui/button";
import { several, timeOf, whenOf } from "../ui/format";
import { Loading, Problem, Skeleton } from "../ui/states";

const PAGE_LIMIT = 20;

function Table({ receipts }: { readonly receipts: readonly PersonReceipt[] }) {
  return (
    <div class="table-wrap">
      <table class="table">
        <thead>
          <tr>
            <th scope="col">Settled</th>
            <th scope="col">Stream</th>
            <th scope="col">Seconds</th>
            <th scope="col">Paid</th>
            <th scope="col" class="end">
              Session
            </th>
          </tr>
        </thead>
        <tbody>
          {receipts.map((receipt) => (
            <tr key={`${receipt.session} ${receipt.block}`}>
              <td title={timeOf(receipt.at)}>{whenOf(receipt.at)}</td>
              <td>
                <a class="link" href={`/watch/${receipt.stream}`}>
                  Stream {receipt.stream}
                </a>
              </td>
              <td class="number">{several(receipt.ticks, "s", "s")}</td>
              <td class="number">{vlk(BigInt(receipt.paid))}</td>
              <td class="end">
                <a class="link" href={`/wallet/sessions/${receipt.session}`}>
                  Receipts
                  <span class="visually-hidden"> of the session of {timeOf(receipt.at)}</span>
                </a>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function SpendingReceipts() {
  const { state, items, hasMore, reload, loadMore } = usePagedList(
    (cursor, signal) => spending.receipts({ limit: PAGE_LIMIT, ...(cursor && { cursor }) }, signal),
    ({ session, block }) => `${session} ${block}`,
    [],
  );
  return (
    <section class="panel" aria-labelledby="newest-receipts">
      <h2 id="newest-receipts">Newest receipts</h2>
      {state.kind === "loading" && (
        <Loading label="Loading receipts">
          <Skeleton height={160} />
        </Loading>
      )}
      {state.kind === "failed" && <Problem message={state.error.message} hint={state.error.hint} onRetry={reload} />}
      {state.kind === "ready" && items.length === 0 && <p class="soft">Nothing has been settled yet.</p>}
      {items.length > 0 && <Table receipts={items} />}
      {hasMore && <ActionButton onAction={loadMore}>Show older receipts</ActionButton>}
    </section>
  );
}

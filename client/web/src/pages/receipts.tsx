// One session: its cost, and each of its settlements with a link to the block.

import type { PageProps } from "../app/page";
import { useTitle } from "../app/title";
import { vlk } from "../common/amounts";
import { ReceiptTable } from "../components/receipt-table";
import { showError } from "../components/toasts";
import { useLoaded } from "../components/use-loaded";
import { gateway, type Receipt } from "../gateway";
import { ActionButton } from "../ui/button";
import { several } from "../ui/format";
import { BackIcon, ClockIcon } from "../ui/icons";
import { Empty, Loading, Problem, Skeleton } from "../ui/states";

const PAGE_LIMIT = 50;

function Totals({ receipts }: { readonly receipts: readonly Receipt[] }) {
  const ticks = receipts.reduce((sum, receipt) => sum + receipt.ticks, 0);
  const paid = receipts.reduce((sum, receipt) => sum + BigInt(receipt.paid), 0n);
  return (
    <dl class="figures">
      <div class="figure">
        <dt>Paid</dt>
        <dd>{vlk(paid)}</dd>
      </div>
      <div class="figure">
        <dt>Watched</dt>
        <dd>{several(ticks, "second")}</dd>
      </div>
      <div class="figure">
        <dt>Settlements</dt>
        <dd>{receipts.length}</dd>
      </div>
    </dl>
  );
}

export default function Receipts({ params }: PageProps) {
  const session = params["session"] ?? "";
  useTitle("Receipts");
  const { state, reload, set } = useLoaded(
    (signal) => gateway.receipts(session, { limit: PAGE_LIMIT }, signal),
    [session],
  );
  const more = async () => {
    if (state.kind !== "ready" || !state.value.next_cursor) return;
    const next = await gateway.receipts(session, { limit: PAGE_LIMIT, cursor: state.value.next_cursor });
    set({ ...next, items: [...state.value.items, ...next.items] });
  };
  return (
    <div class="main-narrow stack">
      <div class="page-head">
        <div>
          <h1>Receipts</h1>
          <p class="mono">{session}</p>
        </div>
        <a class="button" href="/wallet">
          <BackIcon />
          Wallet
        </a>
      </div>
      {state.kind === "loading" && (
        <Loading label="Loading receipts">
          <Skeleton height={100} />
          <Skeleton height={200} />
        </Loading>
      )}
      {state.kind === "failed" && <Problem message={state.error.message} hint={state.error.hint} onRetry={reload} />}
      {state.kind === "ready" && state.value.items.length === 0 && (
        <Empty icon={<ClockIcon />} title="Nothing has been settled yet">
          Seconds are settled on chain about once per minute, and when the session ends.
        </Empty>
      )}
      {state.kind === "ready" && state.value.items.length > 0 && (
        <>
          <Totals receipts={state.value.items} />
          <section class="panel" aria-label="Settlements">
            <ReceiptTable receipts={state.value.items} />
          </section>
          {state.value.next_cursor && <ActionButton onAction={() => more().catch(showError)}>Show more</ActionButton>}
        </>
      )}
    </div>
  );
}

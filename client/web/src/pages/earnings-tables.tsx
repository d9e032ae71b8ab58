// Tables of the earnings page: by period, by stream, and by session. Also the share of previews that led to a payment.

import { shortAddress } from "../chain";
import { vlk } from "../common/amounts";
import { titleOf } from "../components/stream-card";
import { useLoaded } from "../components/use-loaded";
import type { AudienceHistory, EarningsBucket, StreamView } from "../gateway";
import { duration, percent, several, timeOf } from "../ui/format";
import { loadTopSessions } from "./earnings-data";

const PERCENT = 100;

/** The share of viewers who paid after the preview. */
export function Conversion({ audience }: { readonly audience: AudienceHistory }) {
  const { previewed, paid } = audience;
  // Viewers who paid without a preview would make the share meaningless.
  const isShare = previewed > 0 && paid <= previewed;
  return (
    <div class="figure">
      <dt>Preview to paid</dt>
      <dd>{isShare ? `${Math.round((paid * PERCENT) / previewed)} %` : "–"}</dd>
      <dd class="figure-note">
        {isShare ? `${paid} of ${several(previewed, "preview")}` : `${paid} paid, ${several(previewed, "preview")}`}
      </dd>
    </div>
  );
}

export function BucketTable({ buckets }: { readonly buckets: readonly EarningsBucket[] }) {
  if (buckets.length === 0) return <p class="faint">Nothing was settled in this period.</p>;
  return (
    <details>
      <summary class="link">Show the figures as a table</summary>
      <div class="table-wrap">
        <table class="table">
          <thead>
            <tr>
              <th scope="col">From</th>
              <th scope="col">Paid seconds</th>
              <th scope="col">Earned</th>
              <th scope="col" class="end">
                Tips
              </th>
            </tr>
          </thead>
          <tbody>
            {[...buckets].reverse().map((bucket) => (
              <tr key={bucket.from}>
                <td>{timeOf(bucket.from)}</td>
                <td class="number">{bucket.ticks}</td>
                <td class="number">{vlk(BigInt(bucket.earned))}</td>
                <td class="number end">{vlk(BigInt(bucket.tipped))}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

function Shares({ stream }: { readonly stream: StreamView }) {
  if (stream.splits.length === 0) return <span class="faint">not shared</span>;
  return (
    <ul>
      {stream.splits.map((split) => (
        <li key={split.account}>
          <span class="mono" title={split.account}>
            {shortAddress(split.account)}
          </span>{" "}
          {percent(split.share_ppm)}
        </li>
      ))}
    </ul>
  );
}

export function StreamsTable({ streams }: { readonly streams: readonly StreamView[] }) {
  if (streams.length === 0) return null;
  return (
    <section class="panel" aria-labelledby="by-stream">
      <h2 id="by-stream">Total by stream</h2>
      <div class="table-wrap">
        <table class="table">
          <thead>
            <tr>
              <th scope="col">Stream</th>
              <th scope="col">Paid seconds</th>
              <th scope="col">Paid by viewers</th>
              <th scope="col">Tips</th>
              <th scope="col">Shared with</th>
            </tr>
          </thead>
          <tbody>
            {streams.map((stream) => (
              <tr key={stream.stream}>
                <td>
                  <a class="link" href={`/studio/streams/${stream.stream}`}>
                    {titleOf(stream)}
                  </a>
                </td>
                <td class="number">{stream.total_ticks.toLocaleString("en-GB")}</td>
                <td class="number">{vlk(BigInt(stream.total_paid))}</td>
                <td class="number">{vlk(BigInt(stream.total_tipped))}</td>
                <td>
                  <Shares stream={stream} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

export function TopSessions({ streams }: { readonly streams: readonly StreamView[] }) {
  const ids = streams.map(({ stream }) => stream);
  const { state } = useLoaded((signal) => loadTopSessions(ids, signal), [ids.join(" ")]);
  if (state.kind !== "ready" || state.value.length === 0) return null;
  return (
    <section class="panel" aria-labelledby="top">
      <h2 id="top">Top sessions</h2>
      <div class="table-wrap">
        <table class="table">
          <thead>
            <tr>
              <th scope="col">Viewer</th>
              <th scope="col">Started</th>
              <th scope="col">Watched</th>
              <th scope="col" class="end">
                Paid
              </th>
            </tr>
          </thead>
          <tbody>
            {state.value.map((session) => (
              <tr key={session.session}>
                <td>
                  <a class="link mono" href={`/wallet/sessions/${session.session}`} title={session.viewer}>
                    {shortAddress(session.viewer)}
                  </a>
                </td>
                <td>{timeOf(session.opened_at)}</td>
                <td class="number">{duration(session.settled_ticks)}</td>
                <td class="number end">{vlk(BigInt(session.paid))}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

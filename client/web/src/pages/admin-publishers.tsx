// Who publishes at this moment. A broadcast can be cut off, and a cut-off lifted.

import { useState } from "preact/hooks";
import { Person } from "../components/person";
import { showDone } from "../components/toasts";
import { useLoaded } from "../components/use-loaded";
import { admin, type PublisherView } from "../gateway";
import { ActionButton } from "../ui/button";
import { Dialog } from "../ui/dialog";
import { Field } from "../ui/field";
import { ago, bitrate, several } from "../ui/format";
import { StudioIcon } from "../ui/icons";
import { Empty, Loading, Problem, Skeleton } from "../ui/states";
import { usePolling } from "../ui/use-polling";

const RELOAD_MS = 5_000;
const MAX_CHARS = 2_000;

const titleOf = ({ title, stream }: PublisherView) => title || `Stream ${stream}`;

interface CutOffProps {
  readonly publisher: PublisherView;
  readonly onDone: () => void;
  readonly onClose: () => void;
}

function CutOffDialog({ publisher, onDone, onClose }: CutOffProps) {
  const [reason, setReason] = useState("");
  const cutOff = async () => {
    await admin.cutOff(publisher.stream, reason.trim());
    showDone(`${titleOf(publisher)} was cut off.`);
    onClose();
    onDone();
  };
  return (
    <Dialog title={`Cut off ${titleOf(publisher)}?`} onClose={onClose}>
      <p class="soft">
        The broadcast ends at once. The stream can no longer be published or seen at this gateway, until you lift that.
      </p>
      <Field
        label="Reason"
        value={reason}
        onInput={setReason}
        isLong
        maxLength={MAX_CHARS}
        hint="The creator reads it."
      />
      <ActionButton class="button-bad" disabled={reason.trim() === ""} onAction={cutOff}>
        Cut off
      </ActionButton>
    </Dialog>
  );
}

function Publisher({ publisher, onChange }: { readonly publisher: PublisherView; readonly onChange: () => void }) {
  const { stream, creator, since, state, protocol, bitrate_bps, viewers, is_well, diagnosis } = publisher;
  const [isCutting, setCutting] = useState(false);
  const title = titleOf(publisher);
  return (
    <li>
      <div class="stack stack-tight">
        <p class="row">
          <span class={state === "live" ? "badge badge-live" : "badge"}>{state === "live" ? "LIVE" : "Waiting"}</span>
          {!is_well && <span class="badge badge-bad">Trouble</span>}
          <a class="link" href={`/watch/${stream}`}>
            <bdi>{title}</bdi>
          </a>
        </p>
        {creator && <Person person={creator} />}
        <p class="faint number">
          {since ? `Began ${ago(since)}` : "No picture yet"} · {protocol && `by ${protocol} · `}
          {bitrate(bitrate_bps)} · {several(viewers, "viewer")}
        </p>
        {!is_well && <p class="field-error">{diagnosis}</p>}
      </div>
      <button
        type="button"
        class="button button-small button-bad push"
        aria-label={`Cut off ${title}`}
        onClick={() => setCutting(true)}
      >
        Cut off
      </button>
      {isCutting && <CutOffDialog publisher={publisher} onDone={onChange} onClose={() => setCutting(false)} />}
    </li>
  );
}

/** Lifts the cut-off of a stream, which is not in the list any more. */
function Lift() {
  const [stream, setStream] = useState("");
  const lift = async () => {
    await admin.liftCutOff(stream.trim());
    showDone(`Stream ${stream.trim()} can be published and seen again.`);
    setStream("");
  };
  const isNumber = /^\d{1,20}$/.test(stream.trim());
  return (
    <section class="panel" aria-labelledby="lift">
      <h2 id="lift">Lift a cut-off</h2>
      <Field
        label="Number of the stream"
        value={stream}
        onInput={setStream}
        isNumber
        error={stream !== "" && !isNumber ? "Enter the number in the address of the stream, for example 7." : null}
      />
      <ActionButton disabled={!isNumber} onAction={lift}>
        Lift
      </ActionButton>
    </section>
  );
}

export function Publishers() {
  const { state, reload } = useLoaded((signal) => admin.publishers(signal), []);
  usePolling(reload, RELOAD_MS);
  if (state.kind === "loading") {
    return (
      <Loading label="Loading who publishes">
        <Skeleton height={180} />
      </Loading>
    );
  }
  if (state.kind === "failed")
    return <Problem message={state.error.message} hint={state.error.hint} onRetry={reload} />;
  return (
    <>
      {state.value.length === 0 ? (
        <Empty icon={<StudioIcon />} title="Nothing is being published at the moment" />
      ) : (
        <section class="panel" aria-labelledby="publishers">
          <h2 id="publishers">On air at this gateway</h2>
          <ul class="admin-list">
            {state.value.map((publisher) => (
              <Publisher key={publisher.stream} publisher={publisher} onChange={reload} />
            ))}
          </ul>
        </section>
      )}
      <Lift />
    </>
  );
}

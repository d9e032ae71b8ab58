// Looking after a stream: going live, the encoder's keys, its health, changing and ending it.

import { useState } from "preact/hooks";
import { navigate, type PageProps } from "../app/router";
import { useTitle } from "../app/title";
import { tellDone } from "../app/toasts";
import { chain, isSameAccount, type StreamChange } from "../chain";
import { gateway, type StreamView } from "../gateway";
import { ActionButton } from "../ui/button";
import { Dialog } from "../ui/dialog";
import { EyeIcon } from "../ui/icons";
import { useParams } from "../ui/params";
import { RequireWallet } from "../ui/require-wallet";
import { Bones, Loading, Notice, Problem, useLoaded, usePolling } from "../ui/states";
import { titleOf } from "../ui/stream-card";
import { duration, phaseWords, several, vlk } from "../ui/words";
import { draftOf, errorsOf, type StreamDraft, streamOf } from "./stream-draft";
import { PricePart, SplitsPart, WordsPart } from "./stream-form";
import { Health } from "./stream-health";
import { Keys } from "./stream-keys";
import "./studio.css";

const LOOK_EVERY_MS = 4_000;

/** Only what differs goes into the transaction. */
function changeOf(before: StreamDraft, after: StreamDraft): StreamChange {
  const [old, next] = [streamOf(before), streamOf(after)];
  const differs = (a: unknown, b: unknown) => JSON.stringify(a) !== JSON.stringify(b);
  return {
    ...(old.pricePerTick !== next.pricePerTick && { pricePerTick: next.pricePerTick }),
    ...(old.previewTicks !== next.previewTicks && { previewTicks: next.previewTicks }),
    ...(differs(old.splits, next.splits) && { splits: next.splits }),
    ...(differs(old.metadata, next.metadata) && { metadata: next.metadata }),
  };
}

function Edit({ stream, onDone }: { readonly stream: StreamView; readonly onDone: () => void }) {
  const [before] = useState(() => draftOf(stream));
  const [draft, setDraft] = useState(before);
  const params = useParams();
  const errors = errorsOf(draft, params?.minPrice ?? 1n);
  const change = changeOf(before, draft);
  const hasChanged = Object.keys(change).length > 0;
  const part = { draft, errors, onChange: (next: Partial<StreamDraft>) => setDraft((old) => ({ ...old, ...next })) };
  const isLater = change.splits !== undefined || (change.pricePerTick ?? 0n) > BigInt(stream.price_per_tick);
  return (
    <div class="stack">
      <WordsPart {...part} />
      <PricePart {...part} params={params} />
      <SplitsPart {...part} />
      {isLater && params && (
        <Notice>
          <p>
            A higher price and other shares hold from {duration((params.noticeBlocks * params.blockTimeMs) / 1000)}{" "}
            after the signature on. Sessions that are open keep their price.
          </p>
        </Notice>
      )}
      <div class="form-end">
        <button type="button" class="button" onClick={onDone}>
          Leave it as it is
        </button>
        <ActionButton
          class="button-main"
          disabled={!hasChanged || Object.keys(errors).length > 0}
          busy="Sign in your wallet"
          onAction={async () => {
            await chain.updateStream(stream.stream, change);
            tellDone("The stream is changed.");
            onDone();
          }}
        >
          Save
        </ActionButton>
      </div>
    </div>
  );
}

function Danger({ stream }: { readonly stream: StreamView }) {
  const [isAsking, setAsking] = useState(false);
  return (
    <section class="panel" aria-labelledby="end">
      <div class="panel-head">
        <h2 id="end">End the stream</h2>
        <button type="button" class="button button-small button-bad" onClick={() => setAsking(true)}>
          End for good
        </button>
      </div>
      <p class="soft">It can never go live again. Its deposit comes back once its sessions are closed.</p>
      {isAsking && (
        <Dialog title={`End “${titleOf(stream)}”?`} onClose={() => setAsking(false)}>
          <p class="soft">This cannot be taken back. What viewers have paid is settled all the same.</p>
          <ActionButton
            class="button-bad button-wide"
            busy="Sign in your wallet"
            onAction={async () => {
              await chain.endStream(stream.stream);
              tellDone("The stream has ended.");
              navigate("/studio");
            }}
          >
            End it for good
          </ActionButton>
        </Dialog>
      )}
    </section>
  );
}

function Head({ stream, onChange }: { readonly stream: StreamView; readonly onChange: () => void }) {
  const isAnnounced = stream.phase === "live";
  return (
    <div class="page-head">
      <div class="stack stack-tight">
        <div class="row">
          {stream.is_live_here ? (
            <span class="badge badge-live">LIVE</span>
          ) : (
            <span class="badge">Nothing comes in</span>
          )}
          <span class={isAnnounced ? "badge badge-good" : "badge"}>
            {isAnnounced ? phaseWords("live") : `On chain: ${phaseWords(stream.phase).toLowerCase()}`}
          </span>
          {stream.is_live_here && (
            <span class="faint row">
              <span class="tiny-icon">
                <EyeIcon />
              </span>
              {several(stream.viewers, "viewer")}
            </span>
          )}
        </div>
        <h1>{titleOf(stream)}</h1>
        <p class="number">
          {vlk(BigInt(stream.price_per_tick), 6)} a second · {vlk(BigInt(stream.total_paid), 2)} paid in all
        </p>
      </div>
      <div class="row">
        <a class="button" href={`/watch/${stream.stream}`}>
          Watch
        </a>
        {(isAnnounced || stream.phase === "offline") && (
          <ActionButton
            class={isAnnounced ? "" : "button-main"}
            busy="Sign in your wallet"
            onAction={async () => {
              await chain.setStreamStatus(stream.stream, isAnnounced ? "offline" : "live");
              tellDone(isAnnounced ? "Announced as offline." : "Announced as live.");
              onChange();
            }}
          >
            {isAnnounced ? "Go offline" : "Go live"}
          </ActionButton>
        )}
      </div>
    </div>
  );
}

function Manage({ id, account }: { readonly id: string; readonly account: string }) {
  const { state, again } = useLoaded((signal) => gateway.stream(id, signal), [id]);
  const [isEditing, setEditing] = useState(false);
  usePolling(again, LOOK_EVERY_MS);
  useTitle(state.kind === "ready" ? titleOf(state.value) : "Stream");
  if (state.kind === "loading") {
    return (
      <Loading label="Loading the stream">
        <Bones height={90} />
        <Bones height={180} />
        <Bones height={140} />
      </Loading>
    );
  }
  if (state.kind === "failed") {
    const isNew = state.error.code === "not-found";
    return (
      <Problem
        what={isNew ? "The gateway does not know this stream yet." : state.error.message}
        mend={
          isNew
            ? "A stream just created is listed a few seconds later; this page looks again by itself."
            : state.error.mend
        }
        onRetry={again}
      />
    );
  }
  const stream = state.value;
  if (!isSameAccount(stream.creator, account)) {
    return <Problem what="This stream belongs to another account." mend="Choose that account in your wallet." />;
  }
  if (isEditing) {
    return (
      <Edit
        stream={stream}
        onDone={() => {
          setEditing(false);
          again();
        }}
      />
    );
  }
  return (
    <>
      <Head stream={stream} onChange={again} />
      {stream.phase === "ended" ? (
        <Notice>
          <p>This stream has ended for good.</p>
        </Notice>
      ) : (
        <>
          <Keys stream={id} />
          <Health stream={stream} />
          <section class="panel" aria-labelledby="change">
            <div class="panel-head">
              <h2 id="change">Words, price and shares</h2>
              <button type="button" class="button button-small" onClick={() => setEditing(true)}>
                Change
              </button>
            </div>
            <p class="soft">{stream.metadata.description || "There is no description yet."}</p>
          </section>
          <Danger stream={stream} />
        </>
      )}
    </>
  );
}

export default function StreamManage({ params }: PageProps) {
  return (
    <div class="main-narrow stack">
      <RequireWallet why="Only its creator can look after a stream.">
        {(account) => <Manage key={account} id={params["stream"] ?? ""} account={account} />}
      </RequireWallet>
    </div>
  );
}

// Creating a stream: one form, one signature.

import { useState } from "preact/hooks";
import { navigate } from "../app/router";
import { useTitle } from "../app/title";
import { tellDone } from "../app/toasts";
import { chain, type TransactionStage } from "../chain";
import { useAction } from "../ui/button";
import { useParams } from "../ui/params";
import { RequireWallet } from "../ui/require-wallet";
import { Notice } from "../ui/states";
import { vlk } from "../ui/words";
import { EMPTY_DRAFT, errorsOf, errorsSoFar, type StreamDraft, streamOf } from "./stream-draft";
import { PricePart, SplitsPart, WordsPart } from "./stream-form";

const STAGES: Readonly<Record<TransactionStage, string>> = {
  signing: "Sign in your wallet",
  sending: "Sending",
  "in-block": "In a block",
  final: "Done",
};

function Form() {
  const [draft, setDraft] = useState<StreamDraft>(EMPTY_DRAFT);
  const [wasTried, setTried] = useState(false);
  const [stage, setStage] = useState<TransactionStage | null>(null);
  const params = useParams();
  const errors = errorsOf(draft, params?.minPrice ?? 1n);
  const isRight = Object.keys(errors).length === 0;
  const onChange = (change: Partial<StreamDraft>) => setDraft((old) => ({ ...old, ...change }));
  const shown = wasTried ? errors : errorsSoFar(draft, params?.minPrice ?? 1n);
  const [isBusy, run] = useAction(async () => {
    try {
      const done = await chain.createStream(streamOf(draft), { onStage: setStage });
      tellDone("Your stream is on chain.");
      navigate(`/studio/streams/${done.stream}`);
    } finally {
      setStage(null);
    }
  });
  const part = { draft, errors: shown, onChange };
  return (
    <form
      class="stack"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        setTried(true);
        if (isRight) void run();
      }}
    >
      <WordsPart {...part} />
      <PricePart {...part} params={params} />
      <SplitsPart {...part} />
      {wasTried && !isRight && (
        <Notice kind="bad">
          <p>Not everything is right yet: see the fields marked above.</p>
        </Notice>
      )}
      <div class="form-end">
        <p class="faint">
          {params ? `The chain holds ${vlk(params.streamDeposit)} for the stream; it comes back when you end it.` : ""}
        </p>
        <button type="submit" class="button button-main" disabled={isBusy} aria-busy={isBusy}>
          {isBusy && <span class="spinner" />}
          {isBusy && stage ? STAGES[stage] : "Create the stream"}
        </button>
      </div>
    </form>
  );
}

export default function StreamNew() {
  useTitle("New stream");
  return (
    <div class="main-narrow stack">
      <div class="page-head">
        <div>
          <h1>New stream</h1>
          <p>A price a second, and the words to be found by. You can change all of it later.</p>
        </div>
      </div>
      <RequireWallet why="A stream belongs to an account, and its income goes there.">{() => <Form />}</RequireWallet>
    </div>
  );
}

// Creating a stream, with one form and one signature.

import { useState } from "preact/hooks";
import { navigate } from "../app/router";
import { useTitle } from "../app/title";
import { chain, type TransactionStage } from "../chain";
import { vlk } from "../common/amounts";
import { RequireWallet } from "../components/require-wallet";
import { showDone } from "../components/toasts";
import { STAGE_TEXTS } from "../components/transaction-stages";
import { useChainParams } from "../components/use-chain-params";
import { useAction } from "../ui/button";
import { Notice } from "../ui/states";
import { EMPTY_DRAFT, errorsOf, errorsSoFar, type StreamDraft, streamOf } from "./stream-draft";
import { DescriptionPart, PricePart, SplitsPart } from "./stream-form";
import { useGatewayTerms } from "./use-gateway-terms";

function Form() {
  const { minPrice, minSharePpm } = useGatewayTerms();
  const [typed, setTyped] = useState<StreamDraft>(EMPTY_DRAFT);
  const draft = { ...typed, gatewaySharePpm: Math.max(typed.gatewaySharePpm, minSharePpm) };
  const [wasSubmitted, setSubmitted] = useState(false);
  const [stage, setStage] = useState<TransactionStage | null>(null);
  const params = useChainParams();
  const errors = errorsOf(draft, minPrice);
  const isValid = Object.keys(errors).length === 0;
  const onChange = (change: Partial<StreamDraft>) => setTyped((old) => ({ ...old, ...change }));
  const shown = wasSubmitted ? errors : errorsSoFar(draft, minPrice);
  const [isBusy, run] = useAction(async () => {
    try {
      const done = await chain.createStream(streamOf(draft), { onStage: setStage });
      showDone("Your stream was created.");
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
        setSubmitted(true);
        if (isValid) void run();
      }}
    >
      <DescriptionPart {...part} />
      <PricePart {...part} params={params} />
      <SplitsPart {...part} />
      {wasSubmitted && !isValid && (
        <Notice kind="bad">
          <p>Some fields are not valid yet. See the messages above.</p>
        </Notice>
      )}
      <div class="form-end">
        <p class="faint">
          {params
            ? `A stream needs a deposit of ${vlk(params.streamDeposit)}, which is returned after you end it.`
            : ""}
        </p>
        <button type="submit" class="button button-main" disabled={isBusy} aria-busy={isBusy}>
          {isBusy && <span class="spinner" />}
          {isBusy && stage ? STAGE_TEXTS[stage] : "Create the stream"}
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
          <p>Describe your stream and set its price per second. You can change everything later.</p>
        </div>
      </div>
      <RequireWallet why="A stream belongs to an account, which receives its income.">{() => <Form />}</RequireWallet>
    </div>
  );
}

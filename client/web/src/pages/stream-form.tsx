// The form for a stream: what it is, what a second costs and what comes of it, who shares the income.

import { useId } from "preact/hooks";
import { tellError } from "../app/toasts";
import type { ChainParams } from "../chain";
import { PPM, parseVlk } from "../common/amounts";
import { Poster } from "../ui/avatar";
import { AmountField, Field } from "../ui/field";
import { PlusIcon } from "../ui/icons";
import { partsOf } from "../ui/shares";
import { Notice } from "../ui/states";
import { thumbnailOf } from "../ui/thumbnail";
import { percent, vlk } from "../ui/words";
import { CATEGORIES, type DraftErrors, MAX_SPLITS, type StreamDraft, splitSum, streamOf } from "./stream-draft";
import "./studio.css";

interface PartProps {
  readonly draft: StreamDraft;
  readonly errors: DraftErrors;
  readonly onChange: (change: Partial<StreamDraft>) => void;
}

const VIEWERS = 100n;
const HOUR_S = 3_600n;

function Picture({ draft, onChange }: PartProps) {
  const id = useId();
  const take = async (file: File | undefined) => {
    if (!file) return;
    try {
      onChange({ thumbnail: await thumbnailOf(file) });
    } catch (error) {
      tellError(error);
    }
  };
  return (
    <div class="field">
      <label for={id}>Picture while off air</label>
      <div class="picture-row">
        <div class="picture-box">{draft.thumbnail ? <img src={draft.thumbnail} alt="" /> : <Poster of="new" />}</div>
        <div class="stack stack-tight">
          <input
            id={id}
            type="file"
            accept="image/*"
            class="file"
            onChange={(event) => void take(event.currentTarget.files?.[0])}
          />
          {draft.thumbnail && (
            <button type="button" class="button button-small" onClick={() => onChange({ thumbnail: "" })}>
              Remove
            </button>
          )}
          <p class="field-hint">Kept on chain, so it is made very small. On air the gateway shows live pictures.</p>
        </div>
      </div>
    </div>
  );
}

export function WordsPart(props: PartProps) {
  const { draft, errors, onChange } = props;
  return (
    <section class="panel" aria-labelledby="words">
      <h2 id="words">What it is</h2>
      <Field
        label="Title"
        value={draft.title}
        onInput={(title) => onChange({ title })}
        error={errors.title ?? null}
        maxLength={100}
        required
      />
      <Field
        label="Description"
        value={draft.description}
        onInput={(description) => onChange({ description })}
        maxLength={600}
        isLong
      />
      <div class="columns columns-2">
        <Field
          label="Category"
          value={draft.category}
          onInput={(category) => onChange({ category })}
          maxLength={30}
          list={CATEGORIES}
        />
        <Field
          label="Tags"
          value={draft.tags}
          onInput={(tags) => onChange({ tags })}
          error={errors.tags ?? null}
          hint="With commas between"
          maxLength={160}
        />
      </div>
      <Picture {...props} />
      {errors.size && (
        <Notice kind="bad">
          <p>{errors.size}</p>
        </Notice>
      )}
    </section>
  );
}

/** What a hundred viewers bring in, and to whom. */
function Preview({ draft, params }: { readonly draft: StreamDraft; readonly params: ChainParams }) {
  const price = parseVlk(draft.price) ?? 0n;
  const sum = splitSum(draft);
  if (price === 0n || sum === null || sum > PPM) return null;
  const parts = partsOf(price * VIEWERS * HOUR_S, params, draft.gatewaySharePpm, streamOf(draft).splits);
  const shared = parts.splits.reduce((all, split) => all + split, 0n);
  return (
    <div class="earning-preview" aria-live="polite">
      <p>
        With 100 viewers you earn <strong class="number">{vlk(parts.creator, 2)}</strong> an hour.
      </p>
      <dl class="definition">
        <dt>Viewers pay</dt>
        <dd>{vlk(price * VIEWERS * HOUR_S, 2)}</dd>
        <dt>Protocol and settlement, {percent(params.protocolFeePpm + params.submitterSharePpm)}</dt>
        <dd>−{vlk(parts.protocol + parts.submitter, 2)}</dd>
        <dt>Gateway, {percent(draft.gatewaySharePpm)} of the rest</dt>
        <dd>−{vlk(parts.gateway, 2)}</dd>
        {shared > 0n && (
          <>
            <dt>Shared with others, {percent(sum)}</dt>
            <dd>−{vlk(shared, 2)}</dd>
          </>
        )}
      </dl>
    </div>
  );
}

export function PricePart({ draft, errors, onChange, params }: PartProps & { readonly params: ChainParams | null }) {
  const price = parseVlk(draft.price) ?? 0n;
  return (
    <section class="panel" aria-labelledby="price">
      <h2 id="price">What it costs</h2>
      <div class="columns columns-2">
        <AmountField
          label="Price"
          per="s"
          value={draft.price}
          onInput={(text) => onChange({ price: text })}
          error={errors.price ?? null}
          hint={`${vlk(price * 60n)} a minute, ${vlk(price * HOUR_S)} an hour`}
        />
        <Field
          label="Free to begin with"
          unit="seconds"
          isNumber
          value={draft.previewS}
          onInput={(previewS) => onChange({ previewS })}
          error={errors.previewS ?? null}
          hint="Each viewer sees so much for nothing."
        />
      </div>
      {params ? <Preview draft={draft} params={params} /> : <div class="earning-preview" aria-hidden="true" />}
    </section>
  );
}

let lastSplit = 1_000;

export function SplitsPart({ draft, errors, onChange }: PartProps) {
  const sum = splitSum(draft);
  const change = (id: number, part: { account?: string; percent?: string }) =>
    onChange({ splits: draft.splits.map((split) => (split.id === id ? { ...split, ...part } : split)) });
  const kept = sum !== null && sum <= PPM ? percent(PPM - sum) : null;
  return (
    <section class="panel" aria-labelledby="splits">
      <div class="panel-head">
        <h2 id="splits">Who shares the income</h2>
        <span class={errors.splits ? "badge badge-bad" : "badge badge-good"}>
          {kept ? `You keep ${kept}` : "Does not add up"}
        </span>
      </div>
      {draft.splits.map((split, at) => (
        <fieldset key={split.id} class="split-row">
          <legend class="unseen">Share {at + 1}</legend>
          <Field
            label="Account"
            value={split.account}
            onInput={(account) => change(split.id, { account })}
            placeholder="5…"
          />
          <Field
            label="Share"
            unit="%"
            isNumber
            value={split.percent}
            onInput={(text) => change(split.id, { percent: text })}
          />
          <button
            type="button"
            class="button button-small"
            onClick={() => onChange({ splits: draft.splits.filter(({ id }) => id !== split.id) })}
          >
            Remove
          </button>
        </fieldset>
      ))}
      {errors.splits && (
        <p class="field-error" role="alert">
          {errors.splits}
        </p>
      )}
      <div class="row">
        <button
          type="button"
          class="button button-small"
          disabled={draft.splits.length >= MAX_SPLITS}
          onClick={() => onChange({ splits: [...draft.splits, { id: ++lastSplit, account: "", percent: "10" }] })}
        >
          <PlusIcon />
          Share with somebody
        </button>
        <span class="faint">Of what protocol and gateway leave, at each second, by the chain itself.</span>
      </div>
    </section>
  );
}

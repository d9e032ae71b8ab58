// The parts of the form for a stream: description, price with a preview of the income, and shares.

import { useId, useState } from "preact/hooks";
import type { ChainParams } from "../chain";
import { PPM, parseVlk, vlk } from "../common/amounts";
import { AmountField } from "../components/amount-field";
import { chosenPicture } from "../components/chosen-picture";
import { ActionButton } from "../ui/button";
import { Choice, Field } from "../ui/field";
import { percent } from "../ui/format";
import { PlusIcon } from "../ui/icons";
import { Picture } from "../ui/picture";
import { Notice } from "../ui/states";
import { partsOf } from "./income-shares";
import { storedPicture } from "./stored-picture";
import { CATEGORIES, type DraftErrors, MAX_SPLITS, type StreamDraft, splitSum, streamOf } from "./stream-draft";
import "./studio.css";

interface PartProps {
  readonly draft: StreamDraft;
  readonly errors: DraftErrors;
  readonly onChange: (change: Partial<StreamDraft>) => void;
}

const CLEAR_PREVIEWS = [
  { value: "off", text: "Off" },
  { value: "muted", text: "Picture only" },
  { value: "with-sound", text: "Picture and sound" },
] as const;

const VIEWERS = 100n;
const HOUR_S = 3_600n;

function PictureField({ draft, onChange }: PartProps) {
  const id = useId();
  const [file, setFile] = useState<File | null>(null);
  const url = chosenPicture(draft.thumbnail, null);
  const store = async () => {
    if (!file) return;
    onChange({ thumbnail: await storedPicture(file) });
    setFile(null);
  };
  return (
    <div class="field">
      <label for={id}>Picture while off air</label>
      <div class="picture-row">
        <div class="picture-box">
          <Picture url={url} of="new" />
        </div>
        <div class="stack stack-tight">
          <input
            id={id}
            type="file"
            accept="image/*"
            class="file"
            onChange={(event) => setFile(event.currentTarget.files?.[0] ?? null)}
          />
          <div class="row">
            {file && (
              <ActionButton class="button-small" busy="Sign in your wallet" onAction={store}>
                Use this picture
              </ActionButton>
            )}
            {draft.thumbnail && (
              <button type="button" class="button button-small" onClick={() => onChange({ thumbnail: "" })}>
                Remove
              </button>
            )}
          </div>
          <p class="field-hint">At most 10 MiB. The gateway keeps it. On air, the gateway shows live pictures.</p>
        </div>
      </div>
    </div>
  );
}

export function DescriptionPart(props: PartProps) {
  const { draft, errors, onChange } = props;
  return (
    <section class="panel" aria-labelledby="description">
      <h2 id="description">Description</h2>
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
          hint="Separated by commas"
          maxLength={160}
        />
      </div>
      <PictureField {...props} />
      {errors.size && (
        <Notice kind="bad">
          <p>{errors.size}</p>
        </Notice>
      )}
    </section>
  );
}

/** The income from a hundred viewers per hour, and how it is divided. */
function IncomePreview({ draft, params }: { readonly draft: StreamDraft; readonly params: ChainParams }) {
  const price = parseVlk(draft.price) ?? 0n;
  const sum = splitSum(draft);
  if (price === 0n || sum === null || sum > PPM) return null;
  const parts = partsOf(price * VIEWERS * HOUR_S, params, draft.gatewaySharePpm, streamOf(draft).splits);
  const shared = parts.splits.reduce((all, split) => all + split, 0n);
  return (
    <div class="earning-preview" aria-live="polite">
      <p>
        With 100 viewers, you earn <strong class="number">{vlk(parts.creator, 2)}</strong> per hour.
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
      <h2 id="price">Price</h2>
      <div class="columns columns-2">
        <AmountField
          label="Price"
          per="s"
          value={draft.price}
          onInput={(text) => onChange({ price: text })}
          error={errors.price ?? null}
          hint={`${vlk(price * 60n)} per minute, ${vlk(price * HOUR_S)} per hour`}
        />
        <Field
          label="Free preview"
          unit="seconds"
          isNumber
          value={draft.previewS}
          onInput={(previewS) => onChange({ previewS })}
          error={errors.previewS ?? null}
          hint="Each viewer can watch this long without paying."
        />
      </div>
      <div class="stack stack-tight">
        <Choice
          label="Clear preview"
          options={CLEAR_PREVIEWS}
          value={draft.clearPreview}
          onChoose={(clearPreview) => onChange({ clearPreview })}
        />
        <p class="field-hint">
          A small picture that players without keys can show. Each viewer can watch it for as long as the free preview
          lasts. Anybody can record it, since it is not encrypted.
        </p>
      </div>
      {params ? <IncomePreview draft={draft} params={params} /> : <div class="earning-preview" aria-hidden="true" />}
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
        <h2 id="splits">Shares</h2>
        <span class={errors.splits ? "badge badge-bad" : "badge badge-good"}>
          {kept ? `You keep ${kept}` : "Check the shares"}
        </span>
      </div>
      {draft.splits.map((split, at) => (
        <fieldset key={split.id} class="split-row">
          <legend class="visually-hidden">Share {at + 1}</legend>
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
          Add a share
        </button>
        <span class="faint">The chain divides each settled second, after the fees of protocol and gateway.</span>
      </div>
    </section>
  );
}

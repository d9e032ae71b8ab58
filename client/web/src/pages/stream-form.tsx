// The parts of the form for a stream: description, price with a preview of the income, and shares.

import type { ChainParams } from "../chain";
import { PPM, parseVlk, vlk } from "../common/amounts";
import { AmountField } from "../components/amount-field";
import { chosenPicture } from "../components/chosen-picture";
import { Choice, Field } from "../ui/field";
import { percent } from "../ui/format";
import { PlusIcon } from "../ui/icons";
import { Notice } from "../ui/states";
import { partsOf } from "./income-shares";
import { PictureField } from "./picture-field";
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

export function DescriptionPart({ draft, errors, onChange }: PartProps) {
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
      <PictureField
        label="Picture while off air"
        hint="At most 10 MiB. The gateway keeps it. On air, the gateway shows live pictures."
        url={chosenPicture(draft.thumbnail, null)}
        placeholder="new"
        action="Use this picture"
        onStore={async (file) => onChange({ thumbnail: await storedPicture(file) })}
        onRemove={draft.thumbnail ? () => onChange({ thumbnail: "" }) : null}
      />
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

// Publish keys, with which an encoder identifies itself.

import { useState } from "preact/hooks";
import { showDone } from "../components/toasts";
import { gateway, type NewPublishKey, type PublishKeyInfo } from "../gateway";
import { ActionButton, Copyable } from "../ui/button";
import { ago, timeOf } from "../ui/format";
import { KeyIcon, PlusIcon } from "../ui/icons";
import { Notice } from "../ui/states";

function NewKey({ created }: { readonly created: NewPublishKey }) {
  return (
    <div class="stack">
      <Notice kind="good">
        <p>This key is shown only once: copy it into your encoder now. Anyone who has it can publish to this stream.</p>
      </Notice>
      <Copyable label="Server" text={created.rtmp_url} />
      <Copyable label="Stream key" text={created.rtmp_stream_key} isSecret />
      {created.put_url && <Copyable label="HLS or CMAF upload" text={created.put_url} />}
      <details>
        <summary class="link">Settings for OBS</summary>
        <ol class="steps obs">
          <li>Settings → Stream: Service “Custom…”, then the server and the key from above.</li>
          <li>
            Settings → Output: keyframe interval 2 s, encoder x264 or your graphics card, CBR 2500 to 6000 kbit/s.
          </li>
          <li>Start streaming. The stream is on air here two or three seconds later.</li>
        </ol>
      </details>
    </div>
  );
}

interface KeyListProps {
  readonly keys: readonly PublishKeyInfo[];
  readonly onRotate: (id: string) => Promise<void>;
  readonly onRevoke: (id: string) => Promise<void>;
}

function KeyList({ keys, onRotate, onRevoke }: KeyListProps) {
  return (
    <ul aria-label="Publish keys">
      {keys.map((key) => (
        <li key={key.id} class="key-row">
          <span class="mono">{key.id}</span>
          <span class="faint">
            created {timeOf(key.created_at)}, {key.last_used_at ? `used ${ago(key.last_used_at)}` : "never used"}
          </span>
          <span class="row push">
            <ActionButton class="button-small" busy="One moment" onAction={() => onRotate(key.id)}>
              Rotate
            </ActionButton>
            <ActionButton class="button-small button-bad" busy="One moment" onAction={() => onRevoke(key.id)}>
              Revoke
            </ActionButton>
          </span>
        </li>
      ))}
    </ul>
  );
}

export function Keys({ stream }: { readonly stream: string }) {
  const [keys, setKeys] = useState<readonly PublishKeyInfo[] | null>(null);
  const [created, setCreated] = useState<NewPublishKey | null>(null);
  const list = async () => setKeys(await gateway.publishKeys(stream));
  const create = async () => {
    const key = await gateway.createPublishKey(stream);
    setCreated(key);
    const info = { id: key.id, created_at: new Date().toISOString() };
    setKeys((old) => (old ? [...old, info] : [info]));
  };
  const revoke = async (id: string) => {
    await gateway.revokePublishKey(stream, id);
    setKeys((old) => old?.filter((key) => key.id !== id) ?? null);
    if (created?.id === id) setCreated(null);
    showDone("The key is revoked. An encoder that was publishing with it is disconnected.");
  };
  // The new key first, so that the encoder can be switched to it before the old one is revoked.
  const rotate = async (id: string) => {
    await create();
    await revoke(id);
  };
  return (
    <section class="panel" aria-labelledby="keys">
      <div class="panel-head">
        <h2 id="keys">Encoder</h2>
        <div class="row">
          <ActionButton class="button-small" busy="One moment" onAction={list}>
            <KeyIcon />
            Show keys
          </ActionButton>
          <ActionButton class="button-small button-main" busy="One moment" onAction={create}>
            <PlusIcon />
            New publish key
          </ActionButton>
        </div>
      </div>
      {created && <NewKey created={created} />}
      {!created && keys === null && (
        <p class="soft">An encoder such as OBS needs a server address and a key. Create a key to see both.</p>
      )}
      {keys?.length === 0 && !created && (
        <p class="soft">There is no key. Without one, nothing can be published to this stream.</p>
      )}
      {keys && keys.length > 0 && <KeyList keys={keys} onRotate={rotate} onRevoke={revoke} />}
    </section>
  );
}

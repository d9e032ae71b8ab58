// Publish keys: what an encoder shows to be let in. Asking for the list takes a signature, so it is asked for by hand.

import { useState } from "preact/hooks";
import { tellDone } from "../app/toasts";
import { gateway, type NewPublishKey, type PublishKeyInfo } from "../gateway";
import { ActionButton, Copyable } from "../ui/button";
import { KeyIcon, PlusIcon } from "../ui/icons";
import { Notice } from "../ui/states";
import { ago, timeOf } from "../ui/words";

function Fresh({ made }: { readonly made: NewPublishKey }) {
  return (
    <div class="stack">
      <Notice kind="good">
        <p>The key is shown this once: copy it into your encoder now. Who has it can publish as you.</p>
      </Notice>
      <Copyable label="Server" text={made.rtmp_url} />
      <Copyable label="Stream key" text={made.rtmp_stream_key} isSecret />
      {made.put_url && <Copyable label="HLS or CMAF upload" text={made.put_url} />}
      <details>
        <summary class="link">Settings for OBS</summary>
        <ol class="steps obs">
          <li>Settings → Stream: Service “Custom…”, then the server and the key from above.</li>
          <li>
            Settings → Output: keyframe interval 2 s, encoder x264 or your graphics card, CBR 2500 to 6000 kbit/s.
          </li>
          <li>Start streaming. The picture is on air here two or three seconds later.</li>
        </ol>
      </details>
    </div>
  );
}

interface KeysProps {
  readonly stream: string;
}

export function Keys({ stream }: KeysProps) {
  const [keys, setKeys] = useState<readonly PublishKeyInfo[] | null>(null);
  const [made, setMade] = useState<NewPublishKey | null>(null);
  const make = async () => {
    const key = await gateway.createPublishKey(stream);
    setMade(key);
    const created = { id: key.id, created_at: new Date().toISOString() };
    setKeys((old) => (old ? [...old, created] : [created]));
  };
  const revoke = async (id: string) => {
    await gateway.revokePublishKey(stream, id);
    setKeys((old) => old?.filter((key) => key.id !== id) ?? null);
    if (made?.id === id) setMade(null);
    tellDone("The key opens nothing any more. Whoever published with it is cut off.");
  };
  // The new key first: an encoder that has been given it can go on before the old one is gone.
  const rotate = async (id: string) => {
    await make();
    await revoke(id);
  };
  return (
    <section class="panel" aria-labelledby="keys">
      <div class="panel-head">
        <h2 id="keys">Encoder</h2>
        <div class="row">
          <ActionButton
            class="button-small"
            busy="Sign in your wallet"
            onAction={async () => setKeys(await gateway.publishKeys(stream))}
          >
            <KeyIcon />
            Show keys
          </ActionButton>
          <ActionButton class="button-small button-main" busy="Sign in your wallet" onAction={make}>
            <PlusIcon />
            New publish key
          </ActionButton>
        </div>
      </div>
      {made && <Fresh made={made} />}
      {!made && keys === null && (
        <p class="soft">
          An encoder such as OBS needs a server address and a key. Make a key, and both are shown. Your wallet signs
          each of these requests, so that nobody else can.
        </p>
      )}
      {keys?.length === 0 && !made && <p class="soft">There is no key: nobody can publish to this stream.</p>}
      {keys && keys.length > 0 && (
        <ul aria-label="Publish keys">
          {keys.map((key) => (
            <li key={key.id} class="key-row">
              <span class="mono">{key.id}</span>
              <span class="faint">
                made {timeOf(key.created_at)}, {key.last_used_at ? `used ${ago(key.last_used_at)}` : "never used"}
              </span>
              <span class="row push">
                <ActionButton class="button-small" busy="Sign twice" onAction={() => rotate(key.id)}>
                  Rotate
                </ActionButton>
                <ActionButton
                  class="button-small button-bad"
                  busy="Sign in your wallet"
                  onAction={() => revoke(key.id)}
                >
                  Revoke
                </ActionButton>
              </span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

//! A client of the chain made with subxt, without generated code: all that it knows is in the chain's metadata. It reads every
//! storage item, constant, event and extrinsic, asks the runtime, and encodes a sample of every call.

mod sample;

use anyhow::{bail, ensure, Context, Result};
use codec::{Decode, Encode};
use sample::Sampler;
use scale_value::{
    scale::{decode_as_type, encode_as_type},
    Composite, Value,
};
use serde_json::{json, Value as Json};
use std::collections::BTreeSet;
use subxt::{
    backend::LegacyBackend,
    config::RpcConfigFor,
    dynamic,
    ext::scale_value,
    rpcs::{LegacyRpcMethods, RpcClient},
    tx::TransactionStatus,
    Metadata, OnlineClient, OnlineClientAtBlock, SubstrateConfig,
};
use subxt_signer::{
    sr25519::{dev, Keypair},
    SecretUri,
};

const TICK_STREAM: &str = "TickStream";
/// Tip of which the partner's part is below the existential deposit, in planck.
const TIP: u128 = 2_000_000_000;
const PARTNER_PPM: u128 = 250_000;
const VLK: u128 = 1_000_000_000_000;

type AtBlock = OnlineClientAtBlock<SubstrateConfig>;
type DynamicCall = subxt::tx::DynamicPayload<Composite<()>>;

/// Connection to a node.
pub struct Subxt {
    online: OnlineClient<SubstrateConfig>,
    methods: LegacyRpcMethods<RpcConfigFor<SubstrateConfig>>,
    partner: Keypair,
}

fn named<const N: usize>(fields: [(&str, Value); N]) -> Composite<()> {
    Composite::named(fields.map(|(name, value)| (name.to_owned(), value)))
}

fn call<const N: usize>(pallet: &str, name: &str, args: [(&str, Value); N]) -> DynamicCall {
    dynamic::tx(pallet, name, named(args))
}

fn list(items: impl IntoIterator<Item = Value>) -> Value {
    Value::unnamed_composite(items)
}

fn id_of(key: &Keypair) -> Value {
    Value::from_bytes(key.public_key().0)
}

fn address_of(key: &Keypair) -> Value {
    Value::unnamed_variant("Id", [id_of(key)])
}

impl Subxt {
    /// Connects to the node at `url`. Its accounts, other than those of the development chain, are derived from `uri`.
    pub async fn connect(url: &str, uri: &str) -> Result<Self> {
        let rpc = RpcClient::from_insecure_url(url).await?;
        let backend = std::sync::Arc::new(LegacyBackend::builder().build(rpc.clone()));
        let online = OnlineClient::from_backend_with_config(SubstrateConfig::new(), backend).await?;
        let partner = Keypair::from_uri(&format!("{uri}//partner").parse::<SecretUri>()?)?;
        Ok(Self { online, methods: LegacyRpcMethods::new(rpc), partner })
    }

    async fn best(&self) -> Result<AtBlock> {
        let hash = self.methods.chain_get_block_hash(None).await?.context("the chain has a best block")?;
        Ok(self.online.at_block(hash).await?)
    }

    /// Signs and sends a call, waits until a best block includes it, and returns the names of its events of TickStream.
    async fn submit(&self, call: &DynamicCall, signer: &Keypair) -> Result<BTreeSet<String>> {
        let mut transactions = self.best().await?.transactions();
        let mut progress = transactions.sign_and_submit_then_watch_default(call, signer).await?;
        while let Some(status) = progress.next().await {
            if let TransactionStatus::InBestBlock(block) = status? {
                let events = block.wait_for_success().await?;
                let own = events.iter().filter_map(Result::ok).filter(|event| event.pallet_name() == TICK_STREAM);
                return Ok(own.map(|event| event.event_name().to_owned()).collect());
            }
        }
        bail!("{}.{} is in no block", call.pallet_name(), call.call_name())
    }

    /// Brings about the events that clients rarely see: earnings that are swept, and a deposit that is reaped.
    pub async fn make_rare_events(&self) -> Result<()> {
        let at = self.best().await?;
        let next = at.storage().fetch(dynamic::storage::<(), u64>(TICK_STREAM, "NextStream"), ()).await?;
        let stream = Value::u128(next.decode()?.into());
        let (bob, partner) = (dev::bob(), id_of(&self.partner));
        let request = Value::named_composite([
            ("price_per_tick", Value::u128(1_000_000_000)),
            ("preview_ticks", Value::u128(0)),
            ("gateway_share", list([Value::u128(100_000)])),
            ("splits", list([list([list([partner.clone(), list([Value::u128(PARTNER_PPM)])])])])),
            ("metadata", Value::from_bytes(b"")),
        ]);
        let tip = [("stream", stream), ("amount", Value::u128(TIP)), ("memo", Value::from_bytes(b""))];
        let funds = [("dest", address_of(&self.partner)), ("value", Value::u128(VLK))];
        let calls = [
            call("Balances", "transfer_keep_alive", funds),
            call(TICK_STREAM, "create_stream", [("request", request)]),
            call(TICK_STREAM, "tip", tip),
        ];
        let calls = list(calls.into_iter().map(|call| call.into_value()));
        let events = self.submit(&call("Utility", "batch_all", [("calls", calls)]), &bob).await?;
        ensure!(events.contains("Tipped"), "{events:?}");

        // The partner's account ends, so that its earnings cannot be paid out any more.
        let all = [("dest", address_of(&bob)), ("keep_alive", Value::bool(false))];
        self.submit(&call("Balances", "transfer_all", all), &self.partner).await?;
        let events = self.submit(&call(TICK_STREAM, "sweep_earnings", [("account", partner)]), &bob).await?;
        ensure!(events == BTreeSet::from(["EarningsSwept".to_owned()]), "{events:?}");
        self.write_reaped_deposit().await
    }

    /// Lets root write the event of a reaped deposit. A deposit can be reaped an hour after its last use, which is too long for
    /// a test.
    async fn write_reaped_deposit(&self) -> Result<()> {
        let at = self.best().await?;
        let account = || Value::from_bytes([7; 32]);
        let fields = [("viewer", account()), ("by", account()), ("bonds", Value::u128(VLK))];
        let record = Value::named_composite([
            ("phase", Value::unnamed_variant("ApplyExtrinsic", [Value::u128(0)])),
            ("event", Value::unnamed_variant(TICK_STREAM, [Value::named_variant("DepositReaped", fields)])),
            ("topics", list([])),
        ]);
        let metadata = at.metadata();
        let storage =
            metadata.pallet_by_name("System").and_then(|pallet| pallet.storage()).context("System has storage")?;
        let events = storage.entry_by_name("Events").context("System has events")?;
        let mut bytes = Vec::new();
        encode_as_type(&list([record]), events.value_ty(), metadata.types(), &mut bytes)?;
        let key = at.storage().entry(("System", "Events"))?.key_prefix();
        let items = list([list([Value::from_bytes(key), Value::from_bytes(bytes)])]);
        let write = call("System", "set_storage", [("items", items)]).into_value();
        self.submit(&call("Sudo", "sudo", [("call", write)]), &dev::alice()).await.map(drop)
    }

    /// Reads all that the chain has, and encodes a sample of every call. Returns how much of each kind.
    pub async fn read_everything(&self) -> Result<Json> {
        let at = self.best().await?;
        let metadata = at.metadata();
        let (storage_items, storage_values) = read_storage(&at, &metadata).await?;
        let (calls, encoded_calls) = encode_calls(&at, &metadata)?;
        let (events, extrinsics, unseen_events) = self.read_blocks(&at, &metadata).await?;
        Ok(json!({
            "calls": calls,
            "encoded_calls": encoded_calls,
            "storage_items": storage_items,
            "storage_values": storage_values,
            "constants": read_constants(&at, &metadata)?,
            "runtime_apis": ask_the_runtime(&at, &metadata).await?,
            "view_functions": ask_view_functions(&at, &metadata).await?,
            "events": events,
            "extrinsics": extrinsics,
            "unseen_events": unseen_events,
        }))
    }

    /// Decodes the events and the extrinsics of every block, and says which events of TickStream were not among them.
    async fn read_blocks(&self, best: &AtBlock, metadata: &Metadata) -> Result<(u64, u64, Vec<String>)> {
        let pallet = metadata.pallet_by_name(TICK_STREAM).context("the chain has TickStream")?;
        let variants = pallet.event_variants().context("TickStream has events")?;
        let mut unseen: BTreeSet<&str> = variants.iter().map(|variant| variant.name.as_str()).collect();
        let (mut events, mut extrinsics) = (0, 0);
        for number in 1..=best.block_number() {
            let at = self.online.at_block(number).await?;
            for event in at.events().fetch().await?.iter() {
                let event = event?;
                event.decode_fields_unchecked_as::<Composite<()>>()?;
                events += 1;
                if event.pallet_name() == TICK_STREAM {
                    unseen.remove(event.event_name());
                }
            }
            for extrinsic in at.extrinsics().fetch().await?.iter() {
                extrinsic?.decode_call_data_fields_unchecked_as::<Composite<()>>()?;
                extrinsics += 1;
            }
        }
        Ok((events, extrinsics, unseen.into_iter().map(str::to_owned).collect()))
    }
}

/// Reads every item of every pallet: all entries of maps, and the values of others. Returns the number of items and of values.
async fn read_storage(at: &AtBlock, metadata: &Metadata) -> Result<(u64, u64)> {
    let (mut items, mut values) = (0, 0);
    for pallet in metadata.pallets() {
        for item in pallet.storage().into_iter().flat_map(|storage| storage.entries()) {
            items += 1;
            let entry = at.storage().entry((pallet.name(), item.name()))?;
            if entry.is_plain() {
                let value = entry.try_fetch(Vec::new()).await?;
                value.map(|value| value.decode()).transpose()?;
                values += 1;
                continue;
            }
            let mut found = entry.iter(Vec::<Value>::new()).await?;
            while let Some(pair) = found.next().await {
                let pair = pair?;
                pair.key()?;
                pair.value().decode().with_context(|| format!("{}.{}", pallet.name(), item.name()))?;
                values += 1;
            }
        }
    }
    Ok((items, values))
}

fn read_constants(at: &AtBlock, metadata: &Metadata) -> Result<u64> {
    let mut count = 0;
    for pallet in metadata.pallets() {
        for constant in pallet.constants() {
            at.constants().entry(dynamic::constant::<Value>(pallet.name(), constant.name()))?;
            count += 1;
        }
    }
    Ok(count)
}

/// Encodes a sample of every call, decodes it, and compares. Returns the number of calls of TickStream, and of all.
fn encode_calls(at: &AtBlock, metadata: &Metadata) -> Result<(u64, u64)> {
    let (sampler, mut own, mut all) = (Sampler::new(metadata.types()), 0, 0);
    for pallet in metadata.pallets() {
        for variant in pallet.call_variants().unwrap_or_default() {
            let name = format!("{}.{}", pallet.name(), variant.name);
            let fields = variant.fields.iter().map(|field| {
                let value = sampler.sample(field.ty.id).with_context(|| name.clone())?;
                Ok((field.name.clone().unwrap_or_default(), value))
            });
            let args = Composite::named(fields.collect::<Result<Vec<_>>>()?);
            let bytes = at.transactions().call_data(&dynamic::tx(pallet.name(), &variant.name, args))?;
            let decoded = at.transactions().from_call_data_bytes(&bytes)?;
            let names = (decoded.pallet_name(), decoded.call_name());
            ensure!(names == (pallet.name(), &variant.name), "{name} is decoded as {names:?}");
            ensure!(at.transactions().call_data(&decoded)? == bytes, "{name} is encoded in two ways");
            all += 1;
            own += u64::from(pallet.name() == TICK_STREAM);
        }
    }
    Ok((own, all))
}

/// Calls every method of the runtime API with a sample. Returns their number.
async fn ask_the_runtime(at: &AtBlock, metadata: &Metadata) -> Result<u64> {
    let sampler = Sampler::new(metadata.types());
    let api = metadata.runtime_api_trait_by_name("TickStreamApi").context("the runtime has an API of TickStream")?;
    let mut count = 0;
    for method in api.methods() {
        let args: Vec<Value> = method.inputs().map(|input| sampler.sample(input.id)).collect::<Result<_>>()?;
        at.runtime_apis().call(dynamic::runtime_api_call::<_, Value>(api.name(), method.name(), args)).await?;
        count += 1;
    }
    Ok(count)
}

/// Calls every view function of TickStream with a sample. Returns their number.
async fn ask_view_functions(at: &AtBlock, metadata: &Metadata) -> Result<u64> {
    let sampler = Sampler::new(metadata.types());
    let pallet = metadata.pallet_by_name(TICK_STREAM).context("the chain has TickStream")?;
    let mut count = 0;
    for function in pallet.view_functions() {
        let args: Vec<Value> = function.inputs().map(|input| sampler.sample(input.id)).collect::<Result<_>>()?;
        let call = dynamic::view_function_call::<_, Value>(pallet.name(), function.name(), args);
        let bytes = at.view_functions().encode_args(call)?;
        // The library leaves out the length of the arguments, and takes the answer for the value alone.
        let (id, args) = bytes.split_at(function.query_id().len());
        let answer = at.view_functions().call_raw(Some(&[id, &args.encode()].concat())).await?;
        let Some((0, mut value)) = answer.split_first() else { bail!("{} fails: {answer:?}", function.name()) };
        let value = Vec::<u8>::decode(&mut value)?;
        let mut rest = &value[..];
        decode_as_type(&mut rest, function.output_ty(), metadata.types())?;
        ensure!(rest.is_empty(), "{} has an answer of another type", function.name());
        count += 1;
    }
    Ok(count)
}

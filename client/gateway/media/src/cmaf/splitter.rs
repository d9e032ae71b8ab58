//! Bytes in any chunks -> initialisation and fragments. Nothing is copied but into the one buffer, and never more is
//! held than the largest fragment allowed and the chunk last pushed.

use super::{
    boxes::{FourCc, Header},
    CmafError, Fragment, Init,
};
use bytes::{Bytes, BytesMut};
use std::sync::Arc;

/// The longest `ftyp` and `moov` together: a few hundred bytes are usual.
pub const MAX_INIT_BYTES: usize = 1 << 20;
/// The longest `moof` and `mdat` together: half a second of 500 Mbit/s.
pub const MAX_FRAGMENT_BYTES: usize = 32 << 20;

/// A piece of the stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Chunk {
    /// Comes first, and again if the tracks change.
    Init(Arc<Init>),
    /// Media.
    Fragment(Fragment),
}

/// Splits one byte stream. After an error nothing more comes: a damaged stream has no place to go on from.
#[derive(Debug, Default)]
pub struct Splitter {
    buffer: BytesMut,
    /// Bytes of a box without interest that have not come yet.
    skip_bytes: u64,
    ftyp: Option<Bytes>,
    init: Option<Arc<Init>>,
    failed: Option<CmafError>,
}

impl Splitter {
    /// For a stream from its start.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes more of the stream and adds to `chunks` what has become whole. What was added before an error is good.
    pub fn push(&mut self, bytes: &[u8], chunks: &mut Vec<Chunk>) -> Result<(), CmafError> {
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        self.buffer.extend_from_slice(bytes);
        self.split(chunks).inspect_err(|error| {
            self.failed = Some(error.clone());
            self.buffer = BytesMut::new();
        })
    }

    /// Bytes that wait for the rest of their box.
    pub fn held_bytes(&self) -> usize {
        self.buffer.len()
    }

    fn split(&mut self, chunks: &mut Vec<Chunk>) -> Result<(), CmafError> {
        loop {
            self.skip();
            let Some(header) = Header::read(&self.buffer)? else { return Ok(()) };
            let chunk = match &header.name.0 {
                b"ftyp" => self.take_ftyp(header)?,
                b"moov" => self.take_init(header)?.map(Some),
                b"moof" => self.take_fragment(header)?.map(Some),
                b"styp" | b"sidx" | b"prft" | b"emsg" | b"free" | b"skip" | b"uuid" | b"mfra" => {
                    self.skip_bytes = header.total_bytes;
                    Some(None)
                }
                _ => return Err(CmafError::UnexpectedBox(header.name)),
            };
            match chunk {
                Some(chunk) => chunks.extend(chunk),
                // More bytes are needed.
                None => return Ok(()),
            }
        }
    }

    fn skip(&mut self) {
        let now = self.skip_bytes.min(self.buffer.len() as u64);
        // At most the buffer's length, so it fits.
        bytes::Buf::advance(&mut self.buffer, now as usize);
        self.skip_bytes -= now;
    }

    fn take_ftyp(&mut self, header: Header) -> Result<Option<Option<Chunk>>, CmafError> {
        let Some(whole) = self.take(within_init(header.total_bytes)?) else { return Ok(None) };
        self.ftyp = Some(whole);
        Ok(Some(None))
    }

    fn take_init(&mut self, header: Header) -> Result<Option<Chunk>, CmafError> {
        let ftyp = self.ftyp.clone().unwrap_or_default();
        within_init(header.total_bytes.saturating_add(ftyp.len() as u64))?;
        let Some(moov) = self.take(within_init(header.total_bytes)?) else { return Ok(None) };
        let bytes = Bytes::from([&ftyp[..], &moov[..]].concat());
        let init = Arc::new(Init::read(bytes, &moov[header.header_bytes..])?);
        self.init = Some(init.clone());
        Ok(Some(Chunk::Init(init)))
    }

    fn take_fragment(&mut self, moof: Header) -> Result<Option<Chunk>, CmafError> {
        let init = self.init.clone().ok_or(CmafError::NoInit)?;
        let moof_bytes = within_fragment(moof.total_bytes)?;
        let Some(mdat) = Header::read(self.buffer.get(moof_bytes..).unwrap_or_default())? else { return Ok(None) };
        if &mdat.name.0 != b"mdat" {
            return Err(CmafError::MissingBox { parent: moof.name, child: FourCc(*b"mdat") });
        }
        let total = within_fragment(moof.total_bytes.saturating_add(mdat.total_bytes))?;
        let Some(whole) = self.take(total) else { return Ok(None) };
        let payload = whole.slice(moof.header_bytes..moof_bytes);
        Fragment::read(whole, &payload, &init).map(|fragment| Some(Chunk::Fragment(fragment)))
    }

    fn take(&mut self, count: usize) -> Option<Bytes> {
        (self.buffer.len() >= count).then(|| self.buffer.split_to(count).freeze())
    }
}

fn within_init(bytes: u64) -> Result<usize, CmafError> {
    let too_large = CmafError::InitTooLarge { bytes, max: MAX_INIT_BYTES };
    usize::try_from(bytes).ok().filter(|bytes| *bytes <= MAX_INIT_BYTES).ok_or(too_large)
}

fn within_fragment(bytes: u64) -> Result<usize, CmafError> {
    let too_large = CmafError::FragmentTooLarge { bytes, max: MAX_FRAGMENT_BYTES };
    usize::try_from(bytes).ok().filter(|bytes| *bytes <= MAX_FRAGMENT_BYTES).ok_or(too_large)
}

//! Splits a byte stream into its initialisation and its fragments. Bytes are copied once, into one buffer, which never
//! holds more than the largest allowed fragment and the chunk last pushed.

use super::{boxes::Header, error::CmafError, four_cc::FourCc, fragment::Fragment, init::Init};
use bytes::{Bytes, BytesMut};
use std::sync::Arc;

/// Maximum size of `ftyp` and `moov` together. A few hundred bytes are usual.
pub const MAX_INIT_BYTES: usize = 1 << 20;
/// Maximum size of `moof` and `mdat` together: half a second at 500 Mbit/s.
pub const MAX_FRAGMENT_BYTES: usize = 32 << 20;

/// A unit of the stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Chunk {
    /// The initialisation. It comes first, and again if the tracks change.
    Init(Arc<Init>),
    /// A fragment of media.
    Fragment(Fragment),
}

/// Splits one byte stream. After an error it returns that error for ever: a damaged stream cannot be resynchronised.
#[derive(Debug, Default)]
pub struct Splitter {
    buffer: BytesMut,
    /// Bytes that are still to come of a box that is not needed.
    skip_bytes: u64,
    ftyp: Option<Bytes>,
    init: Option<Arc<Init>>,
    failed: Option<CmafError>,
}

impl Splitter {
    /// A splitter at the start of a stream.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes more bytes of the stream and appends the chunks that have become complete to `chunks`.
    ///
    /// # Errors
    ///
    /// The stream is damaged or exceeds a limit. Chunks that were appended before the error are valid.
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

    /// Number of bytes that wait for the rest of their box.
    #[cfg(test)]
    pub(super) fn held_bytes(&self) -> usize {
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
        // At most the length of the buffer, so it fits.
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

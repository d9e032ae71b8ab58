//! Reader of boxes and their fields. It returns errors for damaged input and never panics.

use super::{error::CmafError, four_cc::FourCc};

/// Name and size of a box, from its first bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Header {
    pub name: FourCc,
    /// Size of the header.
    pub header_bytes: usize,
    /// Size of header and payload together.
    pub total_bytes: u64,
}

impl Header {
    /// Reads a header. `None` if `bytes` does not contain all of it.
    pub fn read(bytes: &[u8]) -> Result<Option<Self>, CmafError> {
        let Some((size, rest)) = bytes.split_first_chunk::<4>() else { return Ok(None) };
        let Some((name, rest)) = rest.split_first_chunk::<4>() else { return Ok(None) };
        let name = FourCc(*name);
        let size = u64::from(u32::from_be_bytes(*size));
        let (header_bytes, total_bytes) = match (size, rest.first_chunk::<8>()) {
            (1, None) => return Ok(None),
            (1, Some(large)) => (16, u64::from_be_bytes(*large)),
            _ => (8, size),
        };
        // A size of 0 means "to the end of the file"; an endless stream has no end.
        if total_bytes < header_bytes as u64 {
            return Err(CmafError::BoxSize { name, bytes: total_bytes });
        }
        Ok(Some(Self { name, header_bytes, total_bytes }))
    }
}

/// Iterator over the boxes in a payload.
pub(super) struct Boxes<'a> {
    rest: &'a [u8],
}

impl<'a> Boxes<'a> {
    pub fn of(payload: &'a [u8]) -> Self {
        Self { rest: payload }
    }

    fn split(&mut self) -> Result<Option<(FourCc, &'a [u8])>, CmafError> {
        // QuickTime ends some boxes with four zero bytes. Any remainder shorter than a header is ignored as well.
        let Some(header) = Header::read(self.rest)? else { return Ok(None) };
        let too_long = CmafError::BoxSize { name: header.name, bytes: header.total_bytes };
        let total = usize::try_from(header.total_bytes).map_err(|_| too_long.clone())?;
        let whole = self.rest.get(..total).ok_or(too_long)?;
        self.rest = &self.rest[total..];
        Ok(Some((header.name, &whole[header.header_bytes..])))
    }
}

impl<'a> Iterator for Boxes<'a> {
    type Item = Result<(FourCc, &'a [u8]), CmafError>;

    fn next(&mut self) -> Option<Self::Item> {
        let item = self.split().transpose();
        if matches!(item, Some(Err(_))) {
            self.rest = &[];
        }
        item
    }
}

/// The payload of the first child of that name.
pub(super) fn child<'a>(payload: &'a [u8], name: &[u8; 4]) -> Result<Option<&'a [u8]>, CmafError> {
    for found in Boxes::of(payload) {
        let (found, inner) = found?;
        if found.0 == *name {
            return Ok(Some(inner));
        }
    }
    Ok(None)
}

/// The payload of the first child of that name, which must be present.
pub(super) fn need<'a>(payload: &'a [u8], parent: &[u8; 4], name: &[u8; 4]) -> Result<&'a [u8], CmafError> {
    child(payload, name)?.ok_or(CmafError::MissingBox { parent: FourCc(*parent), child: FourCc(*name) })
}

/// Fields of one box, read in order.
pub(super) struct Fields<'a> {
    rest: &'a [u8],
    name: FourCc,
}

impl<'a> Fields<'a> {
    pub fn of(name: &[u8; 4], payload: &'a [u8]) -> Self {
        Self { rest: payload, name: FourCc(*name) }
    }

    /// Version and flags of a full box, and the fields after them.
    pub fn full(name: &[u8; 4], payload: &'a [u8]) -> Result<(u8, u32, Self), CmafError> {
        let mut fields = Self::of(name, payload);
        let word = fields.u32()?;
        Ok(((word >> 24) as u8, word & 0x00ff_ffff, fields))
    }

    pub fn bytes(&mut self, count: usize) -> Result<&'a [u8], CmafError> {
        let (taken, rest) = self.rest.split_at_checked(count).ok_or(CmafError::Truncated(self.name))?;
        self.rest = rest;
        Ok(taken)
    }

    pub fn skip(&mut self, count: usize) -> Result<(), CmafError> {
        self.bytes(count).map(|_| ())
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], CmafError> {
        let (taken, rest) = self.rest.split_first_chunk().ok_or(CmafError::Truncated(self.name))?;
        self.rest = rest;
        Ok(*taken)
    }

    pub fn u8(&mut self) -> Result<u8, CmafError> {
        self.array::<1>().map(|[byte]| byte)
    }

    pub fn u16(&mut self) -> Result<u16, CmafError> {
        self.array().map(u16::from_be_bytes)
    }

    pub fn u32(&mut self) -> Result<u32, CmafError> {
        self.array().map(u32::from_be_bytes)
    }

    pub fn u64(&mut self) -> Result<u64, CmafError> {
        self.array().map(u64::from_be_bytes)
    }

    /// A number of 32 bits in version 0, and of 64 bits in later versions.
    pub fn sized(&mut self, version: u8) -> Result<u64, CmafError> {
        if version == 0 {
            self.u32().map(u64::from)
        } else {
            self.u64()
        }
    }

    /// Bytes that have not been read.
    pub fn rest(&self) -> &'a [u8] {
        self.rest
    }
}

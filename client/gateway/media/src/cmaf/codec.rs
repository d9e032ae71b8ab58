//! RFC 6381 name of a sample entry, from its decoder configuration.

use super::{
    boxes::{need, Fields},
    error::CmafError,
    four_cc::FourCc,
};

/// Offset of the children in a visual sample entry.
pub(super) const VISUAL_FIELDS_BYTES: usize = 78;
/// Offset of the children in an audio sample entry.
pub(super) const AUDIO_FIELDS_BYTES: usize = 28;

/// Name of the codec of a sample entry; `entry` is its payload.
pub(super) fn name(kind: FourCc, entry: &[u8]) -> Result<String, CmafError> {
    let children = |fields_bytes| entry.get(fields_bytes..).ok_or(CmafError::Truncated(kind));
    match &kind.0 {
        b"avc1" | b"avc3" => avc(kind, need(children(VISUAL_FIELDS_BYTES)?, &kind.0, b"avcC")?),
        b"hvc1" | b"hev1" => hevc(kind, need(children(VISUAL_FIELDS_BYTES)?, &kind.0, b"hvcC")?),
        b"av01" => av1(need(children(VISUAL_FIELDS_BYTES)?, &kind.0, b"av1C")?),
        b"vp09" => vp9(need(children(VISUAL_FIELDS_BYTES)?, &kind.0, b"vpcC")?),
        b"mp4a" => mp4a(need(children(AUDIO_FIELDS_BYTES)?, &kind.0, b"esds")?),
        // Browsers expect the lower-case name.
        b"Opus" => Ok("opus".into()),
        b"fLaC" | b"ac-3" | b"ec-3" => Ok(kind.to_string()),
        _ => Err(CmafError::UnknownCodec(kind)),
    }
}

/// `avc1.64001f`: profile, constraints, level.
fn avc(kind: FourCc, config: &[u8]) -> Result<String, CmafError> {
    let mut fields = Fields::of(b"avcC", config);
    fields.skip(1)?;
    let (profile, constraints, level) = (fields.u8()?, fields.u8()?, fields.u8()?);
    Ok(format!("{kind}.{profile:02x}{constraints:02x}{level:02x}"))
}

/// `hvc1.1.6.L93.B0`: profile space and profile, compatibility flags in reverse bit order, tier and level, constraints.
fn hevc(kind: FourCc, config: &[u8]) -> Result<String, CmafError> {
    let mut fields = Fields::of(b"hvcC", config);
    fields.skip(1)?;
    let profile = fields.u8()?;
    let compatibility = fields.u32()?.reverse_bits();
    let constraints = fields.bytes(6)?;
    let level = fields.u8()?;
    let space = ["", "A", "B", "C"][usize::from(profile >> 6)];
    let tier = if profile & 0x20 == 0 { 'L' } else { 'H' };
    let mut name = format!("{kind}.{space}{}.{compatibility:X}.{tier}{level}", profile & 0x1f);
    // Trailing zero bytes are left out.
    let used = constraints.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    for byte in &constraints[..used] {
        name.push_str(&format!(".{byte:X}"));
    }
    Ok(name)
}

/// `av01.0.08M.08`: profile, level and tier, bit depth.
fn av1(config: &[u8]) -> Result<String, CmafError> {
    let mut fields = Fields::of(b"av1C", config);
    fields.skip(1)?;
    let (profile_level, flags) = (fields.u8()?, fields.u8()?);
    let profile = profile_level >> 5;
    let tier = if flags & 0x80 == 0 { 'M' } else { 'H' };
    let depth = match (flags & 0x40 != 0, profile == 2 && flags & 0x20 != 0) {
        (false, _) => 8,
        (true, false) => 10,
        (true, true) => 12,
    };
    Ok(format!("av01.{profile}.{:02}{tier}.{depth:02}", profile_level & 0x1f))
}

/// `vp09.00.31.08`: profile, level, bit depth.
fn vp9(config: &[u8]) -> Result<String, CmafError> {
    let (_, _, mut fields) = Fields::full(b"vpcC", config)?;
    let (profile, level, depth) = (fields.u8()?, fields.u8()?, fields.u8()? >> 4);
    Ok(format!("vp09.{profile:02}.{level:02}.{depth:02}"))
}

/// `mp4a.40.2`: object type, and for MPEG-4 audio the audio object type.
fn mp4a(esds: &[u8]) -> Result<String, CmafError> {
    let (_, _, mut fields) = Fields::full(b"esds", esds)?;
    descriptor(&mut fields, 3)?;
    fields.skip(2)?;
    let flags = fields.u8()?;
    if flags & 0x80 != 0 {
        fields.skip(2)?;
    }
    if flags & 0x40 != 0 {
        let url_bytes = fields.u8()?;
        fields.skip(usize::from(url_bytes))?;
    }
    if flags & 0x20 != 0 {
        fields.skip(2)?;
    }
    descriptor(&mut fields, 4)?;
    let object_type = fields.u8()?;
    fields.skip(12)?;
    if object_type != 0x40 {
        return Ok(format!("mp4a.{object_type:02x}"));
    }
    descriptor(&mut fields, 5)?;
    let first = fields.u8()?;
    let audio_object = match first >> 3 {
        // 31 is an escape: the type is in the next six bits.
        31 => 32 + ((first & 7) << 3) + (fields.u8()? >> 5),
        kind => kind,
    };
    Ok(format!("mp4a.40.{audio_object}"))
}

/// Enters the MPEG-4 descriptor of that tag. Its length takes one to four bytes.
fn descriptor(fields: &mut Fields<'_>, tag: u8) -> Result<(), CmafError> {
    if fields.u8()? != tag {
        return Err(CmafError::Truncated(FourCc(*b"esds")));
    }
    for _ in 0..4 {
        if fields.u8()? & 0x80 == 0 {
            return Ok(());
        }
    }
    Err(CmafError::Truncated(FourCc(*b"esds")))
}

//! Reads MPEG-TS: the tables that announce tracks, the times of packets, and where pictures begin.

use super::{flow::Flows, track::Kind};
use crate::source::SourceChunk;
use bytes::{Bytes, BytesMut};
use std::collections::BTreeMap;

const PACKET_BYTES: usize = 188;
const SYNC: u8 = 0x47;
/// PID of the table of programs.
const PAT_PID: u16 = 0;
const PAT_ID: u8 = 0;
const PMT_ID: u8 = 2;
/// Maximum size of a section of a table.
const MAX_SECTION_BYTES: usize = 1024;
/// Maximum number of programs that are read.
const MAX_PROGRAMS: usize = 8;
/// Ticks of a timestamp per millisecond.
const TICKS_PER_MS: u64 = 90;

/// Reads one stream.
#[derive(Debug, Default)]
pub(super) struct Reader {
    /// Bytes of an incomplete packet.
    rest: Bytes,
    tables: BTreeMap<u16, Table>,
    /// Coding of the video tracks.
    codings: BTreeMap<u16, Coding>,
    /// Packets of the tables, as they were stated last.
    preamble: Bytes,
}

/// A table that arrives in packets of its PID.
#[derive(Debug, Default)]
struct Table {
    section: Vec<u8>,
    packets: Vec<u8>,
    /// Packets of the last complete section.
    complete: Vec<u8>,
    /// PIDs that it announces.
    pids: Vec<u16>,
}

/// How a keyframe is recognised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Coding {
    Mpeg,
    H264,
    Hevc,
    Other,
}

/// A packet, parsed.
struct Packet<'a> {
    pid: u16,
    is_start: bool,
    is_random_access: bool,
    payload: &'a [u8],
}

impl Reader {
    /// Reads a chunk, and cuts it before each packet at which a decoder can begin.
    pub fn take(&mut self, chunk: SourceChunk, flows: &mut Flows) -> Vec<SourceChunk> {
        let bytes = self.with_rest(&chunk.bytes);
        let mut cuts = vec![(0, false)];
        let mut at = 0;
        while at < bytes.len() {
            if bytes[at] != SYNC {
                // Garbage is passed on as it is: ffmpeg finds the next packet as well.
                at += 1;
                continue;
            }
            let Some(packet) = bytes.get(at..at + PACKET_BYTES) else { break };
            if self.packet(packet, flows) {
                match cuts.last_mut().filter(|(start, _)| *start == at) {
                    Some(last) => last.1 = true,
                    None => cuts.push((at, true)),
                }
            }
            at += PACKET_BYTES;
        }
        self.rest = bytes.slice(at.min(bytes.len())..);
        // A decoder of sound can begin anywhere.
        cuts[0].1 |= !flows.announces(Kind::Video);
        self.pieces(&bytes.slice(..at.min(bytes.len())), &cuts, chunk)
    }

    /// The bytes after the incomplete packet before them.
    fn with_rest(&mut self, bytes: &Bytes) -> Bytes {
        if self.rest.is_empty() {
            return bytes.clone();
        }
        let mut joined = BytesMut::with_capacity(self.rest.len() + bytes.len());
        joined.extend_from_slice(&std::mem::take(&mut self.rest));
        joined.extend_from_slice(bytes);
        joined.freeze()
    }

    fn pieces(&mut self, bytes: &Bytes, cuts: &[(usize, bool)], chunk: SourceChunk) -> Vec<SourceChunk> {
        let ends = cuts.iter().skip(1).map(|(start, _)| *start).chain([bytes.len()]);
        let ranges = cuts.iter().zip(ends).filter(|((start, _), end)| start < end);
        let arrived = chunk.arrived;
        let piece = |start: usize, end, is_entry| SourceChunk::new(bytes.slice(start..end), is_entry);
        let mut pieces: Vec<SourceChunk> =
            ranges.map(|((start, is_entry), end)| piece(*start, end, *is_entry).arrived_at(arrived)).collect();
        if let Some(first) = pieces.first_mut() {
            first.preamble = self.new_preamble();
        }
        // The share of the buffer belongs to the last piece, which is written last.
        if let Some(SourceChunk { bytes, is_entry, preamble, .. }) = pieces.pop() {
            pieces.push(SourceChunk { bytes, is_entry, preamble, ..chunk });
        }
        pieces
    }

    /// The tables, if they have changed.
    fn new_preamble(&mut self) -> Option<Bytes> {
        let now: Vec<u8> = self.tables.values().flat_map(|table| table.complete.iter().copied()).collect();
        if now == self.preamble {
            return None;
        }
        self.preamble = now.into();
        Some(self.preamble.clone())
    }

    /// Reads a packet. Returns whether a decoder of the video can begin with it.
    fn packet(&mut self, bytes: &[u8], flows: &mut Flows) -> bool {
        let Some(packet) = Packet::read(bytes) else { return false };
        if packet.pid == PAT_PID || self.tables.contains_key(&packet.pid) {
            self.table_packet(&packet, bytes, flows);
            return false;
        }
        let pid = packet.pid;
        let Some(kind) = flows.kind(pid.into()).filter(|_| packet.is_start) else { return false };
        let Some((ticks, media)) = pes(packet.payload) else { return false };
        let coding = self.codings.get(&pid).copied().unwrap_or(Coding::Other);
        let is_keyframe = kind == Kind::Video && (packet.is_random_access || coding.begins_with_keyframe(media));
        if let Some(ticks) = ticks {
            flows.media(pid.into(), ticks / TICKS_PER_MS, 0, is_keyframe);
        }
        is_keyframe
    }

    fn table_packet(&mut self, packet: &Packet<'_>, bytes: &[u8], flows: &mut Flows) {
        let table = self.tables.entry(packet.pid).or_default();
        let Some(section) = table.add(packet, bytes) else { return };
        if packet.pid == PAT_PID {
            let programs = programs(&section);
            self.tables.retain(|pid, _| *pid == PAT_PID || programs.contains(pid));
            for pid in programs.iter().take(MAX_PROGRAMS) {
                self.tables.entry(*pid).or_default();
            }
        } else if let Some(tracks) = tracks(&section) {
            for (pid, kind, coding) in &tracks {
                flows.announce((*pid).into(), *kind);
                self.codings.insert(*pid, *coding);
            }
            if let Some(table) = self.tables.get_mut(&packet.pid) {
                table.pids = tracks.iter().map(|(pid, ..)| *pid).collect();
            }
        }
        let is_known = |pid: u16| self.tables.values().any(|table| table.pids.contains(&pid));
        flows.retain(|number| u16::try_from(number).is_ok_and(is_known));
        self.codings.retain(|pid, _| is_known(*pid));
    }
}

impl<'a> Packet<'a> {
    fn read(bytes: &'a [u8]) -> Option<Self> {
        let [_, second, third, fourth, ..] = *bytes else { return None };
        let is_damaged = second & 0x80 != 0;
        let (has_adaptation, has_payload) = (fourth & 0x20 != 0, fourth & 0x10 != 0);
        if is_damaged || !has_payload {
            return None;
        }
        let mut at = 4;
        let mut is_random_access = false;
        if has_adaptation {
            let length = usize::from(bytes[4]);
            is_random_access = length > 0 && bytes[5] & 0x40 != 0;
            at += 1 + length;
        }
        Some(Self {
            pid: u16::from_be_bytes([second & 0x1f, third]),
            is_start: second & 0x40 != 0,
            is_random_access,
            payload: bytes.get(at..)?,
        })
    }
}

impl Table {
    /// Adds a packet. Returns the section that it completes.
    fn add(&mut self, packet: &Packet<'_>, bytes: &[u8]) -> Option<Vec<u8>> {
        let mut payload = packet.payload;
        if packet.is_start {
            let skipped = usize::from(*payload.first()?) + 1;
            payload = payload.get(skipped..)?;
            (self.section, self.packets) = (Vec::new(), Vec::new());
        } else if self.section.is_empty() {
            return None;
        }
        self.section.extend_from_slice(payload);
        self.packets.extend_from_slice(bytes);
        let length = usize::from(u16::from_be_bytes([*self.section.get(1)?, *self.section.get(2)?]) & 0x0fff) + 3;
        if self.section.len() < length && length <= MAX_SECTION_BYTES {
            return None;
        }
        let mut section = std::mem::take(&mut self.section);
        let packets = std::mem::take(&mut self.packets);
        if length > MAX_SECTION_BYTES {
            return None;
        }
        section.truncate(length);
        self.complete = packets;
        Some(section)
    }
}

/// The part of a section between its head and its checksum, if it is of this table.
fn body(section: &[u8], id: u8) -> Option<&[u8]> {
    let end = section.len().checked_sub(4)?;
    section.get(8..end).filter(|_| section[0] == id)
}

/// The PIDs of the tables of tracks.
fn programs(section: &[u8]) -> Vec<u16> {
    let entries = body(section, PAT_ID).unwrap_or_default().chunks_exact(4);
    // Program 0 is the table of the network.
    let programs = entries.filter(|entry| entry[..2] != [0, 0]);
    programs.map(|entry| u16::from_be_bytes([entry[2] & 0x1f, entry[3]])).filter(|pid| *pid != PAT_PID).collect()
}

/// The tracks of a program.
fn tracks(section: &[u8]) -> Option<Vec<(u16, Kind, Coding)>> {
    let body = body(section, PMT_ID)?;
    let length = |at: usize| Some(usize::from(u16::from_be_bytes([*body.get(at)?, *body.get(at + 1)?]) & 0x0fff));
    let mut at = 4 + length(2)?;
    let mut tracks = Vec::new();
    while at + 5 <= body.len() {
        let pid = u16::from_be_bytes([body[at + 1] & 0x1f, body[at + 2]]);
        let end = at + 5 + length(at + 3)?;
        let descriptors = body.get(at + 5..end).unwrap_or_default();
        if let Some((kind, coding)) = contents(body[at], descriptors) {
            tracks.push((pid, kind, coding));
        }
        at = end;
    }
    Some(tracks)
}

/// What a track contains. `None`: neither video nor audio, or something unknown.
fn contents(stream_type: u8, descriptors: &[u8]) -> Option<(Kind, Coding)> {
    Some(match stream_type {
        0x01 | 0x02 => (Kind::Video, Coding::Mpeg),
        0x1b => (Kind::Video, Coding::H264),
        0x24 => (Kind::Video, Coding::Hevc),
        0x10 | 0x21 | 0x33 | 0x42 | 0xd1 | 0xea => (Kind::Video, Coding::Other),
        0x03 | 0x04 | 0x0f | 0x11 | 0x1c | 0x81 | 0x87 => (Kind::Audio, Coding::Other),
        // Private data, which a descriptor explains.
        0x06 => (private_kind(descriptors)?, Coding::Other),
        _ => return None,
    })
}

fn private_kind(mut descriptors: &[u8]) -> Option<Kind> {
    const REGISTRATION: u8 = 0x05;
    const AC3: u8 = 0x6a;
    const EAC3: u8 = 0x7a;
    const DTS: u8 = 0x7b;
    const AAC: u8 = 0x7c;
    while let [tag, length, rest @ ..] = descriptors {
        let content = rest.get(..usize::from(*length))?;
        match (*tag, content) {
            (AC3 | EAC3 | DTS | AAC, _) | (REGISTRATION, b"Opus" | b"AC-3" | b"EAC3" | b"BSSD") => {
                return Some(Kind::Audio)
            }
            (REGISTRATION, b"HEVC" | b"AV01" | b"VC-1") => return Some(Kind::Video),
            _ => descriptors = &rest[usize::from(*length)..],
        }
    }
    None
}

/// The time at which a packet of media is decoded, and its first bytes.
fn pes(payload: &[u8]) -> Option<(Option<u64>, &[u8])> {
    let [0, 0, 1, _, _, _, _, flags, header_bytes, ..] = payload else { return None };
    let times = payload.get(9..).unwrap_or_default();
    let time = match flags >> 6 {
        2 => timestamp(times),
        3 => timestamp(times.get(5..)?),
        _ => None,
    };
    Some((time, payload.get(9 + usize::from(*header_bytes)..).unwrap_or_default()))
}

/// A timestamp of 33 bits.
fn timestamp(bytes: &[u8]) -> Option<u64> {
    let [a, b, c, d, e, ..] = *bytes else { return None };
    Some(
        u64::from(a >> 1 & 7) << 30
            | u64::from(b) << 22
            | u64::from(c >> 1) << 15
            | u64::from(d) << 7
            | u64::from(e >> 1),
    )
}

impl Coding {
    /// Whether the first bytes of a picture belong to one with which a decoder can begin.
    fn begins_with_keyframe(self, media: &[u8]) -> bool {
        if self == Self::Other {
            // Only a decoder can tell.
            return true;
        }
        let is_key = |first: u8| match self {
            Self::Mpeg => first == 0xb3,
            // A slice of an IDR picture, or parameters, which precede it.
            Self::H264 => matches!(first & 0x1f, 5 | 7),
            Self::Hevc => matches!(first >> 1 & 0x3f, 16..=21 | 32..=33),
            Self::Other => false,
        };
        media.windows(4).any(|window| window[..3] == [0, 0, 1] && is_key(window[3]))
    }
}

#[cfg(test)]
mod tests;

//! A filter of the sockets of SRT, which the kernel applies to each datagram before the library sees it.
//!
//! The library panics at some datagrams, and leaves a publisher without an answer at others. On a port that many publishers
//! share, one datagram of a stranger would end the connections of all. Only what the gateway needs is let through: it
//! receives media and never sends any.
//!
//! | datagram | condition |
//! | --- | --- |
//! | data, keep-alive, shutdown, acknowledgement of an acknowledgement | none |
//! | drop request | its range is in order |
//! | new key material | its lengths agree with each other |
//! | induction | none: its extensions are not read |
//! | conclusion | version 5, and extensions of the known types whose lengths are as they must be |
//!
//! The lengths matter, because the library takes what an extension has left over for the next one.

mod bpf;

use bpf::{
    Block,
    Operation::{Add, And, Or, ShiftLeft, ShiftRight, Subtract},
    Test::{Equals, HasBits, IsAbove, IsAtLeast},
    Width::{Byte, Half, Word},
};
use socket2::{Domain, Protocol, Socket, Type};
use std::{
    io,
    net::{SocketAddr, UdpSocket},
};

/// Size of the header of UDP, with which the filter sees a datagram.
const UDP: u32 = 8;
/// Size of the header of SRT, and of a handshake with its header and without extensions.
const HEADER: u32 = 16;
const HANDSHAKE: u32 = 64;

/// First halves of control packets. Packets without the highest bit are data.
const CONTROL: u32 = 0x8000;
const KEEP_ALIVE: u32 = 0x8001;
const SHUTDOWN: u32 = 0x8005;
const ACK_OF_ACK: u32 = 0x8006;
const DROP_REQUEST: u32 = 0x8007;
const USER_DEFINED: u32 = 0xffff;

/// Kinds of handshakes. Numbers from [`FIRST_REJECTION`] on say why a caller is refused; negative ones are other kinds.
const INDUCTION: u32 = 1;
const CONCLUSION: u32 = u32::MAX;
const FIRST_REJECTION: u32 = 1_000;
const NEGATIVE: u32 = 1 << 31;

/// Types of extensions of a handshake.
const HANDSHAKE_REQUEST: u32 = 1;
const HANDSHAKE_RESPONSE: u32 = 2;
const KEY_REQUEST: u32 = 3;
const KEY_RESPONSE: u32 = 4;
const STREAM_ID: u32 = 5;
/// Number of words of the first two types, and of the longest extension: a stream id of 512 bytes.
const HANDSHAKE_WORDS: u32 = 3;
const MAX_WORDS: u32 = 128;
/// Maximum number of extensions after the first one.
const MAX_EXTENSIONS: usize = 4;
/// Number of words of the longest stream id that cannot contain a publish key, which has 40 digits.
const MAX_WORDS_WITHOUT_KEY: u32 = 10;
/// Last number that a sequence may have, without which the library counts on.
const LAST_NUMBER: u32 = 0x7fff_ffff;

/// Places in the memory of the program.
const WORDS: u32 = 0;
const BEGIN: u32 = 1;
const END: u32 = 2;
const KEY_SIZE: u32 = 3;
/// Bits that are not allowed together: key material whose size is not announced, and a stream id that may contain a key.
const SEEN: u32 = 4;
const UNANNOUNCED_KEY: u32 = 1;
const LONG_STREAM_ID: u32 = 2;

/// Who sends to a socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Peers {
    /// Publishers of all streams.
    Publishers,
    /// Publishers of one stream, whose stream ids do not matter.
    PublishersOfOne,
    /// A listener that the gateway has called.
    Listener,
}

/// Binds a socket that receives only datagrams that the library can be given.
///
/// # Errors
///
/// The address cannot be bound, or the kernel does not take the filter.
pub(crate) fn bind(address: SocketAddr, peers: Peers) -> io::Result<UdpSocket> {
    let socket = Socket::new(Domain::for_address(address), Type::DGRAM, Some(Protocol::UDP))?;
    // Before the socket has an address, so that nothing comes unfiltered.
    let attached = program(peers).attach(&socket);
    attached.map_err(|error| io::Error::new(error.kind(), format!("SRT needs socket filters of Linux: {error}")))?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    Ok(socket.into())
}

fn program(peers: Peers) -> Block {
    Block::new()
        .load_length()
        .must(IsAtLeast, UDP + HEADER)
        .load(Half, UDP)
        .unless(HasBits, CONTROL, Block::new().pass())
        .when(Equals, KEEP_ALIVE, Block::new().pass())
        .when(Equals, SHUTDOWN, Block::new().pass())
        .when(Equals, ACK_OF_ACK, Block::new().pass())
        .when(Equals, DROP_REQUEST, drop_request())
        .when(Equals, USER_DEFINED, key_refresh())
        // What is left is a handshake.
        .must(Equals, CONTROL)
        .append(handshake(peers))
}

/// The first and the last number of a range, in this order.
fn drop_request() -> Block {
    Block::new()
        .load(Word, UDP + HEADER)
        .set_index_from_accumulator()
        .load(Word, UDP + HEADER + 4)
        .must_not(IsAtLeast, LAST_NUMBER)
        .must_compare(IsAtLeast)
        .pass()
}

/// Key material outside of a handshake, which fills the packet.
fn key_refresh() -> Block {
    Block::new()
        .load(Half, UDP + 2)
        .must(Equals, KEY_REQUEST)
        .load_length()
        .calculate(Subtract, UDP + HEADER)
        .calculate(ShiftRight, 2)
        .store(WORDS)
        .set_index(UDP + HEADER)
        .append(key_material(0))
        .pass()
}

/// Checks key material, which begins `offset` bytes after the index, against its number of words. Destroys the index.
///
/// It has a header of 4 words, a salt of 4 words, one or two keys, and 2 words by which they are verified.
fn key_material(offset: u32) -> Block {
    let length_of_key = || Block::new().load_from_index(Byte, offset + 15);
    Block::new()
        .load_from_index(Byte, offset + 14)
        .must(Equals, 4)
        .load_from_index(Byte, offset + 3)
        .calculate(And, 0b11)
        .must_not(Equals, 0)
        .either(Equals, 0b11, length_of_key().calculate(ShiftLeft, 1), length_of_key())
        .calculate(Add, 10)
        .set_index_from_memory(WORDS)
        .must_compare(Equals)
}

fn handshake(peers: Peers) -> Block {
    let field = |offset: u32| UDP + HEADER + offset;
    let begin = Block::new().load_length().must(IsAtLeast, UDP + HANDSHAKE).load(Word, field(20)).when(
        Equals,
        INDUCTION,
        Block::new().pass(),
    );
    let concluded = match peers {
        Peers::Publishers | Peers::PublishersOfOne => begin.must(Equals, CONCLUSION),
        Peers::Listener => begin.unless(
            Equals,
            CONCLUSION,
            Block::new().must_not(IsAtLeast, NEGATIVE).must(IsAtLeast, FIRST_REJECTION),
        ),
    };
    let announced = concluded
        .load(Word, field(0))
        .must(Equals, 5)
        // Nothing, 16, 24 or 32 bytes.
        .load(Half, field(4))
        .must_not(Equals, 1)
        .must_not(IsAbove, 4)
        .store(KEY_SIZE)
        .load_number(0)
        .store(SEEN);
    let first = match peers {
        // The library never answers a publisher without this extension.
        Peers::Publishers | Peers::PublishersOfOne => announced
            .load(Word, UDP + HANDSHAKE)
            .must(Equals, (HANDSHAKE_REQUEST << 16) | HANDSHAKE_WORDS)
            .set_index(UDP + HANDSHAKE + 4 * (1 + HANDSHAKE_WORDS)),
        Peers::Listener => announced.set_index(UDP + HANDSHAKE),
    };
    let extensions = (0..MAX_EXTENSIONS).fold(first, |block, _| block.append(extension(peers)));
    extensions.load_length().calculate_with_index(Subtract).must_not(IsAbove, 4).append(accept(peers))
}

/// Lets a handshake through whose extensions have been read.
fn accept(peers: Peers) -> Block {
    match peers {
        // A publisher whose key is in its stream id may do without encryption. The gateway tells by the announced size of
        // the key whether it does, and the library panics at key material that is not expected.
        Peers::Publishers => Block::new().load_memory(SEEN).must_not(Equals, UNANNOUNCED_KEY | LONG_STREAM_ID).pass(),
        Peers::PublishersOfOne | Peers::Listener => Block::new().pass(),
    }
}

/// Reads the extension at the index, and moves the index behind it. Lets the packet through if there is none.
fn extension(peers: Peers) -> Block {
    let note = |bit: u32| Block::new().load_memory(SEEN).calculate(Or, bit).store(SEEN);
    let key = key_material(4).load_memory(KEY_SIZE).when(Equals, 0, note(UNANNOUNCED_KEY));
    let stream_id = Block::new().must(Equals, STREAM_ID).load_memory(WORDS).when(
        IsAbove,
        MAX_WORDS_WITHOUT_KEY,
        note(LONG_STREAM_ID),
    );
    let kind = Block::new().set_index_from_memory(BEGIN).load_from_index(Half, 0);
    let checked = match peers {
        Peers::Publishers | Peers::PublishersOfOne => kind.either(Equals, KEY_REQUEST, key, stream_id),
        Peers::Listener => {
            let others = Block::new().either(Equals, KEY_RESPONSE, key, stream_id);
            let response = Block::new().load_memory(WORDS).must(Equals, HANDSHAKE_WORDS);
            kind.either(Equals, HANDSHAKE_RESPONSE, response, others)
        }
    };
    Block::new()
        .load_length()
        .calculate_with_index(Subtract)
        .unless(IsAbove, 4, accept(peers))
        .store_index(BEGIN)
        .load_from_index(Half, 2)
        .store(WORDS)
        .must_not(Equals, 0)
        .must_not(IsAbove, MAX_WORDS)
        .calculate(ShiftLeft, 2)
        .calculate(Add, 4)
        .calculate_with_index(Add)
        .store(END)
        .set_index_from_memory(END)
        .load_length()
        .must_compare(IsAtLeast)
        .append(checked)
        .set_index_from_memory(END)
}

#[cfg(test)]
mod tests;

//! Programs of the classic Berkeley Packet Filter, put together from blocks, so that no jump is counted by hand.
//!
//! A program has an accumulator, an index register and a few words of memory, and only jumps forward. A load behind the end of
//! the packet drops it.

use socket2::{SockFilter, Socket};
use std::io;

/// Result of a program that drops the packet, and of one that lets all of it through.
const DROP: u32 = 0;
const PASS: u32 = u32::MAX;

/// Classes of instructions, and parts of their codes, as `linux/bpf_common.h` has them.
const LOAD: u16 = 0x00;
const LOAD_INDEX: u16 = 0x01;
const STORE: u16 = 0x02;
const STORE_INDEX: u16 = 0x03;
const CALCULATE: u16 = 0x04;
const JUMP: u16 = 0x05;
const RETURN: u16 = 0x06;
const INDEX_FROM_ACCUMULATOR: u16 = 0x07;
const AT: u16 = 0x20;
const AT_INDEX: u16 = 0x40;
const MEMORY: u16 = 0x60;
const LENGTH: u16 = 0x80;
const WITH_INDEX: u16 = 0x08;

/// Width of what is loaded from the packet, in network byte order.
#[derive(Clone, Copy, Debug)]
#[repr(u16)]
pub enum Width {
    Word = 0x00,
    Half = 0x08,
    Byte = 0x10,
}

/// Calculations with the accumulator.
#[derive(Clone, Copy, Debug)]
#[repr(u16)]
pub enum Operation {
    Add = 0x00,
    Subtract = 0x10,
    Or = 0x40,
    And = 0x50,
    ShiftLeft = 0x60,
    ShiftRight = 0x70,
}

/// Tests of the accumulator.
#[derive(Clone, Copy, Debug)]
#[repr(u16)]
pub enum Test {
    Equals = 0x10,
    IsAbove = 0x20,
    IsAtLeast = 0x30,
    HasBits = 0x40,
}

#[derive(Clone, Copy, Debug)]
struct Instruction {
    code: u16,
    /// Number of instructions that are left out if a test is true, and if it is false.
    if_true: u8,
    if_false: u8,
    operand: u32,
}

/// Instructions that follow each other.
#[derive(Clone, Debug, Default)]
pub struct Block(Vec<Instruction>);

impl Block {
    pub fn new() -> Self {
        Self::default()
    }

    /// Loads a part of the packet.
    pub fn load(self, width: Width, offset: u32) -> Self {
        self.plain(LOAD | AT | width as u16, offset)
    }

    /// Loads a part of the packet that begins `offset` bytes after the index.
    pub fn load_from_index(self, width: Width, offset: u32) -> Self {
        self.plain(LOAD | AT_INDEX | width as u16, offset)
    }

    /// Loads the length of the packet.
    pub fn load_length(self) -> Self {
        self.plain(LOAD | LENGTH, 0)
    }

    pub fn load_number(self, number: u32) -> Self {
        self.plain(LOAD, number)
    }

    pub fn load_memory(self, place: u32) -> Self {
        self.plain(LOAD | MEMORY, place)
    }

    pub fn store(self, place: u32) -> Self {
        self.plain(STORE, place)
    }

    pub fn set_index(self, number: u32) -> Self {
        self.plain(LOAD_INDEX, number)
    }

    pub fn set_index_from_memory(self, place: u32) -> Self {
        self.plain(LOAD_INDEX | MEMORY, place)
    }

    pub fn set_index_from_accumulator(self) -> Self {
        self.plain(INDEX_FROM_ACCUMULATOR, 0)
    }

    pub fn store_index(self, place: u32) -> Self {
        self.plain(STORE_INDEX, place)
    }

    pub fn calculate(self, operation: Operation, number: u32) -> Self {
        self.plain(CALCULATE | operation as u16, number)
    }

    pub fn calculate_with_index(self, operation: Operation) -> Self {
        self.plain(CALCULATE | WITH_INDEX | operation as u16, 0)
    }

    /// Lets the packet through.
    pub fn pass(self) -> Self {
        self.plain(RETURN, PASS)
    }

    fn discard(self) -> Self {
        self.plain(RETURN, DROP)
    }

    /// Drops the packet unless a test is true.
    pub fn must(self, test: Test, number: u32) -> Self {
        self.test(JUMP | test as u16, (1, 0), number).discard()
    }

    /// Drops the packet if a test is true.
    pub fn must_not(self, test: Test, number: u32) -> Self {
        self.test(JUMP | test as u16, (0, 1), number).discard()
    }

    /// Drops the packet unless a comparison with the index is true.
    pub fn must_compare(self, test: Test) -> Self {
        self.test(JUMP | WITH_INDEX | test as u16, (1, 0), 0).discard()
    }

    /// Does something if a test is true.
    pub fn when(self, test: Test, number: u32, then: Self) -> Self {
        self.test(JUMP | test as u16, (1, 0), number).leave_out(&then).append(then)
    }

    /// Does something if a test is false.
    pub fn unless(self, test: Test, number: u32, then: Self) -> Self {
        self.test(JUMP | test as u16, (0, 1), number).leave_out(&then).append(then)
    }

    /// Does one thing or another.
    pub fn either(self, test: Test, number: u32, then: Self, otherwise: Self) -> Self {
        self.when(test, number, then.leave_out(&otherwise)).append(otherwise)
    }

    pub fn append(mut self, block: Self) -> Self {
        self.0.extend(block.0);
        self
    }

    fn plain(self, code: u16, operand: u32) -> Self {
        self.test(code, (0, 0), operand)
    }

    fn test(mut self, code: u16, (if_true, if_false): (u8, u8), operand: u32) -> Self {
        self.0.push(Instruction { code, if_true, if_false, operand });
        self
    }

    /// Jumps over a block that follows.
    fn leave_out(self, block: &Self) -> Self {
        // The kernel takes no program of more than 4,096 instructions.
        self.plain(JUMP, block.0.len() as u32)
    }

    /// Makes the block the filter of a socket.
    ///
    /// # Errors
    ///
    /// The kernel does not take it.
    pub fn attach(&self, socket: &Socket) -> io::Result<()> {
        let instruction = |of: &Instruction| SockFilter::new(of.code, of.if_true, of.if_false, of.operand);
        let instructions: Vec<SockFilter> = self.0.iter().map(instruction).collect();
        socket.attach_filter(&instructions)
    }
}

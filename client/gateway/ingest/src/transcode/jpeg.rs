//! Splits a byte stream of concatenated JPEGs into single images.

use bytes::{Bytes, BytesMut};

/// Maximum size of an image. Larger ones are discarded.
const MAX_JPEG_BYTES: usize = 1 << 20;

const START: [u8; 3] = [0xff, 0xd8, 0xff];
/// In entropy-coded data `ff` is always followed by `00` or a restart marker, so these bytes end an image.
const END: [u8; 2] = [0xff, 0xd9];

/// Splits one stream.
#[derive(Debug, Default)]
pub(super) struct JpegSplitter {
    buffer: BytesMut,
    /// Number of bytes of the buffer that are known to contain no end of an image.
    searched: usize,
}

impl JpegSplitter {
    /// Takes more bytes and returns the images that are complete.
    pub fn push(&mut self, bytes: &[u8]) -> Vec<Bytes> {
        self.buffer.extend_from_slice(bytes);
        let mut images = Vec::new();
        while let Some(end) = self.end() {
            let image = self.buffer.split_to(end).freeze();
            self.searched = 0;
            if image.starts_with(&START) {
                images.push(image);
            }
        }
        if self.buffer.len() > MAX_JPEG_BYTES {
            self.buffer.clear();
            self.searched = 0;
        }
        images
    }

    /// Position after the end of the first image.
    fn end(&mut self) -> Option<usize> {
        let from = self.searched;
        let found = self.buffer[from..].windows(END.len()).position(|window| window == END);
        // The last byte may be the first one of an end.
        self.searched = self.buffer.len().saturating_sub(1);
        found.map(|at| from + at + END.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_do_not_depend_on_how_the_stream_is_cut() {
        let image = [&START[..], b"abc\xff\x00def", &END].concat();
        let stream = image.repeat(3);
        for step in 1..stream.len() {
            let mut splitter = JpegSplitter::default();
            let images: Vec<Bytes> = stream.chunks(step).flat_map(|chunk| splitter.push(chunk)).collect();
            assert_eq!(images.len(), 3, "step {step}");
            assert!(images.iter().all(|found| found == &image));
        }
    }

    #[test]
    fn the_buffer_stays_bounded_without_images() {
        let mut splitter = JpegSplitter::default();
        for _ in 0..40 {
            assert!(splitter.push(&[7; 100_000]).is_empty());
            assert!(splitter.buffer.len() <= MAX_JPEG_BYTES);
        }
    }
}

//! Commands of a publisher, and answers of a server.

use super::amf::{self, Value};
use bytes::Bytes;

/// Maximum number of arguments that are read. No command of a publisher has more than five.
const MAX_ARGUMENTS: usize = 8;

/// A command.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Command {
    pub name: String,
    /// Number that the answer has to have.
    pub transaction: f64,
    arguments: Vec<Value>,
}

impl Command {
    /// Reads the payload of a command message. `None` if it has no name. Arguments that cannot be read are left out,
    /// together with those after them.
    pub fn read(mut payload: Bytes) -> Option<Self> {
        let Some(Value::Text(name)) = amf::read(&mut payload) else { return None };
        let transaction = match amf::read(&mut payload) {
            Some(Value::Number(number)) => number,
            _ => 0.0,
        };
        let arguments = std::iter::from_fn(|| amf::read(&mut payload)).take(MAX_ARGUMENTS).collect();
        Some(Self { name, transaction, arguments })
    }

    /// The first text among the arguments: the name of a stream.
    pub fn text(&self) -> &str {
        let texts = self.arguments.iter().filter_map(|argument| match argument {
            Value::Text(text) => Some(text.as_str()),
            _ => None,
        });
        texts.into_iter().next().unwrap_or_default()
    }

    /// The first number among the arguments.
    pub fn number(&self) -> Option<f64> {
        self.arguments.iter().find_map(|argument| match argument {
            Value::Number(number) => Some(*number),
            _ => None,
        })
    }

    /// A text of the first object among the arguments, or an empty one.
    pub fn property(&self, name: &str) -> &str {
        let objects = self.arguments.iter().filter_map(|argument| match argument {
            Value::Object(pairs) => Some(pairs),
            _ => None,
        });
        let found = objects.flatten().find_map(|pair| match pair {
            (known, Value::Text(text)) if known == name => Some(text.as_str()),
            _ => None,
        });
        found.unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn name_of_the_stream_is_found_without_the_arguments_around_it() {
        let publish = b"\x02\0\x07publish\0\x40\x08\0\0\0\0\0\0\x05\x02\0\x037-k";
        for end in [&b""[..], b"\x02\0\x04live", b"\x11\x0a"] {
            let command = Command::read(Bytes::from([&publish[..], end].concat())).unwrap();
            assert_eq!((command.name.as_str(), command.transaction, command.text()), ("publish", 3.0, "7-k"));
            assert_eq!(command.property("app"), "");
        }
    }

    #[test]
    fn properties_of_connect_are_found() {
        let connect = b"\x02\0\x07connect\0\x3f\xf0\0\0\0\0\0\0\x08\0\0\0\x01\0\x03app\x02\0\x04live\0\0\x09";
        assert_eq!(Command::read(Bytes::from_static(connect)).unwrap().property("app"), "live");
    }

    #[test]
    fn payload_without_a_name_is_no_command() {
        assert_eq!(Command::read(Bytes::new()), None);
        assert_eq!(Command::read(Bytes::from_static(b"\0\0\0\0\0\0\0\0\0")), None);
    }
}

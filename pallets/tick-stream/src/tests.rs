//! Properties and scenarios, one file a part of the protocol.

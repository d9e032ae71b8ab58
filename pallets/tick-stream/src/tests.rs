//! Properties and scenarios, one file a part of the protocol.
mod attacks;
mod fuzz;
mod properties;

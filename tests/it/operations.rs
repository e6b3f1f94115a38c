//! What an operator's machines ask a node, and how it behaves when it is asked too much or told to stop.

mod away;
mod clock;
mod doctor;
mod health;
mod leave;
mod listed;
mod log;
mod metrics;
mod overload;
mod restart;

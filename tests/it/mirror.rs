//! Mirrors: a directory signs what it lists, and others keep what it signed and nothing else.

mod commands;
mod copied;
mod hostile;
mod keys;
mod privacy;
mod published;
mod replicas;
mod scene;

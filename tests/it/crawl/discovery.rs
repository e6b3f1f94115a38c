//! What leads to what.

use super::*;

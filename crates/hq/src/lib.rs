//! The HQ library.

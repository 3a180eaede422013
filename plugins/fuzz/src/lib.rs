//! What the fuzz targets share: how they make an input of bytes, and what must hold for it. Plain tests run the same.
pub mod promql;

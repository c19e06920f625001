//! Figures of a run, each as SVG and PNG from the same shapes.
//!
//! A figure is first a [`picture::Picture`], a list of shapes at whole coordinates, and is then played to a plotters
//! backend for SVG and one for pixels. Text is set in a font that ships with the crate, so that a bare machine draws
//! the same bytes.

mod axis;
mod bands;
mod figure;
mod font;
mod latency;
mod nodes;
mod panel;
mod picture;
mod raster;
mod render;
mod style;
mod timeline;

pub use figure::{Plot, plots};

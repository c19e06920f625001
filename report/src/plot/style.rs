//! Sizes and colours that all figures share.
//!
//! The colours are those of Okabe and Ito (2008), which people with any kind of colour blindness tell apart, with
//! lighter tints for areas.

/// Width of a figure in pixels.
pub(super) const WIDTH: f64 = 1600.0;
/// Height of a figure in pixels.
pub(super) const HEIGHT: f64 = 1000.0;
/// Steps of the coordinates per pixel; pixels are drawn this much finer and averaged.
pub(super) const SCALE: i32 = 2;

/// Text size of titles.
pub(super) const TITLE: f64 = 22.0;
/// Text size of headings of panels.
pub(super) const HEADING: f64 = 13.5;
/// Text size of everything else.
pub(super) const LABEL: f64 = 12.5;
/// Text size of dense labels.
pub(super) const SMALL: f64 = 11.5;

/// A colour: red, green, blue, and opacity in percent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Color {
    /// Red, green, blue.
    pub(super) rgb: (u8, u8, u8),
    /// Opacity, 0..=100.
    pub(super) percent: u8,
}

impl Color {
    const fn rgb(r: u8, g: u8, b: u8) -> Self {
        Self { rgb: (r, g, b), percent: 100 }
    }

    /// The same colour with another opacity.
    pub(super) const fn faint(self, percent: u8) -> Self {
        Self { percent, ..self }
    }
}

/// Background.
pub(super) const WHITE: Color = Color::rgb(255, 255, 255);
/// Text.
pub(super) const INK: Color = Color::rgb(34, 38, 46);
/// Less important text.
pub(super) const GREY: Color = Color::rgb(104, 111, 122);
/// Axis lines.
pub(super) const AXIS: Color = Color::rgb(164, 170, 179);
/// Grid lines.
pub(super) const GRID: Color = Color::rgb(231, 234, 238);
/// Okabe and Ito's blue.
pub(super) const BLUE: Color = Color::rgb(0, 114, 178);
/// Okabe and Ito's orange.
pub(super) const ORANGE: Color = Color::rgb(230, 159, 0);
/// Okabe and Ito's bluish green.
pub(super) const GREEN: Color = Color::rgb(0, 158, 115);
/// Okabe and Ito's vermilion.
pub(super) const VERMILION: Color = Color::rgb(213, 94, 0);
/// Okabe and Ito's sky blue.
pub(super) const SKY: Color = Color::rgb(86, 180, 233);
/// Okabe and Ito's reddish purple.
pub(super) const PURPLE: Color = Color::rgb(204, 121, 167);
/// A light tint of blue for what is normal.
pub(super) const PALE: Color = Color::rgb(198, 219, 236);

/// Colours of things without an order, such as clients.
pub(super) const SEQUENCE: [Color; 7] = [BLUE, ORANGE, GREEN, PURPLE, SKY, GREY, VERMILION];

//! The font: Roboto, in two weights, cut down to European scripts and the symbols used.

use super::picture::Weight;
use ab_glyph::{Font, FontRef, GlyphId, PxScale, ScaleFont, point};

/// Name of the font in the figures.
pub(super) const FAMILY: &str = "Roboto";
/// Regular weight.
pub(super) const REGULAR: &[u8] = include_bytes!("../../assets/Roboto-Regular-subset.ttf");
/// Medium weight.
pub(super) const MEDIUM: &[u8] = include_bytes!("../../assets/Roboto-Medium-subset.ttf");
/// Height of the baseline below the middle of a text, in em: half the height of an x, as SVG's `0.5ex`.
const BASELINE_EM: f32 = 0.264;

/// A font at a size.
pub(super) struct Face {
    font: FontRef<'static>,
    scale: PxScale,
}

impl Face {
    /// The font with an em square of `em` units of the target.
    pub(super) fn new(weight: Weight, em: f32) -> Self {
        let bytes = match weight {
            Weight::Regular => REGULAR,
            Weight::Medium => MEDIUM,
        };
        let font = FontRef::try_from_slice(bytes).expect("the font ships with the crate and is tested");
        // ab_glyph measures size from ascender to descender.
        let per_em = font.height_unscaled() / font.units_per_em().expect("the font has a grid");
        Self { font, scale: PxScale::from(em * per_em) }
    }

    /// Width of a text.
    pub(super) fn width(&self, text: &str) -> f32 {
        let scaled = self.font.as_scaled(self.scale);
        text.chars().map(|letter| scaled.h_advance(self.glyph(letter))).sum()
    }

    /// Calls `dot(x, y, coverage)` for every dot of a text that begins at `x` and is vertically centred at `y`.
    pub(super) fn draw(&self, text: &str, x: f32, y: f32, em: f32, mut dot: impl FnMut(i32, i32, f32)) {
        let scaled = self.font.as_scaled(self.scale);
        let baseline = y + BASELINE_EM * em;
        let mut pen = x;
        for letter in text.chars() {
            let id = self.glyph(letter);
            let glyph = id.with_scale_and_position(self.scale, point(pen, baseline));
            pen += scaled.h_advance(id);
            if let Some(outline) = self.font.outline_glyph(glyph) {
                let corner = outline.px_bounds().min;
                outline.draw(|dx, dy, coverage| {
                    dot(corner.x as i32 + dx as i32, corner.y as i32 + dy as i32, coverage);
                });
            }
        }
    }

    fn glyph(&self, letter: char) -> GlyphId {
        self.font.glyph_id(letter)
    }
}

/// Width of a text in pixels.
pub(super) fn width(text: &str, size: f64, weight: Weight) -> f64 {
    f64::from(Face::new(weight, size as f32).width(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_font_has_every_symbol_that_figures_use() {
        for weight in [Weight::Regular, Weight::Medium] {
            let face = Face::new(weight, 12.0);
            for letter in "aZ09 %–…·×≤≥µé".chars() {
                assert_ne!(face.glyph(letter), GlyphId(0), "{letter:?}");
            }
        }
    }
}

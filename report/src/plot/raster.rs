//! A plotters backend for pixels that draws smooth lines and text.
//!
//! It stands on plotters' own bitmap backend for areas. Lines are drawn by distance, since plotters' polygons of
//! thick lines have holes where a line turns back; text is placed with the side bearings of its letters.

use super::font::Face;
use super::picture::Weight;
use plotters::backend::BitMapBackend;
use plotters_backend::text_anchor::HPos;
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind, FontStyle,
};

/// Size that plotters gives a text of one em: its SVG backend divides by the same number.
pub(super) const PLOTTERS_SIZE_PER_EM: f64 = 1.24;

/// The backend.
pub(super) struct Raster<'a> {
    inner: BitMapBackend<'a>,
}

type Outcome<'a> = Result<(), DrawingErrorKind<<BitMapBackend<'a> as DrawingBackend>::ErrorType>>;

impl<'a> Raster<'a> {
    /// A backend on an RGB buffer.
    pub(super) fn new(buffer: &'a mut [u8], size: (u32, u32)) -> Self {
        Self { inner: BitMapBackend::with_buffer(buffer, size) }
    }
}

impl<'a> DrawingBackend for Raster<'a> {
    type ErrorType = <BitMapBackend<'a> as DrawingBackend>::ErrorType;

    fn get_size(&self) -> (u32, u32) {
        self.inner.get_size()
    }

    fn ensure_prepared(&mut self) -> Outcome<'a> {
        self.inner.ensure_prepared()
    }

    fn present(&mut self) -> Outcome<'a> {
        self.inner.present()
    }

    fn draw_pixel(&mut self, at: BackendCoord, color: BackendColor) -> Outcome<'a> {
        self.inner.draw_pixel(at, color)
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        from: BackendCoord,
        to: BackendCoord,
        style: &S,
        fill: bool,
    ) -> Outcome<'a> {
        self.inner.draw_rect(from, to, style, fill)
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Outcome<'a> {
        let points: Vec<BackendCoord> = path.into_iter().collect();
        let radius = f64::from(style.stroke_width()) / 2.0;
        let Some(mut mask) = Mask::around(&points, radius, self.get_size()) else { return Ok(()) };
        for pair in points.windows(2) {
            mask.segment(pair[0], pair[1], radius);
        }
        self.paint(&mask, style.color())
    }

    fn draw_circle<S: BackendStyle>(
        &mut self,
        center: BackendCoord,
        radius: u32,
        style: &S,
        _fill: bool,
    ) -> Outcome<'a> {
        let radius = f64::from(radius);
        let Some(mut mask) = Mask::around(&[center], radius, self.get_size()) else { return Ok(()) };
        mask.segment(center, center, radius);
        self.paint(&mask, style.color())
    }

    fn draw_text<S: BackendTextStyle>(&mut self, text: &str, style: &S, at: BackendCoord) -> Outcome<'a> {
        let weight = match style.style() {
            FontStyle::Bold => Weight::Medium,
            FontStyle::Normal | FontStyle::Oblique | FontStyle::Italic => Weight::Regular,
        };
        let em = (style.size() / PLOTTERS_SIZE_PER_EM) as f32;
        let face = Face::new(weight, em);
        let x = match style.anchor().h_pos {
            HPos::Left => at.0 as f32,
            HPos::Center => at.0 as f32 - face.width(text) / 2.0,
            HPos::Right => at.0 as f32 - face.width(text),
        };
        let mut dots = Vec::new();
        face.draw(text, x, at.1 as f32, em, |x, y, coverage| dots.push((x, y, coverage)));
        for (x, y, coverage) in dots {
            self.inner.draw_pixel((x, y), mixed(style.color(), f64::from(coverage)))?;
        }
        Ok(())
    }
}

impl<'a> Raster<'a> {
    fn paint(&mut self, mask: &Mask, color: BackendColor) -> Outcome<'a> {
        for (index, coverage) in mask.coverage.iter().enumerate().filter(|(_, coverage)| **coverage > 0) {
            let (x, y) = (index as i32 % mask.width, index as i32 / mask.width);
            self.inner
                .draw_pixel((mask.left + x, mask.top + y), mixed(color, f64::from(*coverage) / 255.0))?;
        }
        Ok(())
    }
}

fn mixed(color: BackendColor, share: f64) -> BackendColor {
    BackendColor { alpha: color.alpha * share.clamp(0.0, 1.0), ..color }
}

/// How much of each dot in a rectangle a line covers. Where a line crosses itself it covers no more than once.
struct Mask {
    left: i32,
    top: i32,
    width: i32,
    height: i32,
    coverage: Vec<u8>,
}

impl Mask {
    /// An empty mask that has room for some points with a radius, cut to the picture.
    fn around(points: &[BackendCoord], radius: f64, size: (u32, u32)) -> Option<Self> {
        let reach = radius as i32 + 2;
        let left = (points.iter().map(|p| p.0).min()? - reach).max(0);
        let right = (points.iter().map(|p| p.0).max()? + reach).min(size.0 as i32 - 1);
        let top = (points.iter().map(|p| p.1).min()? - reach).max(0);
        let bottom = (points.iter().map(|p| p.1).max()? + reach).min(size.1 as i32 - 1);
        let (width, height) = (right - left + 1, bottom - top + 1);
        (width > 0 && height > 0).then(|| {
            let coverage = vec![0; width as usize * height as usize];
            Self { left, top, width, height, coverage }
        })
    }

    /// Covers all dots within a distance of a segment.
    fn segment(&mut self, a: BackendCoord, b: BackendCoord, radius: f64) {
        let reach = radius as i32 + 2;
        let (ax, ay) = (f64::from(a.0), f64::from(a.1));
        let (dx, dy) = (f64::from(b.0) - ax, f64::from(b.1) - ay);
        let length_squared = dx * dx + dy * dy;
        let columns =
            (a.0.min(b.0) - reach - self.left).max(0)..(a.0.max(b.0) + reach - self.left + 1).min(self.width);
        let rows =
            (a.1.min(b.1) - reach - self.top).max(0)..(a.1.max(b.1) + reach - self.top + 1).min(self.height);
        for row in rows {
            for column in columns.clone() {
                // Distance from the middle of the dot; coordinates are the corners of dots.
                let (px, py) =
                    (f64::from(self.left + column) + 0.5 - ax, f64::from(self.top + row) + 0.5 - ay);
                let along = if length_squared > 0.0 { (px * dx + py * dy) / length_squared } else { 0.0 };
                let along = along.clamp(0.0, 1.0);
                let (ox, oy) = (px - along * dx, py - along * dy);
                let distance = (ox * ox + oy * oy).sqrt();
                let covered = ((radius + 0.5 - distance).clamp(0.0, 1.0) * 255.0) as u8;
                let slot = &mut self.coverage[row as usize * self.width as usize + column as usize];
                *slot = covered.max(*slot);
            }
        }
    }
}

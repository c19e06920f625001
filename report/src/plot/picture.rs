//! A picture: shapes in the order they are drawn, at whole coordinates.

use super::font;
use super::style::{Color, SCALE};
use crate::human::visible;

/// A point in steps of `1 / SCALE` pixel.
pub(super) type Point = (i32, i32);

/// Where a text stands relative to its point. Vertically it is centred.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Anchor {
    /// It begins there.
    Start,
    /// It is centred there.
    Middle,
    /// It ends there.
    End,
}

/// Weight of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Weight {
    /// Normal.
    Regular,
    /// A little bolder, for titles.
    Medium,
}

/// How a text looks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct TextLook {
    /// Size of the em square in pixels.
    pub(super) size: f64,
    /// Weight.
    pub(super) weight: Weight,
    /// Colour.
    pub(super) color: Color,
    /// Where it stands relative to its point.
    pub(super) anchor: Anchor,
}

impl TextLook {
    /// Regular weight, beginning at its point.
    pub(super) const fn new(size: f64, color: Color) -> Self {
        Self { size, weight: Weight::Regular, color, anchor: Anchor::Start }
    }

    /// A little bolder.
    pub(super) const fn medium(self) -> Self {
        Self { weight: Weight::Medium, ..self }
    }

    /// Standing otherwise.
    pub(super) const fn anchored(self, anchor: Anchor) -> Self {
        Self { anchor, ..self }
    }
}

/// A shape.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Shape {
    /// A filled rectangle.
    Rect(Point, Point, Color),
    /// A line through points with a width in pixels.
    Line(Vec<Point>, f64, Color),
    /// A filled polygon.
    Polygon(Vec<Point>, Color),
    /// A disc with its radius in pixels.
    Disc(Point, f64, Color),
    /// A text.
    Text(String, Point, TextLook),
}

/// The shapes of a figure.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Picture {
    /// In the order they are drawn.
    pub(super) shapes: Vec<Shape>,
}

impl Picture {
    /// A filled rectangle from one corner to the other.
    pub(super) fn rect(&mut self, (x0, y0): (f64, f64), (x1, y1): (f64, f64), color: Color) {
        let (from, to) = (point(x0, y0), point(x1, y1));
        if to.0 > from.0 && to.1 > from.1 {
            self.shapes.push(Shape::Rect(from, to, color));
        }
    }

    /// A crisp horizontal line of one pixel.
    pub(super) fn horizontal(&mut self, x0: f64, x1: f64, y: f64, color: Color) {
        let y = y.round();
        self.rect((x0, y), (x1, y + 1.0), color);
    }

    /// A crisp vertical line of one pixel.
    pub(super) fn vertical(&mut self, x: f64, y0: f64, y1: f64, color: Color) {
        let x = x.round();
        self.rect((x, y0), (x + 1.0, y1), color);
    }

    /// A line through points. Points that share a column are thinned to its first, lowest, highest and last one, so
    /// that a long run draws no more than a short one.
    pub(super) fn line(&mut self, points: &[(f64, f64)], width: f64, color: Color) {
        let points: Vec<Point> = points.iter().map(|(x, y)| point(*x, *y)).collect();
        let points = thinned(&points);
        if points.len() > 1 {
            self.shapes.push(Shape::Line(points, width, color));
        } else if let Some(only) = points.first() {
            self.shapes.push(Shape::Disc(*only, width, color));
        }
    }

    /// A dashed line between two points on a horizontal or vertical.
    pub(super) fn dashed(&mut self, (x0, y0): (f64, f64), (x1, y1): (f64, f64), width: f64, color: Color) {
        let length = (x1 - x0).abs().max((y1 - y0).abs());
        let (dash, gap) = (6.0, 4.0);
        let mut at = 0.0;
        while at < length {
            let (from, to) = (at / length, (at + dash).min(length) / length);
            let along = |share: f64| point(x0 + (x1 - x0) * share, y0 + (y1 - y0) * share);
            self.shapes.push(Shape::Line(vec![along(from), along(to)], width, color));
            at += dash + gap;
        }
    }

    /// A filled polygon.
    pub(super) fn polygon(&mut self, points: &[(f64, f64)], color: Color) {
        self.shapes.push(Shape::Polygon(points.iter().map(|(x, y)| point(*x, *y)).collect(), color));
    }

    /// A disc.
    pub(super) fn disc(&mut self, (x, y): (f64, f64), radius: f64, color: Color) {
        self.shapes.push(Shape::Disc(point(x, y), radius, color));
    }

    /// A text, vertically centred at its point.
    pub(super) fn text(&mut self, text: &str, (x, y): (f64, f64), look: TextLook) {
        let text = visible(text);
        if !text.is_empty() {
            self.shapes.push(Shape::Text(text, point(x, y), look));
        }
    }

    /// A text, cut with an ellipsis to a width in pixels.
    pub(super) fn fitted(&mut self, text: &str, at: (f64, f64), look: TextLook, width: f64) {
        let text = &visible(text);
        let wide = |text: &str| font::width(text, look.size, look.weight) > width;
        if !wide(text) {
            return self.text(text, at, look);
        }
        let mut letters: Vec<char> = text.chars().collect();
        while letters.pop().is_some() {
            let cut: String = letters.iter().chain(['…'].iter()).collect();
            if !wide(&cut) {
                return self.text(&cut, at, look);
            }
        }
    }
}

fn point(x: f64, y: f64) -> Point {
    ((x * f64::from(SCALE)).round() as i32, (y * f64::from(SCALE)).round() as i32)
}

fn thinned(points: &[Point]) -> Vec<Point> {
    let mut kept: Vec<Point> = Vec::new();
    for column in points.chunk_by(|a, b| a.0 == b.0) {
        let x = column[0].0;
        let (mut low, mut high) = (0, 0);
        for (index, point) in column.iter().enumerate() {
            if point.1 < column[low].1 {
                low = index;
            }
            if point.1 > column[high].1 {
                high = index;
            }
        }
        let mut marks = [0, low, high, column.len() - 1];
        marks.sort_unstable();
        for index in marks {
            let next = (x, column[index].1);
            if kept.last() != Some(&next) {
                kept.push(next);
            }
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crowded_column_keeps_its_first_lowest_highest_and_last_point() {
        let points = [(0, 5), (1, 4), (1, 9), (1, 1), (1, 6), (2, 2)];
        assert_eq!(thinned(&points), [(0, 5), (1, 4), (1, 9), (1, 1), (1, 6), (2, 2)]);
        let crowded: Vec<Point> = (0..1_000).map(|y| (7, (y * 37) % 100)).collect();
        assert_eq!(thinned(&crowded), [(7, 0), (7, 99), (7, 63)]);
    }

    #[test]
    fn text_has_no_control_characters() {
        let mut picture = Picture::default();
        picture.text("a\u{1}b", (0.0, 0.0), TextLook::new(10.0, super::super::style::INK));
        assert!(matches!(&picture.shapes[0], Shape::Text(text, ..) if text == "a\u{fffd}b"));
    }
}

//! From a picture to SVG and PNG.

use super::font::{FAMILY, MEDIUM, REGULAR};
use super::picture::{Anchor, Picture, Shape, Weight};
use super::raster::{PLOTTERS_SIZE_PER_EM, Raster};
use super::style::{Color, HEIGHT, SCALE, WHITE, WIDTH};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use plotters::backend::SVGBackend;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{
    Color as _, FontStyle, IntoFont, RGBAColor, RGBColor, ShapeStyle, TextStyle, register_font,
};
use plotters_backend::{DrawingBackend, DrawingErrorKind};

/// Bytes of a pixel.
const BYTES: usize = 3;

/// The picture as SVG with the font inside.
pub(super) fn svg(picture: &Picture) -> String {
    let size = fine_size();
    let mut text = String::new();
    let mut backend = SVGBackend::with_string(&mut text, size);
    play(picture, &mut backend).expect("drawing into a string cannot fail");
    drop(backend);
    // The backend knows one size only; the figure is shown at a fraction of its coordinates.
    let fine = format!("<svg width=\"{}\" height=\"{}\"", size.0, size.1);
    let shown = format!("<svg width=\"{WIDTH}\" height=\"{HEIGHT}\"");
    let text = text.replacen(&fine, &shown, 1);
    let head = text.find(">\n").expect("the picture has an element around it") + 2;
    format!("{}{}{}", &text[..head], fonts(), &text[head..])
}

/// The picture as PNG.
pub(super) fn png(picture: &Picture) -> Vec<u8> {
    let (width, height) = fine_size();
    let mut fine = vec![0; width as usize * height as usize * BYTES];
    let mut backend = Raster::new(&mut fine, (width, height));
    play(picture, &mut backend).expect("drawing into memory cannot fail");
    drop(backend);
    encode(&averaged(&fine, width as usize))
}

fn fine_size() -> (u32, u32) {
    (WIDTH as u32 * SCALE as u32, HEIGHT as u32 * SCALE as u32)
}

/// The fonts as a style sheet, so that the figure looks the same where they are not installed.
fn fonts() -> String {
    let face = |weight: &str, bytes: &[u8]| {
        let data = STANDARD.encode(bytes);
        format!(
            "@font-face{{font-family:\"{FAMILY}\";font-weight:{weight};\
             src:url(data:font/ttf;base64,{data}) format(\"truetype\")}}\n"
        )
    };
    format!("<style>\n{}{}</style>\n", face("normal", REGULAR), face("bold", MEDIUM))
}

fn play<B: DrawingBackend>(picture: &Picture, backend: &mut B) -> Result<(), DrawingErrorKind<B::ErrorType>> {
    for (style, bytes) in [(FontStyle::Normal, REGULAR), (FontStyle::Bold, MEDIUM)] {
        assert!(register_font(FAMILY, style, bytes).is_ok(), "the font ships with the crate and is tested");
    }
    let (width, height) = fine_size();
    backend.ensure_prepared()?;
    backend.draw_rect((0, 0), (width as i32, height as i32), &rgba(WHITE), true)?;
    for shape in &picture.shapes {
        draw(shape, backend)?;
    }
    backend.present()
}

fn draw<B: DrawingBackend>(shape: &Shape, backend: &mut B) -> Result<(), DrawingErrorKind<B::ErrorType>> {
    let fine = |pixels: f64| (pixels * f64::from(SCALE)).round() as u32;
    match shape {
        Shape::Rect(from, to, color) => backend.draw_rect(*from, *to, &rgba(*color), true),
        Shape::Line(points, width, color) => {
            let style = ShapeStyle { color: rgba(*color), filled: false, stroke_width: fine(*width) };
            backend.draw_path(points.iter().copied(), &style)
        }
        Shape::Polygon(points, color) => backend.fill_polygon(points.iter().copied(), &rgba(*color)),
        Shape::Disc(center, radius, color) => {
            backend.draw_circle(*center, fine(*radius), &rgba(*color), true)
        }
        Shape::Text(text, at, look) => {
            let style = match look.weight {
                Weight::Regular => FontStyle::Normal,
                Weight::Medium => FontStyle::Bold,
            };
            let anchor = match look.anchor {
                Anchor::Start => HPos::Left,
                Anchor::Middle => HPos::Center,
                Anchor::End => HPos::Right,
            };
            let size = look.size * f64::from(SCALE) * PLOTTERS_SIZE_PER_EM;
            let color = rgba(look.color);
            let style = TextStyle::from((FAMILY, size).into_font().style(style))
                .color(&color)
                .pos(Pos::new(anchor, VPos::Center));
            backend.draw_text(text, &style, *at)
        }
    }
}

fn rgba(color: Color) -> RGBAColor {
    let (r, g, b) = color.rgb;
    RGBColor(r, g, b).mix(f64::from(color.percent) / 100.0)
}

/// The mean of each square of fine dots.
fn averaged(fine: &[u8], fine_width: usize) -> Vec<u8> {
    let (width, height, scale) = (WIDTH as usize, HEIGHT as usize, SCALE as usize);
    let mut pixels = Vec::with_capacity(width * height * BYTES);
    for y in 0..height {
        for x in 0..width {
            for channel in 0..BYTES {
                let mut sum = 0;
                for row in 0..scale {
                    let start = ((y * scale + row) * fine_width + x * scale) * BYTES + channel;
                    sum += (0..scale).map(|column| u32::from(fine[start + column * BYTES])).sum::<u32>();
                }
                let dots = (scale * scale) as u32;
                pixels.push(((sum + dots / 2) / dots) as u8);
            }
        }
    }
    pixels
}

fn encode(pixels: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, WIDTH as u32, HEIGHT as u32);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header().expect("the size is valid");
    writer.write_image_data(pixels).expect("writing into memory cannot fail");
    writer.finish().expect("writing into memory cannot fail");
    bytes
}

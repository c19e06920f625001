//! A page as one HTML file.
//!
//! The file allows itself to load nothing, and to run only its own scripts: its content security policy names a nonce
//! that is a hash over everything the page shows, so that a text from a scenario cannot know it.

use super::assets::{SCRIPTS, STYLES};
use super::page::{Page, Section};
use crate::human::visible;
use cusinart_record::hash64;
use std::fmt::Write;

/// Writes a page as HTML.
pub fn render(page: &Page) -> String {
    let data = data(page);
    let nonce = format!("{:016x}", hash64(data.as_bytes()));
    let title = escaped(&visible(&page.title));
    let mut out = String::with_capacity(data.len() + 250_000);
    let mut push = |text: std::fmt::Arguments<'_>| out.write_fmt(text).expect("a string takes everything");
    push(format_args!(
        "<!doctype html>\n<html lang=\"en\" data-theme=\"light\">\n<head>\n<meta charset=\"utf-8\">\n"
    ));
    push(format_args!(
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; script-src 'nonce-{nonce}'; \
         style-src 'nonce-{nonce}'; img-src data:; base-uri 'none'; form-action 'none'\">\n"
    ));
    push(format_args!("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"));
    push(format_args!("<meta name=\"generator\" content=\"cusinart-sim {}\">\n", escaped(&page.version)));
    push(format_args!("<link rel=\"icon\" href=\"data:,\">\n<title>{title}</title>\n"));
    for style in STYLES {
        push(format_args!("<style nonce=\"{nonce}\">\n{}\n</style>\n", style.trim_end()));
    }
    push(format_args!(
        "</head>\n<body>\n<noscript>\n{}</noscript>\n<div id=\"page\"></div>\n",
        without_script(page)
    ));
    push(format_args!("<script type=\"application/json\" id=\"page-data\">{data}</script>\n"));
    for script in SCRIPTS {
        push(format_args!("<script nonce=\"{nonce}\">\n{}\n</script>\n", script.trim_end()));
    }
    push(format_args!("</body>\n</html>\n"));
    out
}

/// The page as JSON that can stand inside a script element. Characters that control a terminal or turn the direction of
/// writing become U+FFFD, as everywhere in the report.
fn data(page: &Page) -> String {
    let json = serde_json::to_string(page).expect("a page is plain data with string keys");
    let mut out = String::with_capacity(json.len() + json.len() / 64);
    let mut letters = json.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '<' => out.push_str("\\u003c"),
            '\\' => match letters.next() {
                // JSON has to escape no character by its number but those below the space.
                Some('u') => {
                    letters.by_ref().take(4).for_each(drop);
                    out.push('\u{fffd}');
                }
                Some(escaped) => out.extend(['\\', escaped]),
                None => out.push('\\'),
            },
            letter if visible_letter(letter) => out.push(letter),
            _ => out.push('\u{fffd}'),
        }
    }
    out
}

fn visible_letter(letter: char) -> bool {
    !letter.is_control()
        && !matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{fffe}' | '\u{ffff}')
}

/// What a reader without scripts sees: the verdict.
fn without_script(page: &Page) -> String {
    let mut out = format!("<h1>{}</h1>\n", escaped(&visible(&page.title)));
    for part in &page.parts {
        if let Section::Verdict(verdict) = &part.section {
            let (word, headline) = (escaped(&verdict.word), escaped(&visible(&verdict.headline)));
            out.push_str(&format!("<p><strong>{word}</strong> {headline}</p>\n"));
        }
    }
    out.push_str(
        "<p>This page draws its charts and tables by a script of its own, which is switched off.</p>\n",
    );
    out
}

/// A text as HTML.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

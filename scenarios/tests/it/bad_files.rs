//! tmp
use cusinart_scenarios::{Overlay, load};
use std::path::Path;
#[test]
fn dump() {
    let mut names: Vec<_> = std::fs::read_dir("bad").unwrap().map(|e| e.unwrap().path()).collect();
    names.sort();
    for path in names {
        let t = std::time::Instant::now();
        let r = load(&path, &Overlay::default());
        println!("=== {} {:?}", path.display(), t.elapsed());
        match r {
            Ok(_) => println!("LOADED!!!"),
            Err(e) => println!("{e}"),
        }
    }
    if let Err(e) = cusinart_scenarios::parse(
        "starter",
        cusinart_scenarios::starter(),
        Path::new("."),
        &Overlay::default(),
    ) {
        println!("{e}")
    }
}

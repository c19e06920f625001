//! Which points of the space of settings are tried.

use cusinart_record::hash64;
use cusinart_scenarios::{Design, Knob, Level, POINTS_MAX};
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};

/// A design that cannot be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DesignError {
    /// A grid needs single values.
    #[error("`{path}` is a range without steps, and a grid needs single values")]
    NoSteps {
        /// Path of the knob.
        path: String,
    },
    /// A grid has as many points as the product of its values.
    #[error("the grid has {points} points, at most {POINTS_MAX} are possible")]
    TooMany {
        /// How many.
        points: u128,
    },
}

/// The settings of each point of a design, in order: one value for each knob.
///
/// # Errors
/// [`DesignError`] if a grid has no single values or too many of them.
pub fn design_points(design: Design, knobs: &[Knob], seed: u64) -> Result<Vec<Vec<Level>>, DesignError> {
    match design {
        Design::Grid => grid(knobs),
        Design::Random { points } => {
            let mut streams: Vec<ChaCha8Rng> =
                knobs.iter().map(|knob| stream(seed, &format!("sweep/{}", knob.path))).collect();
            let mut point =
                |_| knobs.iter().zip(&mut streams).map(|(knob, stream)| knob.at(uniform(stream))).collect();
            Ok((0..points).map(&mut point).collect())
        }
        Design::Sobol { points } => {
            let scramble = hash64(&[&seed.to_le_bytes()[..], b"sweep/sobol"].concat()) as u32;
            let place = |point, knob| f64::from(sobol_burley::sample(point, knob, scramble));
            let point = |point| (0..).zip(knobs).map(|(index, knob)| knob.at(place(point, index))).collect();
            Ok((0..points).map(point).collect())
        }
    }
}

/// Every combination; the last knob varies fastest.
fn grid(knobs: &[Knob]) -> Result<Vec<Vec<Level>>, DesignError> {
    let levels: Vec<Vec<Level>> = knobs
        .iter()
        .map(|knob| knob.levels().ok_or_else(|| DesignError::NoSteps { path: knob.path.clone() }))
        .collect::<Result<_, _>>()?;
    let points = levels.iter().fold(1_u128, |product, levels| product.saturating_mul(levels.len() as u128));
    if points > u128::from(POINTS_MAX) {
        return Err(DesignError::TooMany { points });
    }
    let start = vec![Vec::new()];
    Ok(levels.iter().fold(start, |known, levels| {
        let with_each = |before: &Vec<Level>| {
            let before = before.clone();
            levels.iter().map(move |level| [&before[..], std::slice::from_ref(level)].concat())
        };
        known.iter().flat_map(with_each).collect()
    }))
}

/// The stream of a knob; more knobs move nothing in those that were there.
fn stream(seed: u64, name: &str) -> ChaCha8Rng {
    let mut key = [0; 32];
    for (word, bytes) in key.chunks_exact_mut(8).enumerate() {
        let text = [&seed.to_le_bytes()[..], &(word as u64).to_le_bytes(), name.as_bytes()].concat();
        bytes.copy_from_slice(&hash64(&text).to_le_bytes());
    }
    ChaCha8Rng::from_seed(key)
}

/// A uniform number from 0 up to and without 1.
fn uniform(stream: &mut ChaCha8Rng) -> f64 {
    (stream.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use cusinart_scenarios::vary;
    use expect_test::{Expect, expect};

    fn points(design: Design, arguments: &[&str], seed: u64) -> Result<Vec<String>, DesignError> {
        let arguments: Vec<String> = arguments.iter().map(ToString::to_string).collect();
        let knobs = vary("--vary", &arguments).expect("the knobs are well-formed");
        let text =
            |point: Vec<Level>| point.into_iter().map(|level| level.text).collect::<Vec<_>>().join(" ");
        Ok(design_points(design, &knobs, seed)?.into_iter().map(text).collect())
    }

    fn check(design: Design, arguments: &[&str], expected: &Expect) {
        let text = match points(design, arguments, 42) {
            Ok(points) => points.join("\n"),
            Err(error) => error.to_string(),
        };
        expected.assert_eq(&text);
    }

    #[test]
    fn a_grid_has_every_combination_and_the_last_knob_varies_fastest() {
        check(
            Design::Grid,
            &["a=x,y", "b=1..3"],
            &expect![[r#"
                x 1
                x 2
                x 3
                y 1
                y 2
                y 3"#]],
        );
    }

    #[test]
    fn grids_without_an_end_are_refused() {
        check(
            Design::Grid,
            &["a=1s..2s"],
            &expect!["`a` is a range without steps, and a grid needs single values"],
        );
        let many = ["a=1..1000", "b=1..1000", "c=1..1000"];
        check(Design::Grid, &many, &expect!["the grid has 1000000000 points, at most 65536 are possible"]);
    }

    #[test]
    fn random_and_sobol_points_are_pinned() {
        check(
            Design::Random { points: 4 },
            &["a=x,y", "b=1s..100s:log"],
            &expect![[r#"
            x 11.98s
            x 26.48s
            y 1.666s
            y 2.685s"#]],
        );
        check(
            Design::Sobol { points: 4 },
            &["a=x,y", "b=1s..100s:log"],
            &expect![[r#"
            y 49.79s
            x 2.93s
            x 28.51s
            y 6.636s"#]],
        );
    }

    #[test]
    fn a_further_knob_or_point_leaves_random_points_as_they_are() {
        let few = points(Design::Random { points: 8 }, &["a=0.0..1.0"], 7).expect("it is a design");
        let more =
            points(Design::Random { points: 9 }, &["b=0.0..1.0", "a=0.0..1.0"], 7).expect("it is a design");
        for (one, other) in few.iter().zip(&more) {
            assert!(other.ends_with(&format!(" {one}")), "{one} {other}");
        }
        assert_ne!(few, points(Design::Random { points: 8 }, &["a=0.0..1.0"], 8).expect("it is a design"));
    }

    #[test]
    fn sobol_points_meet_every_value_and_pair_of_values_equally_often() {
        let points =
            points(Design::Sobol { points: 64 }, &["a=1..8", "b=w,x,y,z"], 42).expect("it is a design");
        let mut sorted = points.clone();
        sorted.sort();
        sorted.dedup();
        assert_eq!(sorted.len(), 32, "all pairs occur");
        for point in &sorted {
            assert_eq!(points.iter().filter(|other| *other == point).count(), 2, "{point}");
        }
    }
}

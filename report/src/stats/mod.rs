//! Statistics over replications: intervals, censored times, warm-up, paired comparison and error control.
//!
//! Pure functions of numbers. Transcendental functions come from `libm` and every sum runs in a fixed order, so that
//! the same numbers give the same bytes on every machine. No function takes or returns NaN: where there is nothing to
//! say the answer is `None`. `docs/statistics.md` says which one serves which purpose.

mod bootstrap;
mod estimate;
mod holm;
mod mean;
mod mser;
mod normal;
mod paired;
mod quantile;
mod sequential;
mod student;
mod sum;
mod survival;

pub use bootstrap::spell_interval;
pub use estimate::{Estimate, Interval};
pub use holm::holm;
pub use mean::mean_interval;
pub use mser::{Truncation, mser5};
pub use normal::normal_quantile;
pub use paired::{Paired, paired};
pub use quantile::quantile_interval;
pub use sequential::spending;
pub use student::{t_p_value, t_quantile};
pub use survival::KaplanMeier;

//! When clients start requests.

use crate::random::{self, Sampler, Stream};
use cusinart_policies::{Duration, Instant};
use cusinart_scenarios::{Arrivals, MmppState, RateCurve};

/// Requests drawn at once: enough for the processor to work on several logarithms at a time.
pub(super) const BATCH: usize = 32;

/// Least time to think, so that time goes on also where every request fails at once.
const THINK_MIN: Duration = Duration::from_micros(1);

/// The process behind the arrivals of a client, with its random numbers.
#[derive(Debug)]
pub(super) struct Process {
    stream: Stream,
    form: Form,
}

#[derive(Debug)]
enum Form {
    Poisson(CurveWalk),
    Renewal { gaps: Sampler, last: Instant },
    Mmpp(Box<Modulated>),
    ClosedLoop { clients: u32, think: Sampler },
}

impl Process {
    /// The process of the client `name`.
    pub(super) fn new(seed: u64, name: &str, arrivals: &Arrivals) -> Self {
        let form = match arrivals {
            Arrivals::Poisson(curve) => Form::Poisson(CurveWalk::new(curve)),
            Arrivals::Renewal(gaps) => Form::Renewal { gaps: Sampler::new(gaps), last: Instant::ZERO },
            Arrivals::Mmpp(states) => Form::Mmpp(Box::new(Modulated::new(seed, name, states))),
            Arrivals::ClosedLoop { clients, think } => {
                Form::ClosedLoop { clients: *clients, think: Sampler::new(think) }
            }
        };
        Self { stream: random::stream(seed, &format!("arrivals/{name}")), form }
    }

    /// The number of clients of a closed loop.
    #[inline]
    pub(super) fn clients(&self) -> Option<u32> {
        match self.form {
            Form::ClosedLoop { clients, .. } => Some(clients),
            Form::Poisson(_) | Form::Renewal { .. } | Form::Mmpp(_) => None,
        }
    }

    /// The next time to think, in a closed loop.
    #[inline]
    pub(super) fn think(&mut self) -> Option<Duration> {
        match &self.form {
            Form::ClosedLoop { think, .. } => Some(think.draw(&mut self.stream).max(THINK_MIN)),
            Form::Poisson(_) | Form::Renewal { .. } | Form::Mmpp(_) => None,
        }
    }

    /// The next starts of requests of an open loop, ascending. The first `None` ends them for good.
    pub(super) fn starts(&mut self) -> [Option<Instant>; BATCH] {
        let Self { stream, form } = self;
        match form {
            Form::Poisson(curve) => exponentials(stream).map(|gap| curve.advance(gap)),
            Form::Mmpp(modulated) => exponentials(stream).map(|gap| Some(modulated.advance(gap))),
            Form::Renewal { gaps, last } => std::array::from_fn(|_| {
                *last += gaps.draw(stream);
                Some(*last)
            }),
            Form::ClosedLoop { .. } => [None; BATCH],
        }
    }
}

/// Numbers of mean 1, drawn before any is used: the processor works on several at a time.
fn exponentials(stream: &mut Stream) -> [f64; BATCH] {
    let mut gaps = [0.0; BATCH];
    for gap in &mut gaps {
        *gap = random::exponential(stream);
    }
    gaps
}

/// A Markov-modulated Poisson process: a walk along states that take turns.
///
/// Source: Fischer & Meier-Hellstern, The Markov-modulated Poisson process (MMPP) cookbook, Performance Evaluation
/// 18(2), 1993; there with two states.
#[derive(Debug)]
struct Modulated {
    states: Vec<MmppState>,
    holds: Stream,
    state: usize,
    /// Seconds that the state still lasts.
    rest_s: f64,
    at: Instant,
}

impl Modulated {
    fn new(seed: u64, name: &str, states: &[MmppState]) -> Self {
        let mut holds = random::stream(seed, &format!("states/{name}"));
        let rest_s = random::exponential(&mut holds) * states[0].mean_hold.as_secs_f64();
        Self { states: states.to_vec(), holds, state: 0, rest_s, at: Instant::ZERO }
    }

    /// Moves on until the integral of the rate has grown by `area`.
    fn advance(&mut self, mut area: f64) -> Instant {
        loop {
            let rate = self.states[self.state].rate;
            if area < rate * self.rest_s {
                let gap_s = area / rate;
                self.rest_s -= gap_s;
                self.at += Duration::from_secs_f64(gap_s);
                return self.at;
            }
            area -= rate * self.rest_s;
            self.at += Duration::from_secs_f64(self.rest_s);
            if self.at == Instant::FAR_FUTURE {
                return self.at;
            }
            self.state = (self.state + 1) % self.states.len();
            let mean_s = self.states[self.state].mean_hold.as_secs_f64();
            self.rest_s = random::exponential(&mut self.holds) * mean_s;
        }
    }
}

/// A walk along a rate curve that turns unit exponentials into arrival times: the inverse of the cumulative
/// rate, exact on each linear piece.
///
/// Source: inversion for nonhomogeneous Poisson processes, Çinlar, "Introduction to Stochastic Processes" (1975),
/// section 4.7.
#[derive(Debug)]
struct CurveWalk {
    points: Vec<(Instant, f64)>,
    /// The piece the walk is in: from this point to the next.
    piece: usize,
    /// Seconds since the start of the piece.
    at_s: f64,
}

impl CurveWalk {
    fn new(curve: &RateCurve) -> Self {
        Self { points: curve.points.clone(), piece: 0, at_s: 0.0 }
    }

    /// Moves on until the integral of the rate has grown by `area`; `None` if it never does.
    fn advance(&mut self, mut area: f64) -> Option<Instant> {
        loop {
            let (start, rate) = self.points[self.piece];
            let Some(&(end, end_rate)) = self.points.get(self.piece + 1) else {
                if rate <= 0.0 {
                    return None;
                }
                self.at_s += area / rate;
                return Some(start + Duration::from_secs_f64(self.at_s));
            };
            let length_s = end.since(start).as_secs_f64();
            let rest_s = length_s - self.at_s;
            if rest_s > 0.0 {
                let slope = (end_rate - rate) / length_s;
                let rate_here = rate + slope * self.at_s;
                let rest_area = 0.5 * (rate_here + end_rate) * rest_s;
                if area < rest_area {
                    // The root of slope/2 d^2 + rate d = area, in the form that loses no digits.
                    let root = libm::sqrt((rate_here * rate_here + 2.0 * slope * area).max(0.0));
                    self.at_s += 2.0 * area / (rate_here + root);
                    return Some((start + Duration::from_secs_f64(self.at_s)).min(end));
                }
                area -= rest_area;
            }
            self.piece += 1;
            self.at_s = 0.0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn curve(points: &[(u64, f64)]) -> CurveWalk {
        let points = points.iter().map(|&(at, rate)| (Instant::ZERO + Duration::from_secs(at), rate));
        CurveWalk::new(&RateCurve { points: points.collect() })
    }

    #[test]
    fn arrivals_follow_the_integral_of_the_rate() {
        // 10/s for 10 s, a ramp to 30/s over 10 s, a jump to 0 at 20 s, and 5/s from 30 s on.
        let points = [(0, 10.0), (10, 10.0), (20, 30.0), (20, 0.0), (30, 0.0), (30, 5.0)];
        let at = |area: f64| curve(&points).advance(area).map(|at| at.as_secs_f64());
        assert_eq!(at(50.0), Some(5.0));
        // On the ramp, t seconds after 10 s the integral is 100 + 10 t + t^2.
        assert_eq!(at(100.0 + 50.0 + 25.0), Some(15.0));
        assert_eq!(at(300.0 + 10.0), Some(32.0));
        let mut steps = curve(&points);
        let times: Vec<_> = (0..310).filter_map(|_| steps.advance(1.0)).collect();
        assert!(times.is_sorted());
        assert!((times.last().expect("310 arrivals").as_secs_f64() - 32.0).abs() < 1e-6);
    }

    #[test]
    fn a_curve_that_ends_at_zero_has_no_more_arrivals() {
        assert_eq!(curve(&[(0, 4.0), (1, 0.0)]).advance(2.5), None);
        assert_eq!(curve(&[(0, 0.0)]).advance(0.1), None);
    }
}

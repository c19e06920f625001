//! Clients: when they send requests, how they wait and try again.

use super::{RawDeadline, RawDistribution, RawHedging};
use crate::log::Log;
use crate::model::Jitter;
use crate::policy::BreakerPolicy;
use crate::quantity::{Amount, Factor, Rate, Ratio, Span, Text, Timeout};
use crate::read::{At, Many, Name, Read, Scalar};
use crate::section::{choice, section};
use crate::tree::{Node, Value};
use crate::words::{TimeUnit, Unlimited};
use cusinart_policies::{Duration, Instant};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use std::borrow::Cow;
use std::num::NonZeroU32;

section! {
    /// A population of clients that sends requests.
    RawClient: "a client" {
        /// Name of the service it sends to.
        service: At<Name>,
        /// Zone it sends from, or `outside`. Default outside.
        from: Option<At<Name>>,
        /// Labels a node must carry to serve its requests. Default: none.
        labels: Option<Vec<At<Name>>>,
        /// When requests start.
        arrivals: RawArrivals,
        /// Requests after which it starts no more. Default unlimited.
        requests: Option<At<NonZeroU32>>,
        /// Time from the start of a try to giving it up, or `none`. Default none.
        timeout: Option<At<Timeout>>,
        /// Time for which a request waits in the queue of a node before it leaves it for good, with the error
        /// `abandoned`; also while the node stands still. Default: for ever.
        patience: Option<RawDistribution>,
        /// Further tries. Default: none.
        retries: Option<RawRetries>,
        /// Circuit breaker of these clients for the service: while it is open, requests fail at once with the error
        /// `breaker_open`, and nothing is sent. It judges the tries to all nodes of the service together. Default: none.
        breaker: Option<BreakerPolicy>,
        /// Further tries beside one that is not answered yet; the first good answer counts. Default: none.
        hedging: Option<RawHedging>,
        /// Time from the start of a request, over all its tries, to giving it up: `1s`, or
        /// `{ after: 1s, propagate: false }`. Default: none.
        deadline: Option<RawDeadline>,
    }
}

section! {
    /// Further tries after a failed one.
    RawRetries: "retries" {
        /// Tries after the first one.
        max: At<u32>,
        /// Pauses before further tries.
        backoff: Option<RawBackoffWithJitter>,
        /// Retries allowed as a share of first tries (`10%`), a budget such as `{ finagle: {} }`, or `unlimited`.
        /// Default unlimited.
        budget: Option<RawBudget>,
    }
}

section! {
    /// Pauses before further tries: `initial * factor^(n-1)` before retry n, at most `max`.
    RawBackoffWithJitter: "a backoff" {
        /// Pause before the first retry. Default 100ms.
        initial: Option<At<Duration>>,
        /// Growth of the pause per retry, at least 1. Default 2.
        factor: Option<At<Factor>>,
        /// Longest pause. Default 10s.
        max: Option<At<Duration>>,
        /// Randomness of the pause: `none`, `full` (between zero and the pause) or `equal` (between half of it
        /// and all of it). Default full.
        jitter: Option<At<Jitter>>,
    }
}

/// Retries allowed in relation to first tries.
#[derive(Clone, Debug)]
pub(crate) enum RawBudget {
    /// No limit.
    Unlimited,
    /// A share, with the default burst.
    Share(At<Ratio>),
    /// A token bucket.
    Bucket(RawBucket),
    /// A budget as a library has it.
    Library(RawLibraryBudget),
}

choice! {
    /// A budget of retries as a library has it.
    RawLibraryBudget: "a retry budget of a library" {
        /// Finagle's: a share of the first tries of the last while, and some retries per second on top.
        Finagle "finagle": RawWindowBudget,
        /// tower's: the same, kept in ten slots and one in the making.
        Tower "tower": RawWindowBudget,
        /// gRPC's throttle: retries stop while half of the tokens are lost to failed tries.
        Grpc "grpc": RawThrottle,
    }
}

section! {
    /// A retry budget that forgets.
    RawWindowBudget: "a retry budget" {
        /// Time after which first tries are forgotten. Default 10s.
        ttl: Option<At<Span>>,
        /// Retries per second that need no first tries. Default 10.
        min_per_second: Option<At<u32>>,
        /// Retries allowed as a share of first tries. Default 20%.
        share: Option<At<Ratio>>,
    }
}

section! {
    /// Throttling of retries: a failed try takes a token, and retries are made while more than half are left.
    RawThrottle: "a throttle of retries" {
        /// Most tokens; the bucket starts full. Default 10.
        max_tokens: Option<At<Factor>>,
        /// Tokens added per request that succeeds. Default 0.1.
        token_ratio: Option<At<Factor>>,
    }
}

section! {
    /// Token bucket for retries: each first try adds `ratio` tokens, each retry takes one.
    RawBucket: "a retry budget" {
        /// Tokens added per first try.
        ratio: At<Ratio>,
        /// Most tokens kept; the bucket starts full. Default 10.
        burst: Option<At<Amount>>,
    }
}

/// The keys of [`RawLibraryBudget`], which tell it from a bucket.
const LIBRARIES: [&str; 3] = ["finagle", "tower", "grpc"];

impl Read for RawBudget {
    fn expected() -> Cow<'static, str> {
        "a share such as `10%`, `{ ratio: 10%, burst: 10 }`, `{ finagle: {} }` or `unlimited`".into()
    }

    fn read(node: &Node, log: &mut Log) -> Option<Self> {
        match &node.value {
            Value::Scalar(text) if Unlimited::parse(text).is_ok() => Some(Self::Unlimited),
            Value::Map(entries) if entries.iter().any(|(key, _)| LIBRARIES.contains(&key.name.as_str())) => {
                RawLibraryBudget::read(node, log).map(Self::Library)
            }
            Value::Map(_) => RawBucket::read(node, log).map(Self::Bucket),
            Value::Null | Value::Scalar(_) | Value::List(_) => At::read(node, log).map(Self::Share),
        }
    }
}

impl JsonSchema for RawBudget {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "RawBudget".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let bucket = generator.subschema_for::<RawBucket>();
        let library = generator.subschema_for::<RawLibraryBudget>();
        json_schema!({ "anyOf": [Ratio::schema(), Unlimited::schema(), bucket, library] })
    }
}

choice! {
    /// When requests start.
    RawArrivals: "arrivals" {
        /// A Poisson process whose rate may change over time.
        Poisson "poisson": RawPoisson,
        /// A renewal process: the gaps between requests are independent draws from this distribution.
        Renewal "renewal": RawDistribution,
        /// A Markov-modulated Poisson process: bursts and lulls. Its states take turns; it begins in the first.
        Mmpp "mmpp": Many<RawMmppState>,
        /// A closed loop: so many clients, each of which waits for its answer and then thinks.
        ClosedLoop "closed_loop": RawClosedLoop,
    }
}

section! {
    /// A state of a Markov-modulated Poisson process.
    RawMmppState: "a state" {
        /// The rate of requests in it.
        rate: At<Rate>,
        /// How long it lasts on average; the time is exponential.
        mean_hold: At<Span>,
    }
}

section! {
    /// A closed loop. All clients begin by thinking.
    RawClosedLoop: "a closed loop" {
        /// Number of clients, at most 1000000; each has at most one request under way.
        clients: At<NonZeroU32>,
        /// Time from the end of a request, good or bad, to the client's next one; at least 1us.
        think: RawDistribution,
    }
}

choice! {
    /// The rate of a Poisson process.
    RawPoisson: "a Poisson process" {
        /// The same rate all the time.
        Rate "rate": At<Rate>,
        /// Rates at points in time, with straight ramps between them; constant after the last.
        Stages "stages": Many<RawStage>,
        /// A base rate with one spike.
        Spike "spike": RawSpike,
        /// A rate that swings over the day.
        Diurnal "diurnal": RawDiurnal,
        /// Rates from a CSV file.
        Trace "trace": RawTrace,
    }
}

section! {
    /// A rate at a point in time.
    RawStage: "a stage" {
        /// When, since the start. The first stage is at 0s; two stages at one time make a jump.
        at: At<Instant>,
        /// The rate then.
        rate: At<Rate>,
    }
}

section! {
    /// A base rate with one spike.
    RawSpike: "a spike" {
        /// Rate before and after.
        base: At<Rate>,
        /// Rate at the height of the spike.
        peak: At<Rate>,
        /// When the rise begins.
        at: At<Instant>,
        /// How long the rise takes. Default 0s: a jump.
        rise: Option<At<Duration>>,
        /// How long the peak lasts.
        hold: At<Duration>,
        /// How long the fall takes. Default 0s: a jump.
        fall: Option<At<Duration>>,
    }
}

section! {
    /// A rate that swings like a sine over the day.
    RawDiurnal: "a diurnal rate" {
        /// Mean rate.
        mean: At<Rate>,
        /// Greatest deviation from the mean, as a share of it.
        amplitude: At<Ratio>,
        /// Length of a day. Default 24h.
        period: Option<At<Span>>,
        /// Time of the day with the greatest rate. Default 14h.
        peak_at: Option<At<Duration>>,
    }
}

section! {
    /// Rates from a CSV file with a header; each row's rate holds until the next row.
    RawTrace: "a trace" {
        /// The file, relative to the scenario.
        file: At<Text>,
        /// Header of the column with times. The first row is the start of the run. Default `time`.
        time_column: Option<At<Text>>,
        /// Header of the column with rates per second. Default `rate`.
        rate_column: Option<At<Text>>,
        /// Unit of the times: ns, us, ms, s, m, h or d. Default s.
        time_unit: Option<At<TimeUnit>>,
        /// Rates are multiplied by it. Default 1.
        scale: Option<At<Factor>>,
        /// The trace is played so many times as fast; rates stay. Default 1.
        speedup: Option<At<Factor>>,
    }
}

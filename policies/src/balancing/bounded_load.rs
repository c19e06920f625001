//! Consistent hashing with bounded loads, as Envoy does it.

use super::mt19937::Mt19937;
use alloc::vec::Vec;

/// How full a host is: its active requests per slot. Above 1 it is overloaded.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Overload {
    /// Requests it may have: its share of `factor_pct` percent of all, this one included; at least 1.
    pub slots: f64,
    /// Active requests / slots.
    pub factor: f64,
}

/// How full a host of this normalised weight is when it has `active` of the `total` requests.
///
/// `slots = max(ceil(weight * int(((total + 1) * factor_pct + 99) / 100)), 1)`.
///
/// Source: Envoy, `hash_balance_factor`, after Mirrokni, Thorup and Zadimoghaddam, Consistent Hashing with Bounded
/// Loads, 2018.
pub fn overload(total: u64, active: u64, normalized_weight: f64, factor_pct: u32) -> Overload {
    let slots = libm::ceil(normalized_weight * allowance(total, factor_pct)).max(1.0);
    Overload { slots, factor: active as f64 / slots }
}

/// Requests that all hosts may have together, this one included.
fn allowance(total: u64, factor_pct: u32) -> f64 {
    // Division of 64 bits by a constant is much cheaper than of 128; the result is the same.
    let narrow = total.checked_add(1).and_then(|requests| requests.checked_mul(u64::from(factor_pct)));
    match narrow {
        Some(all) => all.div_ceil(100) as f64,
        None => ((u128::from(total) + 1) * u128::from(factor_pct)).div_ceil(100) as f64,
    }
}

/// The order in which other hosts are asked when the one of a hash is full: a shuffle by MT19937, seeded with the low
/// 32 bits of the hash.
#[derive(Debug)]
pub struct ProbeOrder<'a> {
    generator: Mt19937,
    hosts: &'a mut [usize],
    next: usize,
}

impl<'a> ProbeOrder<'a> {
    /// Begins the order of so many hosts. `scratch` is filled with their numbers; it allocates only when it is shorter
    /// than ever before.
    pub fn new(hash: u64, count: usize, scratch: &'a mut Vec<usize>) -> Self {
        scratch.clear();
        scratch.extend(0..count);
        Self { generator: Mt19937::new(hash as u32), hosts: scratch, next: 0 }
    }
}

impl Iterator for ProbeOrder<'_> {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        let left = self.hosts.len() - self.next;
        let scale = (1_u64 << 32).checked_div(left as u64)?;
        // Drawn again where the last, incomplete part of the range would favour somebody.
        let offset = loop {
            let drawn = u64::from(self.generator.next_u32()) / scale.max(1);
            if drawn < left as u64 {
                break drawn as usize;
            }
        };
        self.hosts.swap(self.next, self.next + offset);
        self.next += 1;
        Some(self.hosts[self.next - 1])
    }
}

/// The host of a hash if it is not overloaded; else the first other one in the order that is not; else the least
/// overloaded, the earlier of equals.
pub fn choose_bounded(
    primary: usize,
    order: impl Iterator<Item = usize>,
    factor: impl Fn(usize) -> f64,
) -> usize {
    let (mut least, mut least_factor) = (primary, factor(primary));
    if least_factor <= 1.0 {
        return primary;
    }
    for host in order.filter(|host| *host != primary) {
        let factor = factor(host);
        if factor <= 1.0 {
            return host;
        }
        if factor < least_factor {
            (least, least_factor) = (host, factor);
        }
    }
    least
}

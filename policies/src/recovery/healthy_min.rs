//! How many nodes must stay healthy, as a number or a share.

/// A number of nodes, or percent of all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CountOrPercent {
    /// A number of nodes.
    Count(u32),
    /// Percent of all nodes; may be above 100.
    Percent(u32),
}

impl CountOrPercent {
    /// The number of nodes, with a share rounded up.
    pub fn of_rounded_up(self, total: u32) -> u32 {
        self.of(total, |hundredths| hundredths.div_ceil(100))
    }

    /// The number of nodes, with a share rounded down.
    pub fn of_rounded_down(self, total: u32) -> u32 {
        self.of(total, |hundredths| hundredths / 100)
    }

    fn of(self, total: u32, rounded: impl FnOnce(u64) -> u64) -> u32 {
        match self {
            Self::Count(count) => count,
            Self::Percent(percent) => {
                u32::try_from(rounded(u64::from(percent) * u64::from(total))).unwrap_or(u32::MAX)
            }
        }
    }
}

/// How many nodes must stay healthy. Shares are rounded up both ways, as in Kubernetes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HealthyMin {
    /// This many (`minAvailable`, `minHealthy`).
    AtLeast(CountOrPercent),
    /// All but this many (`maxUnavailable`, `maxUnhealthy`).
    AllBut(CountOrPercent),
}

impl HealthyMin {
    /// The number of nodes, out of `total`.
    pub fn of(self, total: u32) -> u32 {
        match self {
            Self::AtLeast(least) => least.of_rounded_up(total),
            Self::AllBut(most) => total.saturating_sub(most.of_rounded_up(total)),
        }
    }
}

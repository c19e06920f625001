//! Names of things as small integers: dense, given in order of creation, never used twice in a run.

use core::fmt;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $inner:ty, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(transparent))]
        pub struct $name(pub $inner);

        impl $name {
            /// The position of this thing in a table indexed by it.
            pub const fn index(self) -> usize {
                self.0 as usize
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(out, concat!($prefix, "{}"), self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, out)
            }
        }
    };
}

id!(
    /// A node: one server process that serves one service in one zone. Dense from 0, never reused.
    NodeId, u32, "n"
);
id!(
    /// A service: a set of interchangeable nodes. The position in the list of services.
    ServiceId, u16, "s"
);
id!(
    /// A zone (a failure domain such as a data centre). The position in the list of zones.
    ZoneId, u16, "z"
);
id!(
    /// A shard of replicated state. Dense from 0 over all services.
    ShardId, u32, "shard"
);
id!(
    /// A member of the gossip of a cluster: the control plane's agent or a node's.
    MemberId, u32, "m"
);
id!(
    /// A recovery plan. Dense from 0 in order of creation.
    PlanId, u32, "plan"
);
id!(
    /// One probe sent to a node; answers carry it back. Dense from 0.
    ProbeId, u64, "probe"
);
id!(
    /// An operation that takes time (start a node, copy a shard …); its result carries it back. Dense from 0.
    OperationId, u32, "op"
);

impl MemberId {
    /// The agent in the control plane's place.
    pub const CONTROL: Self = Self(0);

    /// The member that a node runs.
    pub const fn of(node: NodeId) -> Self {
        Self(node.0 + 1)
    }

    /// The node that runs it; none runs the control plane's.
    pub const fn node(self) -> Option<NodeId> {
        match self.0.checked_sub(1) {
            Some(node) => Some(NodeId(node)),
            None => None,
        }
    }
}

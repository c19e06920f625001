//! `fixed`: always the same number of nodes.

use super::metric::Measured;
use crate::catalogue::{Builtin, ParamForm, ParamInfo, PolicyEntry, PolicyKind};
use crate::{Instant, ScalingPolicy, ScalingProposal, ScalingView};
use alloc::boxed::Box;

pub(crate) const BUILTIN: Builtin<dyn ScalingPolicy> = Builtin {
    entry: &PolicyEntry {
        kind: PolicyKind::Scaling,
        name: "fixed",
        summary: "Always the same number of nodes, whatever the load.",
        source: "AWS Auto Scaling, maintain a fixed number of instances",
        params: &[ParamInfo {
            name: "nodes",
            doc: "Nodes wanted; 0 keeps those there are. More cost more and have more headroom.",
            form: ParamForm::Count { default: 0, min: 0, max: 1_000_000 },
        }],
        example: "fixed: { nodes: 12 }",
    },
    build: |params| Ok(Box::new(Fixed { nodes: params.count("nodes") })),
};

/// Proposes `nodes`, or the number there is if that is 0. Looks at no measurement.
#[derive(Clone, Copy, Debug)]
pub struct Fixed {
    /// Nodes wanted; 0 keeps those there are.
    pub nodes: u32,
}

impl ScalingPolicy for Fixed {
    fn name(&self) -> &'static str {
        BUILTIN.entry.name
    }

    fn propose(&mut self, _now: Instant, view: ScalingView<'_>) -> ScalingProposal {
        let current = view.ready.saturating_add(view.starting);
        let desired = if self.nodes == 0 { current } else { self.nodes };
        let measured =
            Measured { metric: "nodes", value: Some(f64::from(current)), target: f64::from(desired) };
        let reason = measured.reason(self.name(), &view, desired);
        ScalingProposal { desired, reason }
    }
}

//! Service level agreements: a text, or a map with the text and what is expected of it.

use crate::log::{Log, Mark};
use crate::quantity::Text;
use crate::read::{At, Placed, Read};
use crate::section::section;
use crate::sla::{Expectation, METRICS};
use crate::tree::{Node, Value};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use std::borrow::Cow;

/// How an SLA is written.
const GRAMMAR: &str = "metric[.statistic][(arguments, subjects)] [during [from, to]] comparison limit. \
    Statistics: mean, max, percentiles such as p99. \
    Subjects: names, or `client NAME`, `service NAME`, `zone NAME`, `fault NAME`. \
    Ends of an interval: a time since the start, or `start`, `end`, `fault`, `fault.end`, `fault NAME`, `fault NAME.end` \
    with `+ 5m` or `- 5m`; told from a fault, the worst of its occurrences counts. \
    Comparisons: <, <=, >, >=, ==.";

section! {
    /// An SLA with what is expected of it.
    RawExpectedSla: "an SLA" {
        /// What must hold, such as `availability >= 99%`.
        sla: At<Text>,
        /// `miss` if the scenario is known to miss it, because that is what it shows. It is judged the same way.
        /// Default hold.
        expect: Option<At<Expectation>>,
    }
}

/// An SLA.
#[derive(Clone, Debug)]
pub(crate) struct RawSla {
    /// Its text.
    pub(crate) text: At<Text>,
    /// What is expected of it.
    pub(crate) expected: Expectation,
}

impl Placed for RawSla {
    fn mark(&self) -> Mark {
        self.text.mark
    }
}

impl Read for RawSla {
    fn expected() -> Cow<'static, str> {
        "an SLA such as `availability >= 99%`, or a map with `sla` and `expect`".into()
    }

    fn read(node: &Node, log: &mut Log) -> Option<Self> {
        match &node.value {
            Value::Map(_) => {
                let RawExpectedSla { sla, expect, mark: _ } = Read::read(node, log)?;
                Some(Self { text: sla, expected: expect.map_or(Expectation::Hold, |expect| expect.value) })
            }
            Value::Null | Value::Scalar(_) | Value::List(_) => {
                Some(Self { text: Read::read(node, log)?, expected: Expectation::Hold })
            }
        }
    }
}

impl JsonSchema for RawSla {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "an SLA".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let metrics: Vec<String> =
            METRICS.iter().map(|metric| format!("{}: {}", metric.example, metric.meaning)).collect();
        let description = format!("{GRAMMAR} Metrics: {}.", metrics.join("; "));
        let text = json_schema!({ "type": "string", "description": description });
        json_schema!({ "anyOf": [text, generator.subschema_for::<RawExpectedSla>()] })
    }
}

//! A scenario written out in full: every default, every rate curve as stages, every distribution by the exact
//! parameters that are sampled.

mod control;
mod fault;
mod world;
mod yaml;

use crate::model::Scenario;
use crate::sla::{Expectation, Sla};
use yaml::Yaml;

/// First line, so that editors complete and check the file.
const SCHEMA_LINE: &str = "# yaml-language-server: $schema=../../scenarios/schema.json\n";

/// Writes a scenario in full.
///
/// Reading the text gives an equal scenario (only [`Sla::line`](crate::Sla::line) moves), and writing that gives
/// the same text.
pub fn to_yaml(scenario: &Scenario) -> String {
    let options = serde_saphyr::ser_options! { compact_list_indent: false };
    let body = serde_saphyr::to_string_with_options(&root(scenario), options)
        .expect("text, numbers, lists and maps with text keys can always be written");
    format!("{SCHEMA_LINE}{body}")
}

/// Hash of a scenario without its seed, in 16 hexadecimal digits: equal for runs of one scenario with several
/// seeds.
pub fn scenario_hash(scenario: &Scenario) -> String {
    let text = to_yaml(&Scenario { seed: 0, ..scenario.clone() });
    // Other lines that start so are indented, since they belong to a text.
    let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with("seed: ")).collect();
    format!("{:016x}", cusinart_record::hash64(lines.join("\n").as_bytes()))
}

fn root(scenario: &Scenario) -> Yaml {
    let service = |at: usize| (scenario.services[at].name.clone(), world::service(scenario, at));
    let client = |client| world::client(scenario, client);
    let rollouts = scenario.rollouts.iter().map(|rollout| world::rollout(scenario, rollout)).collect();
    let rollouts = (!scenario.rollouts.is_empty()).then_some(("rollouts", Yaml::List(rollouts)));
    let world = [
        ("version", Yaml::Count(1)),
        ("name", Yaml::text(&scenario.name)),
        ("description", Yaml::text(&scenario.description)),
        ("duration", Yaml::text(scenario.duration)),
        ("warmup", Yaml::text(scenario.warmup)),
        ("seed", Yaml::Count(scenario.seed)),
        ("window", Yaml::text(scenario.window)),
        ("zones", Yaml::words(&scenario.zones)),
        ("network", world::network(scenario)),
        ("node_types", Yaml::Map(scenario.node_types.iter().map(world::node_type).collect())),
        ("services", Yaml::Map((0..scenario.services.len()).map(service).collect())),
        ("clients", Yaml::Map(scenario.clients.iter().map(client).collect())),
        ("faults", Yaml::List(scenario.faults.iter().map(|fault| fault::fault(scenario, fault)).collect())),
    ];
    let judged = [
        ("control", control::control(scenario)),
        ("slas", Yaml::List(scenario.slas.iter().map(sla).collect())),
    ];
    let provisioning =
        scenario.provisioning.as_ref().map(|rules| ("provisioning", world::provisioning(rules)));
    Yaml::map(world.into_iter().chain(provisioning).chain(rollouts).chain(judged))
}

fn sla(sla: &Sla) -> Yaml {
    match sla.expected {
        Expectation::Hold => Yaml::text(&sla.text),
        Expectation::Miss => Yaml::inline([("sla", Yaml::text(&sla.text)), ("expect", Yaml::text("miss"))]),
    }
}

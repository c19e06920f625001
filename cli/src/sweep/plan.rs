//! From the arguments to the plan: every point is made and checked before the first one runs.

use super::args::{DesignName, SweepArgs};
use super::source::Source;
use crate::error::CliError;
use crate::inputs;
use cusinart_experiments::{DesignError, Pool, design_points};
use cusinart_report::{
    MetricPlan, PlannedKnob, PlannedPoint, SWEEP_SCHEMA_VERSION, SweepDesign, SweepPlan, SweptScenario,
    default_objectives,
};
use cusinart_scenarios::{
    Design, Knob, Level, Metric, Objective, Scenario, Sweep, Values, load_sweep, objective, scenario_hash,
    vary,
};

/// Points of a random or Sobol design when nothing says how many.
const POINTS_DEFAULT: u32 = 64;
/// Replications of a point when nothing says how many.
const REPLICATIONS_DEFAULT: u32 = 4;

/// A sweep that can be run.
pub(super) struct Prepared {
    /// The plan.
    pub(super) plan: SweepPlan,
    /// The scenario's text.
    pub(super) source: Source,
    /// What the sweep is called: the sweep file or the scenario.
    pub(super) name: String,
}

impl Prepared {
    /// The scenario of a point, and what is measured in it.
    ///
    /// # Errors
    /// If it makes no sense, which was found out before anything was run.
    pub(super) fn point(&self, point: u32) -> Result<(Scenario, Vec<Objective>), CliError> {
        let assignments = self.plan.assignments(&self.plan.points[point as usize]);
        let texts: Vec<String> = self.plan.metrics.iter().map(|metric| metric.objective.clone()).collect();
        let scenario = self.source.scenario(&assignments)?;
        let objectives = objectives(&texts, &scenario)?;
        Ok((scenario, objectives))
    }
}

/// Makes the plan.
///
/// # Errors
/// If the sweep, its scenario or one of its points makes no sense.
pub(super) fn prepare(args: &SweepArgs, pool: &Pool) -> Result<Prepared, CliError> {
    let sweep = what_is_asked(args)?;
    let source = Source::read(&sweep.scenario, &args.overlay.set)?;
    let base = source.scenario(&[])?;
    let seed = sweep.seed.unwrap_or(base.seed);
    let metrics = metrics(&sweep.metrics, &base)?;
    let settings = design_points(sweep.design, &sweep.knobs, seed).map_err(|error| no_design(&error))?;
    let plan = SweepPlan {
        schema_version: SWEEP_SCHEMA_VERSION,
        kind: "sweep".into(),
        program: env!("CARGO_PKG_VERSION").into(),
        hash: String::new(),
        command: args.command_line(),
        scenario: SweptScenario {
            name: base.name.clone(),
            file: sweep.scenario.to_string_lossy().into_owned(),
            set: source.set().to_vec(),
            slas: base.slas.iter().map(|sla| sla.text.clone()).collect(),
        },
        design: SweepDesign { points: sweep.design, seed, replications: sweep.replications },
        knobs: sweep.knobs.iter().map(planned_knob).collect(),
        metrics: metrics.iter().map(|metric| metric_plan(metric, &base)).collect(),
        points: points(settings),
    };
    let name = if args.vary.is_empty() { stem(args) } else { base.name };
    let mut prepared = Prepared { plan, source, name };
    check_points(&mut prepared, pool)?;
    prepared.plan = prepared.plan.sealed();
    Ok(prepared)
}

/// The sweep file with the arguments laid over it, or the arguments alone.
fn what_is_asked(args: &SweepArgs) -> Result<Sweep, CliError> {
    let mut sweep = if args.vary.is_empty() {
        if inputs::is_stdin(&args.file) {
            return Err(CliError::Usage {
                message: "a sweep file is read from a file, because its scenario is named relative to it"
                    .into(),
                hint: "with --vary path=a,b,c a scenario is read from stdin".into(),
            });
        }
        load_sweep(&args.file)?
    } else {
        Sweep {
            scenario: args.file.clone(),
            design: Design::Grid,
            replications: REPLICATIONS_DEFAULT,
            seed: None,
            knobs: vary("--vary", &args.vary)?,
            metrics: Vec::new(),
        }
    };
    sweep.design = design(args, sweep.design)?;
    sweep.replications = args.replications.unwrap_or(sweep.replications);
    sweep.seed = args.overlay.seed.or(sweep.seed);
    if !args.metric.is_empty() {
        sweep.metrics.clone_from(&args.metric);
    }
    Ok(sweep)
}

fn design(args: &SweepArgs, of_file: Design) -> Result<Design, CliError> {
    let size = match of_file {
        Design::Grid => POINTS_DEFAULT,
        Design::Random { points } | Design::Sobol { points } => points,
    };
    let points = args.points.unwrap_or(size);
    match (args.design, of_file) {
        (Some(DesignName::Grid), _) | (None, Design::Grid) if args.points.is_some() => Err(CliError::Usage {
            message: "a grid has as many points as its knobs have combinations".into(),
            hint: "leave out --points, or add --design sobol".into(),
        }),
        (Some(DesignName::Grid), _) | (None, Design::Grid) => Ok(Design::Grid),
        (Some(DesignName::Random), _) | (None, Design::Random { .. }) => Ok(Design::Random { points }),
        (Some(DesignName::Sobol), _) | (None, Design::Sobol { .. }) => Ok(Design::Sobol { points }),
    }
}

fn no_design(error: &DesignError) -> CliError {
    let hint = match error {
        DesignError::NoSteps { path } => {
            format!("say how far apart its values are, as in `{path}=1s..9s:2s`, or take --design sobol")
        }
        DesignError::TooMany { .. } => "take fewer values, or --design sobol --points 1024".into(),
    };
    CliError::Usage { message: error.to_string(), hint }
}

/// What is measured: as asked, or what the SLAs measure; in any case the cost.
fn metrics(asked: &[String], base: &Scenario) -> Result<Vec<Objective>, CliError> {
    let mut all = objectives(asked, base)?;
    if asked.is_empty() {
        all = base.slas.iter().map(|sla| sla.objective.clone()).collect();
    }
    if all.is_empty() {
        all = default_objectives(base);
    }
    all.push(Objective::of(Metric::Cost));
    let mut metrics: Vec<Objective> = Vec::new();
    for metric in all {
        if metrics.iter().all(|known| known.text != metric.text) {
            metrics.push(metric);
        }
    }
    Ok(metrics)
}

fn metric_plan(objective: &Objective, base: &Scenario) -> MetricPlan {
    let sla = base.slas.iter().find(|sla| sla.objective.text == objective.text);
    MetricPlan {
        objective: objective.text.clone(),
        unit: objective.metric.unit(),
        limit: sla.map(|sla| sla.limit),
        may_be_censored: objective.metric.awaited().is_some(),
    }
}

fn planned_knob(knob: &Knob) -> PlannedKnob {
    let range = match &knob.values {
        Values::Listed(_) => None,
        Values::Range(_) => Some((knob.at(0.0).text, knob.at(1.0).text)),
    };
    PlannedKnob { path: knob.path.clone(), family: knob.family, levels: knob.levels(), range }
}

/// The scenario as it stands, then the points of the design.
fn points(settings: Vec<Vec<Level>>) -> Vec<PlannedPoint> {
    let planned = |(point, settings)| PlannedPoint { point, scenario_hash: String::new(), settings };
    (0..).zip(std::iter::once(Vec::new()).chain(settings)).map(planned).collect()
}

/// Makes the scenario of every point and fills in its hash.
///
/// # Errors
/// That of the first point that makes no sense, with its number and settings.
fn check_points(prepared: &mut Prepared, pool: &Pool) -> Result<(), CliError> {
    let points: Vec<u32> = prepared.plan.points.iter().map(|point| point.point).collect();
    let hashes =
        pool.each(&points, |point| prepared.point(*point).map(|(scenario, _)| scenario_hash(&scenario)));
    let total = points.len() - 1;
    for (position, hash) in hashes.into_iter().enumerate() {
        let settings = prepared.plan.assignments(&prepared.plan.points[position]).join(" ");
        prepared.plan.points[position].scenario_hash = match hash {
            Ok(hash) => hash,
            Err(error) => {
                let point = format!("point {position} of {total} ({settings})");
                return Err(CliError::SweptPoint { point, error: Box::new(error) });
            }
        };
    }
    Ok(())
}

fn objectives(texts: &[String], scenario: &Scenario) -> Result<Vec<Objective>, CliError> {
    texts.iter().map(|text| Ok(objective("--metric", text, scenario)?)).collect()
}

/// The name of the sweep file without its ending.
fn stem(args: &SweepArgs) -> String {
    args.file.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

//! Values from the command line, laid over the values of the file.

use crate::log::{Finding, Log, Mark, Source, quote};
use crate::tree::{Key, Node, Value};
use crate::yaml::{self, Origin};

/// Changes to a scenario that do not stand in its file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overlay {
    /// Assignments `path=value`: a path of keys and list positions with dots, a value in YAML.
    /// `faults.0.at=5m`
    pub set: Vec<String>,
    /// The seed to use whatever the file says.
    pub seed: Option<u64>,
}

/// Lays all assignments over the tree, in order. A later one sees the earlier ones.
pub(crate) fn apply(root: &mut Node, overlay: &Overlay, log: &mut Log) {
    for assignment in &overlay.set {
        let name = format!("--set {}", assignment.chars().take(200).collect::<String>());
        let source = log.add_source(Source { name, text: assignment.clone(), has_lines: false });
        let whole = Mark { source, line: 1, column: 1, length: length(assignment) };
        let Some((path, value)) = assignment.split_once('=').filter(|(path, _)| !path.trim().is_empty())
        else {
            log.report(
                Finding::at(whole, quote(assignment), "`path=value`")
                    .hint("for example `--set clients.shoppers.timeout=2s`"),
            );
            continue;
        };
        let origin = Origin { source, column: length(path) + 1 };
        let Some(node) = yaml::read(value, origin, log) else { continue };
        if let Err(finding) = set(root, path, node, whole) {
            log.report(finding);
        }
    }
}

/// Characters of a text.
fn length(text: &str) -> u32 {
    u32::try_from(text.chars().count()).unwrap_or(u32::MAX)
}

/// Puts `value` at `path`, making maps on the way where there is nothing.
fn set(root: &mut Node, path: &str, value: Node, whole: Mark) -> Result<(), Finding> {
    let mut node = root;
    let mut offset = 0;
    for step in path.split('.') {
        let mark = whole.part(offset, step.chars().count());
        if step.trim() != step || step.is_empty() {
            return Err(Finding::at(mark, quote(step), "a key or a list position between dots"));
        }
        if let Some((key, position)) = step.strip_suffix(']').and_then(|step| step.split_once('[')) {
            let hint = format!("write `{key}.{position}`; positions are counted from 0");
            return Err(Finding::at(mark, quote(step), "a key or a list position between dots").hint(hint));
        }
        node = child(node, step, mark, path)?;
        offset += step.chars().count() + 1;
    }
    *node = value;
    Ok(())
}

/// The child of a node that a step of a path names.
fn child<'a>(node: &'a mut Node, step: &str, mark: Mark, path: &str) -> Result<&'a mut Node, Finding> {
    if matches!(node.value, Value::Null) {
        *node = Node { value: Value::Map(Vec::new()), mark };
    }
    let found = node.describe();
    match &mut node.value {
        Value::Map(entries) => {
            let position = entries.iter().position(|(key, _)| key.name == step).unwrap_or_else(|| {
                let key = Key { name: step.into(), mark };
                entries.push((key, Node { value: Value::Null, mark }));
                entries.len() - 1
            });
            Ok(&mut entries[position].1)
        }
        Value::List(items) => {
            let count = items.len();
            let position = step.parse::<usize>().ok().filter(|&position| position < count);
            match position {
                Some(position) => Ok(&mut items[position]),
                None if count == 0 => {
                    Err(Finding::at(mark, quote(step), "no further step: the list is empty"))
                }
                None if count == 1 => {
                    Err(Finding::at(mark, quote(step), "`0`, the only position of the list"))
                }
                None => Err(Finding::at(mark, quote(step), format!("a position from 0 to {}", count - 1))),
            }
        }
        Value::Null | Value::Scalar(_) => {
            Err(Finding::at(mark, format!("the step {} into {found}", quote(step)), "a path that ends there")
                .hint(format!("set the whole value: `{}={{{step}: …}}`", parent(path, step))))
        }
    }
}

/// The part of `path` before `step`.
fn parent<'a>(path: &'a str, step: &str) -> &'a str {
    path.split_once(&format!(".{step}")).map_or(path, |(before, _)| before)
}

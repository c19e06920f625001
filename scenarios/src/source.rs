//! A scenario's text with all that is laid over it, to be read again with one thing changed.

use crate::error::ScenarioError;
use crate::load;
use crate::log::Log;
use crate::model::Scenario;
use crate::overlay::{self, Overlay};
use crate::text::{self, Named};
use crate::written::Written;
use crate::yaml::{self, Origin};
use std::io;
use std::path::{Path, PathBuf};

/// The text of a scenario and the values laid over it.
#[derive(Clone, Debug)]
pub struct Source {
    name: String,
    text: String,
    dir: PathBuf,
    overlay: Overlay,
}

impl Source {
    /// A text. `name` stands in messages; traces are looked for in `dir`.
    pub fn new(name: &str, text: &str, dir: &Path, overlay: &Overlay) -> Self {
        Self { name: name.into(), text: text.into(), dir: dir.into(), overlay: overlay.clone() }
    }

    /// Reads a file, without looking at what it says.
    ///
    /// # Errors
    /// [`ScenarioError::Io`] if it cannot be read, [`ScenarioError::Invalid`] if it is too large or no text.
    pub fn open(path: &Path, overlay: &Overlay) -> Result<Self, ScenarioError> {
        let text = text::of_file(path, load::YAML)?;
        let dir = path.parent().unwrap_or(Path::new(""));
        Ok(Self::new(&path.display().to_string(), &text, dir, overlay))
    }

    /// Reads a stream such as stdin, without looking at what it says.
    ///
    /// # Errors
    /// As [`Source::open`].
    pub fn from_stream(
        stream: impl io::Read,
        name: &str,
        dir: &Path,
        overlay: &Overlay,
    ) -> Result<Self, ScenarioError> {
        let bytes =
            text::read_some(stream).map_err(|error| ScenarioError::Io { path: name.into(), error })?;
        let text = text::of_bytes(Named { name, kind: load::YAML }, bytes)?;
        Ok(Self::new(name, &text, dir, overlay))
    }

    /// The scenario.
    ///
    /// # Errors
    /// [`ScenarioError::Invalid`] with places and hints.
    pub fn scenario(&self) -> Result<Scenario, ScenarioError> {
        load::parse(&self.name, &self.text, &self.dir, &self.overlay)
    }

    /// The same with one more assignment `path=value`, as by a further `--set`.
    #[must_use]
    pub fn with(&self, assignment: &str) -> Self {
        let mut changed = self.clone();
        changed.overlay.set.push(assignment.into());
        changed
    }

    /// All that is written, with the values laid over it; nothing if it is no YAML.
    pub fn written(&self) -> Written {
        let text = self.text.strip_prefix('\u{feff}').unwrap_or(&self.text);
        let mut log = Log::about(&self.name, text);
        let Some(mut root) = yaml::read(text, Origin { source: 0, column: 0 }, &mut log) else {
            return Written::Nothing;
        };
        overlay::apply(&mut root, &self.overlay, &mut log);
        Written::of(&root)
    }
}

/// A scenario in full, with every default: what [`to_yaml`](crate::to_yaml) writes.
pub fn written_in_full(scenario: &Scenario) -> Written {
    Source::new("scenario.yaml", &crate::to_yaml(scenario), Path::new(""), &Overlay::default()).written()
}
